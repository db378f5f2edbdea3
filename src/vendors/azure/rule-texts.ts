/** Names and descriptions as the platform takes them. */

const LONGEST_NAME = 80;
// includes/azure-virtual-network-limits.md, security rules; no page has a limit for rules of a firewall
const LONGEST_DESCRIPTION = 140;

/** Word characters, `.`, `-` and `_`, begun by a word character, ended by one or `_`; unique without regard to case. */
export function uniqueName(name: string, taken: Set<string>): string {
  const plain = name.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? "" : `_${count}`;
    const cut = plain.slice(0, LONGEST_NAME - suffix.length).replace(/[.-]+$/, "") || "rule";
    const candidate = cut + suffix;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}

/** What a rule's description may hold of a remark; a `[` in front would begin an expression. */
export function descriptionOf(remark: string): string {
  const plain = remark.replace(/\p{Cc}/gu, " ").replace(/^\[+/, "");
  return [...plain].slice(0, LONGEST_DESCRIPTION).join("");
}
