/** Turns what a change is meant to open or close into packets. */
import { serviceFields } from "../compile/compile-matches.js";
import type { Device, Direction } from "../model/device.js";
import type { Expectation } from "../model/difference.js";
import { PROTOCOL_NUMBERS, type Service } from "../model/service.js";
import { PacketSet } from "../sets/packet-set.js";

const SYN = { mask: 255, value: 2 };
const EPHEMERAL = { first: 1024, last: 65535 };
const LOOPBACKS = [{ name: "lo" }, { name: "lo0" }];
const ORDINARY = PacketSet.fromFields({ states: ["new"], fragment: "first-or-whole" })
  .subtract(PacketSet.fromFields({ ingressInterfaces: LOOPBACKS }))
  .subtract(PacketSet.fromFields({ egressInterfaces: LOOPBACKS }));

/** First packets of ordinary connections: from a high port, SYN where it is TCP. */
export function openingPackets(expectation: Expectation): PacketSet {
  const services = PacketSet.unionOf(expectation.services.map(openingsOf));
  return services.intersect(between(expectation)).intersect(ORDINARY);
}

function openingsOf(service: Service): PacketSet {
  const isTcp = service.protocol === PROTOCOL_NUMBERS.tcp;
  const ordinary = {
    ...(service.destinationPorts !== undefined && { sourcePorts: [EPHEMERAL] }),
    ...(isTcp && { tcpFlags: SYN }),
  };
  return PacketSet.fromFields(serviceFields({ ...ordinary, ...service }));
}

function between({ sources, destinations, ingress, egress }: Expectation): PacketSet {
  return PacketSet.fromFields({
    ...{ sources, destinations },
    ...(ingress === undefined ? {} : { ingressInterfaces: [{ name: ingress }] }),
    ...(egress === undefined ? {} : { egressInterfaces: [{ name: egress }] }),
  });
}

/** The direction an expectation is about: its own, else across the device, else to what it protects. */
export function directionOf({ direction }: Expectation, { stages }: Device): Direction {
  return direction ?? (stages.forward.length > 0 ? "forward" : "input");
}

const REVERSE: Readonly<Record<Direction, Direction>> = { forward: "forward", input: "output", output: "input" };
const ANSWERS = PacketSet.fromFields({ tcpFlags: [{ mask: 16, value: 16 }] });
const OTHER_THAN_TCP = PacketSet.fromFields({ tcpFlags: [{ mask: 0, value: 0 }] }).complement();
const KNOWN = PacketSet.fromFields({ states: ["established", "related"] });

/**
 * The packets that a change for the expectation may well touch in a direction: those of its conversations, from whatever
 * port, with whatever flags and in whatever state, and their replies.
 */
export function touchedPackets(expectation: Expectation, device: Device, direction: Direction): PacketSet {
  const forth = directionOf(expectation, device);
  const services = expectation.services.map(({ tcpFlags: _, ...service }) =>
    PacketSet.fromFields(serviceFields(service)),
  );
  const there = PacketSet.unionOf(services).intersect(between(expectation));
  const answers = device.tracking === "explicit" ? KNOWN : ANSWERS.union(OTHER_THAN_TCP);
  return PacketSet.unionOf([
    ...(direction === forth ? [there] : []),
    ...(direction === REVERSE[forth] ? [there.mirror().intersect(answers)] : []),
  ]);
}
