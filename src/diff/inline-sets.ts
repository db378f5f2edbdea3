/** Puts the members of address sets that hold names without addresses in the place of the sets. */
import type { Ace } from "../model/acl.js";
import type { DefinedSet, Device } from "../model/device.js";
import type { AnyOf, Endpoint, Operand } from "../model/matches.js";

type PrefixSet = Extract<DefinedSet, { readonly kind: "prefix" }>;

/** The same device, in which no rule names a set of addresses that holds something unresolved. */
export function inlineSets(device: Device): Device {
  const sets = new Map<string, PrefixSet>();
  for (const set of device.sets) if (set.kind === "prefix") sets.set(set.name, set);
  const isOpen = [...sets.values()].some(({ members }) => members.some((member) => "unresolved" in member));
  if (!isOpen) return device;
  const inline = (lists: readonly AnyOf<Endpoint>[]) =>
    lists.map((list) => ({ ...list, operands: list.operands.flatMap((one) => membersOf(one, sets, new Set())) }));
  const inAce = ({ matches, ...ace }: Ace): Ace => ({
    ...ace,
    matches: {
      ...matches,
      ...(matches.source && { source: inline(matches.source) }),
      ...(matches.destination && { destination: inline(matches.destination) }),
    },
  });
  return { ...device, acls: device.acls.map((acl) => ({ ...acl, aces: acl.aces.map(inAce) })) };
}

function membersOf(
  operand: Operand<Endpoint>,
  sets: ReadonlyMap<string, PrefixSet>,
  within: ReadonlySet<string>,
): readonly Operand<Endpoint>[] {
  if (!("setRef" in operand) || within.has(operand.setRef)) return [operand];
  const set = sets.get(operand.setRef);
  if (set === undefined) return [operand];
  return set.members.flatMap((member) => membersOf(member, sets, new Set([...within, operand.setRef])));
}
