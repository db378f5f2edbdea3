/** Finds out whether anything would change without a rule that packets reach. */
import { effectivePackets } from "../compile/effective-aces.js";
import { type Decided, type Walk, walkAcl } from "../compile/walk-acl.js";
import type { Ace } from "../model/acl.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Root } from "./attachment.js";
import type { ReachSurvey } from "./reach.js";
import type { Rule } from "./rules.js";

/** What would decide a rule's packets alike if the rule were not there: aces, and perhaps defaults. */
export interface Replacement {
  readonly aces: readonly SourceRef[];
  readonly defaults: readonly SourceRef[];
  /** Some packets of the rule. */
  readonly packets: PacketSet;
}

/**
 * What makes a live rule redundant; undefined iff some packet might fare otherwise without it, or `undecided` iff that is too
 * complex. Only rules that decide or return can be redundant: others are there for what they do besides.
 */
export function findReplacement(
  survey: ReachSurvey,
  rule: Rule,
  budget: Budget,
): Replacement | undefined | "undecided" {
  if (rule.action === undefined || !DECIDING.has(rule.action.kind)) return undefined;
  return budget.run<Replacement | undefined | "undecided">(
    () => replacementIn(survey, rule, budget),
    () => "undecided",
  );
}

const DECIDING: ReadonlySet<string> = new Set(["accept", "drop", "reject", "return"]);

function replacementIn(survey: ReachSurvey, rule: Rule, budget: Budget): Replacement | undefined | "undecided" {
  const found: Replacement[] = [];
  const names = new Set(rule.aces.map(({ acl }) => acl.acl.name));
  for (const root of survey.roots) {
    if (![...names].some((name) => root.acls.has(name))) continue;
    const packets = packetsReaching(survey, root, rule, budget);
    if (packets === undefined) return "undecided";
    if (packets.isEmpty) continue;
    const replacement = replacementFor(survey, root, rule, packets);
    if (replacement === undefined) return undefined;
    found.push(replacement);
  }
  if (found.length === 0) return undefined;
  return {
    aces: found.flatMap(({ aces }) => aces),
    defaults: found.flatMap(({ defaults }) => defaults),
    packets: PacketSet.unionOf(found.map(({ packets }) => packets)),
  };
}

function packetsReaching(survey: ReachSurvey, root: Root, rule: Rule, budget: Budget): PacketSet | undefined {
  const parts = rule.aces
    .filter(({ acl }) => root.acls.has(acl.acl.name))
    .map((placed) =>
      root.isFlat ? effectivePackets(placed.acl, placed.position, budget)?.possibly : survey.arrivalsAt(root, placed),
    );
  return parts.includes(undefined) ? undefined : PacketSet.unionOf(parts as PacketSet[]);
}

/** One packet is tried first: for most rules it shows at once that they matter. */
function replacementFor(survey: ReachSurvey, root: Root, rule: Rule, packets: PacketSet): Replacement | undefined {
  const example = packets.witness();
  if (example === undefined || !isSameWithout(survey, root, rule, PacketSet.fromPacket(example))) return undefined;
  const without = isSameWithout(survey, root, rule, packets);
  if (without === undefined) return undefined;
  const decided = without.pieces.filter((piece) => !piece.packets.isEmpty);
  return {
    aces: distinct(decided.filter(({ ace }) => ace !== undefined)),
    defaults: distinct(decided.filter(({ ace }) => ace === undefined)),
    packets,
  };
}

/** The walk without the rule, iff it surely ends for every packet as the one with it. */
function isSameWithout({ compiled }: ReachSurvey, root: Root, rule: Rule, packets: PacketSet): Walk | undefined {
  const own = new Set(rule.aces.map(({ ace }) => ace));
  const earlier = root.isFlat ? acesBefore(rule) : new Set<Ace>();
  const walk = (absent: (ace: Ace) => boolean) =>
    walkAcl(compiled.acls, root.acl, compiled.at, packets, { without: (ace) => earlier.has(ace) || absent(ace) });
  const without = walk((ace) => own.has(ace));
  if (!without.untracked.isEmpty) return undefined;
  const fatesWithout = certainFates(without);
  if (fatesWithout === undefined) return undefined;
  const { action } = rule;
  if (action !== undefined && action.kind !== "return") {
    return [...fatesWithout.keys()].every((kind) => kind === action.kind) ? without : undefined;
  }
  const fates = certainFates(walk(() => false));
  return fates !== undefined && areEqual(fates, fatesWithout) ? without : undefined;
}

/** Where aces before a rule may or may not take some of its packets, what they do with them is the same either way. */
function acesBefore({ aces }: Rule): ReadonlySet<Ace> {
  const [{ acl, position }] = aces;
  return new Set(acl.aces.slice(0, position).map(({ ace }) => ace));
}

type Fates = ReadonlyMap<Decided["outcome"]["kind"], PacketSet>;

/** The packets by what certainly becomes of them; undefined iff something is not certain or a translation is chosen. */
function certainFates({ pieces }: Walk): Fates | undefined {
  const fates = new Map<Decided["outcome"]["kind"], PacketSet>();
  for (const { outcome, packets } of pieces) {
    if (outcome.kind === "translate") return undefined;
    fates.set(outcome.kind, (fates.get(outcome.kind) ?? PacketSet.none).union(packets));
  }
  const sets = [...fates.values()];
  const isCertain = sets.every((set, i) => sets.slice(i + 1).every((other) => !set.overlaps(other)));
  return isCertain ? fates : undefined;
}

function areEqual(a: Fates, b: Fates): boolean {
  return a.size === b.size && [...a].every(([kind, set]) => b.get(kind)?.equals(set) === true);
}

function distinct(pieces: readonly Decided[]): SourceRef[] {
  return [...new Map(pieces.map(({ at }) => [`${at.file}:${at.line}:${at.column ?? ""}`, at])).values()];
}
