/** Finds from which hooks each chain of a table is reached. */
import { type ChainReach, reachOfHook } from "./hooks.js";
import type { NftChain, NftTable } from "./ruleset.js";
import type { Expression, Statement } from "./types.js";

const UNREACHED: ChainReach = { hooks: new Set(), mayBeUntracked: false, isAlwaysUntracked: false };

/** What each chain of the table is reached from; a chain that nothing leads to has no hooks. */
export function reachOf(table: NftTable): (chain: string) => ChainReach {
  const reach = new Map<string, ChainReach>();
  const targets = new Map([...table.chains.values()].map((chain) => [chain.name, targetsOf(chain, table)]));
  for (const { name, hook } of table.chains.values()) {
    if (hook === undefined) continue;
    const own = reachOfHook(hook);
    const seen = new Set<string>();
    const open = [name];
    for (let current = open.pop(); current !== undefined; current = open.pop()) {
      if (seen.has(current)) continue;
      seen.add(current);
      reach.set(current, joined(reach.get(current), own));
      for (const target of targets.get(current) ?? []) open.push(target);
    }
  }
  return (chain) => reach.get(chain) ?? UNREACHED;
}

function joined(a: ChainReach | undefined, b: ChainReach): ChainReach {
  if (a === undefined) return b;
  return {
    hooks: new Set([...a.hooks, ...b.hooks]),
    mayBeUntracked: a.mayBeUntracked || b.mayBeUntracked,
    isAlwaysUntracked: a.isAlwaysUntracked && b.isAlwaysUntracked,
  };
}

function targetsOf({ rules }: NftChain, table: NftTable): ReadonlySet<string> {
  return new Set(rules.flatMap(({ rule }) => rule.statements.flatMap((statement) => targetsIn(statement, table))));
}

function targetsIn(statement: Statement, table: NftTable): string[] {
  if (statement.kind === "verdict") return "chain" in statement.verdict ? [statement.verdict.chain] : [];
  if (statement.kind !== "vmap") return [];
  const { map } = statement;
  const elements =
    map.kind === "set" ? map.elements : map.kind === "reference" ? (table.sets.get(map.name)?.elements ?? []) : [];
  return elements.flatMap(({ value }) => chainOf(value));
}

function chainOf(value: Expression | undefined): string[] {
  return value?.kind === "verdict" && "chain" in value.verdict ? [value.verdict.chain] : [];
}
