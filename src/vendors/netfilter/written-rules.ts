/** What the texts for iptables and for nftables have in common. */
import type { Ace, Acl } from "../../model/acl.js";

/** The aces that can decide, in an order in which the first that matches decides as the acl does. */
export function inFirstMatchOrder({ aces, evaluation }: Acl): readonly Ace[] {
  const enabled = aces.filter((ace) => ace.enabled);
  const accepting = enabled.filter(({ action }) => action.kind === "accept");
  if (evaluation === "first-match") return enabled;
  if (evaluation === "last-match") return enabled.toReversed();
  if (evaluation === "any-accept") return accepting;
  return [...enabled.filter(({ action }) => action.kind !== "accept"), ...accepting];
}

/** The ace's name and remark as a comment of at most `most` characters, with `'` for every one of the characters in `special`. */
export function commentOf({ name, remark }: Ace, most: number, special: RegExp): string {
  return [name, remark ?? ""]
    .filter((part) => part !== "")
    .join("; ")
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .replaceAll(special, "'")
    .trim()
    .slice(0, most);
}
