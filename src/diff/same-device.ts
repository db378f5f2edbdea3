/** Tells whether two devices are the same, whatever lines their rules stand on. */
import type { Ace } from "../model/acl.js";
import type { Device } from "../model/device.js";

/**
 * True only if the devices have the same rules in the same words, and these name nothing outside of the exports: then every
 * packet fares alike, also where a condition or an action is none that packets decide.
 */
export function isSameDevice(before: Device, after: Device): boolean {
  const [first, second] = [before, after].map(wordsOf);
  return first !== undefined && first === second;
}

/** The device without places and names of rules, which say nothing of packets; undefined iff something is not in it. */
function wordsOf({ acls, sets, interfaces, stages, tracking }: Device): string | undefined {
  const defined = new Set(sets.map(({ name }) => name));
  const staged = new Set(Object.values(stages).flatMap((list) => list.map(({ acl }) => acl)));
  // An acl of gaps alone that no stage asks stands for exports that were left out on purpose.
  const asked = acls.filter(({ name, aces }) => staged.has(name) || !aces.some(isGap));
  const rules = asked.map((acl) => ({ ...acl, aces: acl.aces.map(withoutWords) }));
  let isWhole = !asked.some(({ aces }) => aces.some(isGap));
  const words = JSON.stringify([rules, sets, interfaces, stages, tracking], (key, value: unknown) => {
    if (key === "unresolved" || (key === "setRef" && !defined.has(value as string))) isWhole = false;
    return key === "at" ? undefined : value;
  });
  return isWhole ? words : undefined;
}

/** True iff it stands for something that the exports do not hold. */
export function isGap({ isImplied, action }: Ace): boolean {
  return isImplied === true && action.kind === "unknown";
}

/** The ace without its name and what else no packet meets. */
function withoutWords({ name: _, remark: __, logs: ___, ...rest }: Ace): Omit<Ace, "name" | "remark" | "logs"> {
  return rest;
}
