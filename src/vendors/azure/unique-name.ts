/** Names as the platform takes them for rules, groups and policies. */

const LONGEST_NAME = 80;

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
