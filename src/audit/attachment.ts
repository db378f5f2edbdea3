/** Finds out which acls a packet can be put to, and from where. */
import type { CompiledDevice } from "../compile/compile-device.js";
import type { Action } from "../model/acl.js";
import type { Direction } from "../model/device.js";

/** An acl that a stage asks, with the ways on which it does. */
export interface Root {
  readonly acl: string;
  readonly kind: "filter" | "nat";
  readonly directions: readonly Direction[];
  /** The acl and all that it may jump to. */
  readonly acls: ReadonlySet<string>;
  /** True iff none of its aces leads to another acl. */
  readonly isFlat: boolean;
}

const DIRECTIONS: readonly Direction[] = ["input", "forward", "output"];

/** The acls of all stages, each once, in the order in which packets meet them. */
export function rootsOf(compiled: CompiledDevice): Root[] {
  const found = new Map<string, { kind: Root["kind"]; directions: Direction[] }>();
  for (const direction of DIRECTIONS) {
    for (const { acl, kind } of compiled.device.stages[direction]) {
      const known = found.get(acl);
      if (known === undefined) found.set(acl, { kind, directions: [direction] });
      else if (!known.directions.includes(direction)) known.directions.push(direction);
    }
  }
  return [...found].map(([acl, { kind, directions }]) => {
    const acls = reachableFrom(compiled, acl);
    return { acl, kind, directions, acls, isFlat: acls.size === 1 && targetsOf(compiled, acl).length === 0 };
  });
}

/** The acl and every one that enabled aces or defaults lead to from it. */
export function reachableFrom(compiled: CompiledDevice, root: string): ReadonlySet<string> {
  const reached = new Set([root]);
  for (const name of reached) for (const target of targetsOf(compiled, name)) reached.add(target);
  return reached;
}

/** Names of the acls that one leads to directly. */
export function targetsOf(compiled: CompiledDevice, name: string): string[] {
  const acl = compiled.acls.get(name);
  if (acl === undefined) return [];
  const targets: string[] = [];
  const collect = (action: Action) => {
    if (action.kind === "jump" || action.kind === "goto") targets.push(action.acl);
  };
  for (const { ace } of acl.aces) collect(ace.action);
  collect(acl.acl.defaultAction);
  return targets;
}
