/** Finds packets that two devices accept and send on differently: translated otherwise, or no longer tracked. */
import { type Branch, flowsAhead } from "../compile/branch.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import type { Translation } from "../model/nat.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Way } from "./fates.js";

/** Packets with one treatment on each side, which differ. */
export interface Alteration {
  /** As they enter. */
  readonly packets: PacketSet;
  readonly before: Treatment;
  readonly after: Treatment;
}

/** What a device does to some accepted packets, by branches that do the same to them. */
export interface Treatment {
  readonly key: string;
  readonly packets: PacketSet;
  readonly branches: readonly Branch[];
  /** True iff each packet has one result, which depends on constants of the rules and its own fields alone. */
  readonly isFunction: boolean;
}

export interface Alterations {
  readonly surely: readonly Alteration[];
  /** Packets of which it is open whether they are sent on alike. */
  readonly possibly: PacketSet;
}

/** Accepted packets that are sent on differently, or may be; `branches` of the same packets on both ways. */
export function findAlterations(
  before: { readonly way: Way; readonly branches: readonly Branch[] },
  after: { readonly way: Way; readonly branches: readonly Branch[] },
): Alterations {
  const [first, second] = [before, after].map(({ way, branches }) => treatmentsOf(way.compiled, branches));
  const surely: Alteration[] = [];
  let possibly = PacketSet.none;
  for (const a of first ?? []) {
    for (const b of second ?? []) {
      const both = a.key === b.key ? PacketSet.none : a.packets.intersect(b.packets);
      if (both.isEmpty || isSentAlike(a, b, both)) continue;
      const certain = both.subtract(besides(a, before.branches)).subtract(besides(b, after.branches));
      const shown = certain.isEmpty ? certain : differing(a, b, certain);
      if (!shown.isEmpty) surely.push({ packets: shown, before: a, after: b });
      possibly = possibly.union(both);
    }
  }
  return { surely, possibly };
}

function treatmentsOf({ device }: CompiledDevice, branches: readonly Branch[]): Treatment[] {
  const groups = new Map<string, Branch[]>();
  for (const branch of branches) {
    if (branch.disposition !== "accept") continue;
    const words = branch.translations.map(({ translation }) => [translation, interfacesFor(translation, device)]);
    const key = JSON.stringify([words, branch.isUntracked]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [branch]);
    else group.push(branch);
  }
  return [...groups].map(([key, own]) => ({
    ...{ key, branches: own, packets: PacketSet.unionOf(own.map(({ flows }) => flows)) },
    isFunction: own.every(({ translations }) => translations.every(({ translation }) => isConstant(translation))),
  }));
}

function interfacesFor({ addresses }: Translation, { interfaces }: CompiledDevice["device"]) {
  return addresses?.kind === "interface" ? interfaces : [];
}

/** True iff it sets each field it changes to one value. */
function isConstant({ addresses, ports }: Translation): boolean {
  if (ports !== undefined && ports.first !== ports.last) return false;
  if (addresses === undefined) return true;
  const ranges = addresses.kind === "pool" ? addresses.ranges : [];
  return ranges.length === 1 && ranges.every(({ first, last }) => first.every((word, i) => word === last[i]));
}

/** True only if every one of the packets surely has the same result on both sides. */
function isSentAlike(a: Treatment, b: Treatment, packets: PacketSet): boolean {
  return a.isFunction && b.isFunction && sentOn(a, packets).equals(sentOn(b, packets));
}

/** The packets if all of them have other results on the other side, else one of them that has, if it is found. */
function differing(a: Treatment, b: Treatment, packets: PacketSet): PacketSet {
  const differs = (some: PacketSet) => !sentOn(a, some).overlaps(sentOn(b, some));
  if (differs(packets)) return packets;
  const witness = packets.witness();
  const one = witness === undefined ? PacketSet.none : PacketSet.fromPacket(witness);
  return !one.isEmpty && differs(one) ? one : PacketSet.none;
}

/** The packets as which some may leave. */
export function sentOn({ branches }: Treatment, packets: PacketSet): PacketSet {
  return PacketSet.unionOf(branches.map((branch) => flowsAhead(branch, packets)));
}

/** Packets that may fare otherwise than treated so. */
function besides({ branches: own }: Treatment, all: readonly Branch[]): PacketSet {
  return PacketSet.unionOf(all.filter((branch) => !own.includes(branch)).map(({ flows }) => flows));
}
