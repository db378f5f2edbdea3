/** Says which packets of two devices are compared. */
import type { Acl } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Device, Direction, Stage } from "../model/device.js";
import { PacketSet } from "../sets/packet-set.js";

/** What a user wants compared; absent: everything. */
export interface Scope {
  /** Pairs of the directions before and after; empty: each that either device has rules for, with itself. */
  readonly directions: readonly (readonly [Direction, Direction])[];
  readonly family?: Family;
  /** Names of interfaces by which the packets enter and leave. */
  readonly ingress?: string;
  readonly egress?: string;
}

/** The packets whose fate is compared: all, or where a side does not look at states those that begin connections. */
export interface Universe {
  readonly packets: PacketSet;
  readonly name: string;
}

const NEW: Universe = { packets: PacketSet.fromFields({ states: ["new"] }), name: "packets that begin connections" };
const ALL: Universe = { packets: PacketSet.all, name: "packets of every connection state" };
const FAMILY_NAMES: Readonly<Record<Family, string>> = { ipv4: "IPv4", ipv6: "IPv6" };

/**
 * States are compared iff both sides look at them; a family of addresses iff the exports of some side speak of it. A device
 * of which the exports of one family are missing may do anything to it, and it may still be the same.
 */
export function universeOf(before: Device, after: Device, scope: Scope): Universe {
  const { packets, name } = before.tracking === "explicit" && after.tracking === "explicit" ? ALL : NEW;
  const unseen = unseenFamilies(before).filter((family) => unseenFamilies(after).includes(family));
  const seen = unseen.reduce<Universe>(
    (all, family) => ({
      packets: all.packets.subtract(PacketSet.fromFields({ family })),
      name: `${all.name}, except ${FAMILY_NAMES[family]}, of which no export speaks`,
    }),
    { packets, name },
  );
  return within(seen, scope);
}

function within({ packets, name }: Universe, { family, ingress, egress }: Scope): Universe {
  const fields = {
    ...(family === undefined ? {} : { family }),
    ...(ingress === undefined ? {} : { ingressInterfaces: [{ name: ingress }] }),
    ...(egress === undefined ? {} : { egressInterfaces: [{ name: egress }] }),
  };
  const limits = [
    ...(family === undefined ? [] : [`of ${FAMILY_NAMES[family]}`]),
    ...(ingress === undefined ? [] : [`in ${ingress}`]),
    ...(egress === undefined ? [] : [`out ${egress}`]),
  ];
  return { packets: packets.intersect(PacketSet.fromFields(fields)), name: [name, ...limits].join(", ") };
}

/** Families for which a stage stands that only says that their export is not there. */
function unseenFamilies({ acls }: Device): Family[] {
  return acls.flatMap((acl) => {
    const family = unseenFamily(acl);
    return family === undefined ? [] : [family];
  });
}

function unseenFamily({ aces }: Acl): Family | undefined {
  const [ace] = aces;
  const stands = aces.length === 1 && ace?.isImplied === true && ace.action.kind === "unknown";
  return stands ? ace.matches.family : undefined;
}

/** The device without the stages that speak of no packet of the universe. */
export function withoutUnseen(device: Device, { packets }: Universe): Device {
  const isIdle = ({ acl: name }: Stage) => {
    const acl = device.acls.find((one) => one.name === name);
    const family = acl === undefined ? undefined : unseenFamily(acl);
    return family !== undefined && !packets.overlaps(PacketSet.fromFields({ family }));
  };
  const of = (direction: Direction) => device.stages[direction].filter((stage) => !isIdle(stage));
  return { ...device, stages: { input: of("input"), forward: of("forward"), output: of("output") } };
}
