/** Finds which built-in chains lead to each chain of a table, and the jumps that would go round in a circle. */
import { type Hook, isHook } from "./hooks.js";
import type { Chain, Rule, Table } from "./types.js";

export interface Reach {
  /** The built-in chains from which a chain can be reached; empty iff nothing leads to it. */
  hooksOf(chain: string): ReadonlySet<Hook>;
  /** True iff the rule's jump closes a circle, which the kernel refuses to load. */
  closesCircle(rule: Rule): boolean;
}

const NONE: ReadonlySet<Hook> = new Set();

/** Follows every jump of the table once for each built-in chain. */
export function reachOf({ name: table, chains }: Table): Reach {
  const circular = circularJumps(chains);
  const hooks = new Map<string, Set<Hook>>();
  for (const name of chains.keys()) {
    if (isHook(table, name)) spread(name, name, chains, hooks);
  }
  return { hooksOf: (chain) => hooks.get(chain) ?? NONE, closesCircle: (rule) => circular.has(rule) };
}

function spread(hook: Hook, start: string, chains: Table["chains"], hooks: Map<string, Set<Hook>>): void {
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const known = hooks.get(name) ?? new Set();
    if (known.has(hook)) continue;
    hooks.set(name, known.add(hook));
    for (const { target } of chains.get(name)?.rules ?? []) {
      if (target !== undefined && chains.has(target.name)) open.push(target.name);
    }
  }
}

/** The jumps that lead back to a chain still being walked, found without recursion: input decides the depth. */
function circularJumps(chains: Table["chains"]): ReadonlySet<Rule> {
  const circular = new Set<Rule>();
  const finished = new Set<Chain>();
  for (const start of chains.values()) {
    const path: { chain: Chain; next: number }[] = finished.has(start) ? [] : [{ chain: start, next: 0 }];
    const onPath = new Set(path.map(({ chain }) => chain));
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const rule = top.chain.rules[top.next++];
      if (rule === undefined) {
        finished.add(top.chain);
        onPath.delete(top.chain);
        path.pop();
        continue;
      }
      const target = rule.target && chains.get(rule.target.name);
      if (target === undefined || finished.has(target)) continue;
      if (onPath.has(target)) circular.add(rule);
      else {
        path.push({ chain: target, next: 0 });
        onPath.add(target);
      }
    }
  }
  return circular;
}
