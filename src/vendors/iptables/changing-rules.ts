/** Finds the rules that change what the kernel keeps by name from packet to packet: sets, and lists of recent addresses. */
import type { MatchUse, Rule } from "./types.js";

/** By name: the rules in full, as a text that two devices have in common only if the rules say the same. */
export interface ChangingRules {
  readonly sets: ReadonlyMap<string, string>;
  readonly recent: ReadonlyMap<string, string>;
}

export function changingRules(rules: Iterable<Rule>): ChangingRules {
  const [sets, recent] = [new Map<string, string>(), new Map<string, string>()];
  const add = (texts: Map<string, string>, name: string, rule: Rule): void => {
    texts.set(name, `${texts.get(name) ?? ""}${inFull(rule)}`);
  };
  for (const rule of rules) {
    const { target, matches } = rule;
    if (target?.name === "SET") for (const { values } of target.options) add(sets, values[0] ?? "", rule);
    for (const name of recentNames(matches)) add(recent, name, rule);
  }
  return { sets, recent };
}

const NO_NAMES: readonly string[] = [];

/** The lists of recent addresses that matches ask, and perhaps change. */
export function recentNames(matches: readonly MatchUse[]): readonly string[] {
  if (!matches.some(({ module }) => module === "recent")) return NO_NAMES;
  const uses = matches.filter(({ module }) => module === "recent");
  // xt_recent.c, recent_mt_init of the tool: a list without a name is `DEFAULT`
  return uses.map(({ options }) => options.find(({ name }) => name === "--name")?.values[0] ?? "DEFAULT");
}

/** All that a rule says of packets, wherever it stands. */
export function inFull({ matches, target }: Pick<Rule, "matches" | "target">): string {
  return JSON.stringify([matches.filter(({ module }) => module !== "comment"), target ?? null]);
}
