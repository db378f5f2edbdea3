/** Tells whether two devices are the same, whatever lines their rules stand on. */
import type { Ace } from "../model/acl.js";
import type { Device } from "../model/device.js";

/**
 * The names from outside of the exports that rules of both ask, if the devices have the same rules in the same words: then
 * every packet fares alike as long as these names mean the same, also where a condition or an action is none that packets
 * decide. Undefined iff something else is not the same, or a part of an export is missing.
 */
export function namesOfSame(before: Device, after: Device): readonly string[] | undefined {
  const [first, second] = [before, after].map(wordsOf);
  return first !== undefined && first.words === second?.words ? first.names : undefined;
}

interface DeviceWords {
  readonly words: string;
  readonly names: readonly string[];
}

/** The device without places and names of rules, which say nothing of packets; undefined iff a part of an export is missing. */
function wordsOf({ acls, sets, interfaces, stages, tracking }: Device): DeviceWords | undefined {
  const defined = new Set(sets.map(({ name }) => name));
  const staged = new Set(Object.values(stages).flatMap((list) => list.map(({ acl }) => acl)));
  // An acl of gaps alone that no stage asks stands for exports that were left out on purpose.
  const asked = acls.filter(({ name, aces }) => staged.has(name) || !aces.some(isGap));
  if (asked.some(({ aces }) => aces.some(isGap))) return undefined;
  const rules = asked.map((acl) => ({ ...acl, aces: acl.aces.map(withoutWords) }));
  const names = new Set<string>();
  const words = JSON.stringify([rules, sets, interfaces, stages, tracking], (key, value: unknown) => {
    if (key === "unresolved" || (key === "setRef" && !defined.has(value as string))) names.add(value as string);
    return key === "at" ? undefined : value;
  });
  return { words, names: [...names] };
}

/** True iff it stands for something that the exports do not hold. */
export function isGap({ isImplied, action }: Ace): boolean {
  return isImplied === true && action.kind === "unknown";
}

/** The ace without its name and what else no packet meets. */
function withoutWords({ name: _, remark: __, logs: ___, ...rest }: Ace): Omit<Ace, "name" | "remark" | "logs"> {
  return rest;
}
