/** Puts the rules of a firewall in the order in which it processes those of each kind. */
import type { CollectionGroup, FirewallRule, Gap, RuleCollection, RuleKind } from "./types.js";

/** A group of rules in the file it stands in; `level` 0 is the topmost parent policy, which always comes first. */
export interface PlacedGroup {
  readonly group: CollectionGroup;
  readonly level: number;
  readonly file: string;
}

/** A rule at its place. `conditions`: why its place is not certain. */
export interface OrderedRule {
  readonly rule: FirewallRule;
  readonly collection: RuleCollection;
  readonly path: string;
  readonly file: string;
  readonly conditions: readonly string[];
}

/** The acl of the rules in this order. */
export const RULES_ACL = "rules";

interface Named {
  readonly name: string;
}

interface PlacedCollection extends PlacedGroup {
  readonly collection: RuleCollection;
}

/**
 * Rules of a kind: parents first, then by the group's priority, then by the collection's, then as written
 * (rule-processing, "Rule processing using Firewall Policy").
 */
export function rulesInOrder(groups: readonly PlacedGroup[], kind: RuleKind): OrderedRule[] {
  const placed = groups
    .flatMap((group) => group.group.collections.map((collection) => ({ ...group, collection })))
    .filter(({ collection }) => collection.rules.some((rule) => rule.kind === kind));
  // INVARIANT: what has no known priority stands first and never matches for certain, which brackets every place.
  const ordered = [...placed].sort(
    (a, b) =>
      a.level - b.level ||
      rank(a.group.priority) - rank(b.group.priority) ||
      rank(a.collection.priority) - rank(b.collection.priority),
  );
  return ordered.flatMap((each) =>
    each.collection.rules
      .filter((rule) => rule.kind === kind)
      .map((rule) => ({
        rule,
        collection: each.collection,
        path: pathOf(each.group, each.collection, rule),
        file: each.file,
        conditions: [...unknownPlace(each), ...rivals(each, ordered)],
      })),
  );
}

function rank(priority: number | undefined): number {
  return priority ?? -1;
}

/** What an acl of a policy, or of a firewall with rules of its own, is called. */
export function structureOf(owner: string, acl: string): string {
  return `${owner} ${acl}`;
}

/** What a rule is called in a device. */
export function pathOf(group: Named, collection: Named, rule: Named): string {
  return [group.name, collection.name, rule.name].filter((part) => part !== "").join("/");
}

function unknownPlace({ group, collection }: PlacedCollection): string[] {
  const doubt = (what: string, { name, priority, unreadPriority }: CollectionGroup | RuleCollection): string[] => {
    const quoted = unreadPriority === undefined ? "" : ` \`${unreadPriority}\``;
    return priority === undefined ? [`the priority${quoted} of ${what} ${name} is not known`] : [];
  };
  return [...doubt("group", group), ...doubt("collection", collection)];
}

// No page says which of two equal priorities comes first; it matters where they decide differently.
function rivals(own: PlacedCollection, all: readonly PlacedCollection[]): string[] {
  return all
    .filter((other) => other.collection !== own.collection && isLevel(own, other) && decidesOtherwise(own, other))
    .map(({ collection }) => `collection ${collection.name} has the same priority and may come first`);
}

function isLevel(a: PlacedCollection, b: PlacedCollection): boolean {
  if (a.level !== b.level || a.group.priority !== b.group.priority) return false;
  return a.group !== b.group || a.collection.priority === b.collection.priority;
}

function decidesOtherwise(a: PlacedCollection, b: PlacedCollection): boolean {
  const [own, other] = [a.collection.action.toLowerCase(), b.collection.action.toLowerCase()];
  return own !== other || own === "dnat";
}

/** The gaps of every group, each with its file. */
export function gapsOf(groups: readonly PlacedGroup[]): (Gap & { readonly file: string })[] {
  return groups.flatMap(({ group, file }) => group.gaps.map((gap) => ({ ...gap, file })));
}
