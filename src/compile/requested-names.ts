/** Decides conditions on the name a client asks for inside its connection, which no packet field holds. */
import type { AddressRange } from "../model/address.js";
import type { Operand } from "../model/matches.js";
import { type HostRegion, type HostSet, hostRegions, isEmptyHosts } from "../sets/host-set.js";
import type { Truth } from "./name-knowledge.js";

/** What compiling takes from outside the exports. */
export interface CompileOptions {
  /** What names resolve to, by lower-case name: the user's word, so exact. A name that is absent may be any address. */
  readonly names?: ReadonlyMap<string, readonly AddressRange[]>;
  /** The hosts that the flows to be judged ask for; absent: nothing is known of what is inside them. */
  readonly requested?: HostSet;
}

/** Whether every flow asks for a name of the pattern; `unknown` iff some may and some may not. */
export function asksFor(pattern: string, requested: HostSet | undefined): Truth {
  return asksForAny([pattern], requested);
}

/** Whether every flow asks for a name of one of the patterns, not all of the same; `unknown` iff some may and some may not. */
export function asksForAny(patterns: readonly string[], requested: HostSet | undefined): Truth {
  if (requested === undefined || isEmptyHosts(requested)) return "unknown";
  const lower = patterns.map((pattern) => pattern.toLowerCase());
  const answers = new Set([...hostRegions(requested)].map((region) => fitsAny(region, lower)));
  const [only] = answers;
  return answers.size === 1 && only !== undefined ? only : "unknown";
}

function fitsAny(region: HostRegion, patterns: readonly string[]): Truth {
  const answers = patterns.map((pattern) => fitsPattern(region, pattern));
  if (answers.includes("yes")) return "yes";
  return answers.includes("unknown") ? "unknown" : "no";
}

/** True iff a list of operands holds for all flows because of the names that they ask for. */
export function namesAllAskedFor(operands: readonly Operand<unknown>[], requested: HostSet | undefined): boolean {
  if (requested === undefined) return false;
  const patterns = operands.flatMap((operand) => ("literal" in operand ? patternsIn(operand.literal) : []));
  return patterns.length > 0 && asksForAny(patterns, requested) === "yes";
}

function patternsIn(literal: unknown): string[] {
  const isNamed = typeof literal === "object" && literal !== null && "requested" in literal;
  return isNamed ? [String(literal.requested)] : [];
}

// An address asked for by itself is no name, and what a rule about names then does no page says.
function fitsPattern(region: HostRegion, pattern: string): Truth {
  if (region.scope === "literals") return "unknown";
  if (pattern === "*") return "yes";
  const isSuffix = pattern.startsWith("*");
  const suffix = isSuffix ? pattern.slice(1) : pattern;
  if (suffix.includes("*")) return "unknown";
  if (region.scope === "name") return answer(isSuffix ? region.name.endsWith(suffix) : region.name === suffix);
  const below = region.name === "" ? "" : `.${region.name}`;
  if (isSuffix && below.endsWith(suffix)) return "yes";
  return suffix.endsWith(below) ? "unknown" : "no";
}

function answer(holds: boolean): Truth {
  return holds ? "yes" : "no";
}

/** The doubt about such a condition, for people. */
export function requestedDoubt(pattern: string): string {
  return `whether the client asks for \`${pattern}\``;
}
