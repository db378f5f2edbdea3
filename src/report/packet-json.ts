/** Turns packets and requests into the JSON words of the packet notation. */
import { formatAddress } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { ProxyRequest } from "../model/proxy.js";
import { protocolName } from "../model/service.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Decision, Doubt, Witness } from "../model/verdict.js";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const FLAG_LETTERS = "FSRPAUEC";

/** The packet as `flowproof test` reads it. */
export function packetJson(packet: Packet): Json {
  const { protocol, icmpType, icmpCode, tcpFlags, ingressInterface, egressInterface } = packet;
  const name = protocolName(protocol);
  return {
    ...(ingressInterface === "" ? {} : { iif: ingressInterface }),
    ...(egressInterface === "" ? {} : { oif: egressInterface }),
    ...endsJson(packet),
    proto: name.includes(" ") ? protocol : name,
    ...(icmpType === undefined ? {} : { type: icmpType }),
    ...(icmpCode === undefined ? {} : { code: icmpCode }),
    ...(tcpFlags === undefined ? {} : { flags: [...FLAG_LETTERS].filter((_, bit) => tcpFlags & (1 << bit)).join("") }),
    state: packet.state,
    ...(packet.fragment === "later" ? { fragment: "later" } : {}),
  };
}

/** Addresses and ports only. */
export function endsJson({ source, destination, sourcePort, destinationPort }: Packet): { [key: string]: Json } {
  return {
    src: formatAddress(source),
    dst: formatAddress(destination),
    ...(sourcePort === undefined ? {} : { sport: sourcePort }),
    ...(destinationPort === undefined ? {} : { dport: destinationPort }),
  };
}

/** Without the headers, which no requirement states. */
function requestJson({ client, method, scheme, host, port, path, user }: ProxyRequest): Json {
  return { client: formatAddress(client), method, scheme, host, port, path, ...(user === undefined ? {} : { user }) };
}

export function witnessJson(witness: Witness): Json {
  if (witness.kind === "request") return { kind: "request", request: requestJson(witness.request) };
  return { kind: "packet", leg: witness.leg, packet: packetJson(witness.packet) };
}

export function sourceRefJson({ file, line, column }: SourceRef): Json {
  return { file, line, ...(column === undefined ? {} : { column }) };
}

export function decisionJson({ hook, acl, ace, disposition, at }: Decision): Json {
  return { hook, acl, ...(ace === undefined ? {} : { ace }), disposition, at: sourceRefJson(at) };
}

export function doubtJson({ condition, at }: Doubt): Json {
  return { condition, at: sourceRefJson(at) };
}
