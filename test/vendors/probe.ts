/** Puts single packets to a device and gives the answer of the slow, obvious evaluator. */

import { type FlowEvaluation, prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { parseAddress } from "../../src/model/address.js";
import type { Device } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import { hasPorts } from "../../src/model/service.js";

export interface Sketch {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly type?: number;
}

/** The first packet of a connection as a sketch draws it. */
export function packet({ from, to, protocol, port = 443, sourcePort = 50000, type = 8 }: Sketch): Packet {
  return {
    family: from.includes(":") ? "ipv6" : "ipv4",
    source: parseAddress(from) ?? [],
    destination: parseAddress(to) ?? [],
    protocol,
    ...(hasPorts(protocol) && { sourcePort, destinationPort: port }),
    ...((protocol === 1 || protocol === 58) && { icmpType: type, icmpCode: 0 }),
    ...(protocol === 6 && { tcpFlags: 2 }),
    state: "new",
    ingressInterface: "",
    egressInterface: "",
    fragment: "first-or-whole",
  };
}

/** What a device may do with each packet it is asked about. */
export function asker(device: Device, direction: "input" | "output"): (sketch: Sketch) => FlowEvaluation["verdict"] {
  const evaluation = prepareEvaluation(device);
  return (sketch) => evaluation.evaluate({ direction, packet: packet(sketch) }).verdict;
}
