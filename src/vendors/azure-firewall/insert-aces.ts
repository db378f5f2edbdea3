/** Puts rules into the JSON of a policy's groups, before what stops their packets, or in the place of one. */
import type { Ace } from "../../model/acl.js";
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { parseJson } from "../../syntax/json.js";
import { uniqueName } from "../azure/rule-texts.js";
import { itemsPutInto, replacedBy } from "./edit-lists.js";
import { type LocatedCollection, type LocatedGroup, type LocatedRule, locateGroups } from "./locate-rules.js";
import { additionOf, creationOf, type GroupPlace, removalOf } from "./notations.js";
import { pathOf, RULES_ACL, structureOf } from "./order-rules.js";
import { INFRASTRUCTURE } from "./platform-rules.js";
import { type RuleCollection, templateOf } from "./render.js";
import { type PolicyRule, shapesOf } from "./rule-shapes.js";

// policy-rule-sets: priorities of groups and of collections
const FIRST_PRIORITY = 100;
const LAST_PRIORITY = 65000;
const STEP = 100;

/** The text with the rules put in; undefined where their place is not certain or not in this text, in the form `az` prints. */
export function insertAces(text: string, insertion: Insertion): PatchedText | undefined {
  const { acl, instead } = insertion;
  const document = parseJson(text).value;
  const rules = rulesFor([...(instead ?? []), ...acl.aces]);
  if (acl.name !== RULES_ACL || document === undefined || rules === undefined) return undefined;
  const place = placeIn(locateGroups(document), insertion, rules[0].ruleType);
  if (place === undefined) return undefined;
  if (instead !== undefined) return replaceRule(text, place, rules);
  const action = acl.aces.every((ace) => ace.action.kind === "accept") ? "Allow" : "Deny";
  const collection = collectionFor(place, action);
  return collection === undefined ? createCollection(text, place, action, rules) : extend(text, collection, rules);
}

type WrittenAction = RuleCollection["action"];

type Rules = readonly [PolicyRule, ...PolicyRule[]];

/** Rules of one kind; undefined iff there are none, or some cannot be written. */
function rulesFor(aces: readonly Ace[]): Rules | undefined {
  const shapes = aces.map(shapesOf);
  const [first, ...others] = shapes.flatMap((shape) => shape.rules);
  const isWhole = shapes.every(({ refusals }) => refusals.length === 0);
  if (first === undefined || !isWhole || others.some(({ ruleType }) => ruleType !== first.ruleType)) return undefined;
  return [first, ...others];
}

interface PlacedCollection {
  readonly group: LocatedGroup;
  readonly collection: LocatedCollection;
}

interface PlacedRule extends PlacedCollection {
  readonly rule: LocatedRule;
}

type RuleType = PolicyRule["ruleType"];

interface Place {
  readonly ruleType: RuleType;
  /** The groups of a policy that are asked for rules of this type before the packets are stopped, by their priority. */
  readonly groups: readonly LocatedGroup[];
  /** The rule that stops them; absent: what the platform does after all rules. */
  readonly stopping?: PlacedRule;
}

function placeIn(groups: readonly LocatedGroup[], { stoppedBy, at }: Insertion, ruleType: RuleType): Place | undefined {
  if (stoppedBy === undefined || stoppedBy === INFRASTRUCTURE) {
    return {
      ruleType,
      groups: placed(groups.filter(({ policy }) => isSame(structureOf(policy, RULES_ACL), at.structure))),
    };
  }
  const [stopping, ...others] = rulesOf(groups).filter(
    ({ group, collection, rule }) => pathOf(group, collection, rule) === stoppedBy,
  );
  if (stopping === undefined || others.length > 0) return undefined;
  const own = placed(groups.filter(({ policy }) => isSame(policy, stopping.group.policy)));
  const last = own.indexOf(stopping.group);
  const isLevel = isOf(ruleType, stopping.collection);
  // Network rules are asked before all application rules.
  if (last < 0 || (ruleType === "ApplicationRule" && !isLevel)) return undefined;
  return { ruleType, groups: isLevel ? own.slice(0, last + 1) : own, stopping };
}

function rulesOf(groups: readonly LocatedGroup[]): PlacedRule[] {
  return groups.flatMap((group) =>
    group.collections.flatMap((collection) => collection.rules.map((rule) => ({ group, collection, rule }))),
  );
}

function isOf(wanted: RuleType, { ruleType }: LocatedCollection): boolean {
  return isSame(wanted, ruleType);
}

function isSame(a: string, b = ""): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** What has a priority of its own, by it. */
function placed<T extends { readonly priority: number | undefined }>(all: readonly T[]): T[] {
  const isCertain = ({ priority }: T): boolean =>
    priority !== undefined && all.filter((other) => other.priority === priority).length === 1;
  return all.filter(isCertain).sort((a, b) => Number(a.priority) - Number(b.priority));
}

/** The last collection of such rules with that action of those asked before the packets are stopped. */
function collectionFor(place: Place, action: WrittenAction): PlacedCollection | undefined {
  const asked = place.groups.flatMap((group) =>
    placed(group.collections)
      .filter(({ priority }) => Number(priority) <= lastPriority(group, place))
      .map((collection) => ({ group, collection })),
  );
  return asked.findLast(({ collection }) => isOf(place.ruleType, collection) && isSame(collection.action, action));
}

/** The priority at which the packets are stopped in a group. */
function lastPriority(group: LocatedGroup, { ruleType, stopping }: Place): number {
  const isBounded = stopping?.group === group && isOf(ruleType, stopping.collection);
  return isBounded ? Number(stopping.collection.priority) : LAST_PRIORITY;
}

function extend(text: string, place: PlacedCollection, rules: readonly PolicyRule[]): PatchedText | undefined {
  const named = withNames(rules, place.collection);
  return patched(itemsPutInto(text, place.collection.list, named), additions(place, named));
}

// From the group in which the packets are stopped back to the first.
function createCollection(
  text: string,
  place: Place,
  action: WrittenAction,
  rules: readonly PolicyRule[],
): PatchedText | undefined {
  for (const group of place.groups.toReversed()) {
    const priority = freePriority(group, lastPriority(group, place));
    if (priority === undefined) continue;
    const names = new Set(group.collections.map(({ name }) => name.toLowerCase()));
    const name = uniqueName(`flowproof-${action}`, names);
    const collection: RuleCollection = { name, priority, action, rules: withNames(rules, { rules: [] }) };
    const created = itemsPutInto(text, group.list, [templateOf(collection)]);
    if (created !== undefined) return { text: created, commands: creationOf(commandsPlace(group), collection) };
  }
  return undefined;
}

/** The highest number before the limit that no collection of the group has, near its last one; undefined: there is none. */
function freePriority({ collections }: LocatedGroup, limit: number): number | undefined {
  const taken = collections.map(({ priority }) => priority);
  if (taken.includes(undefined)) return undefined;
  const numbers = new Set(taken);
  const highest = Math.max(...(taken as number[]), FIRST_PRIORITY) + STEP;
  for (let number = Math.min(limit, highest); number >= FIRST_PRIORITY; number--) {
    if (!numbers.has(number)) return number;
  }
  return undefined;
}

function replaceRule(
  text: string,
  { stopping, ruleType }: Place,
  rules: readonly PolicyRule[],
): PatchedText | undefined {
  if (stopping === undefined || !isOf(ruleType, stopping.collection)) return undefined;
  const { group, collection, rule } = stopping;
  const named = withNames(rules, collection);
  const removal = removalOf(commandsPlace(group), collection.name, rule.name);
  return patched(replacedBy(text, rule.object, named), [...additions(stopping, named), removal]);
}

function withNames(rules: readonly PolicyRule[], { rules: others }: Pick<LocatedCollection, "rules">): PolicyRule[] {
  const names = new Set(others.map(({ name }) => name.toLowerCase()));
  return rules.map((rule) => ({ ...rule, name: uniqueName(rule.name, names) }));
}

function additions({ group, collection }: PlacedCollection, rules: readonly PolicyRule[]): string[] {
  return rules.map((rule) => additionOf(commandsPlace(group), collection.name, rule));
}

function commandsPlace({ policy, name }: LocatedGroup): GroupPlace {
  return { policy, group: name };
}

function patched(text: string | undefined, commands: readonly string[]): PatchedText | undefined {
  return text === undefined ? undefined : { text, commands };
}
