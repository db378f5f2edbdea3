/** Finds the packets that jumps bring to each acl, whatever rules before the jumps take of them. */
import type { CompiledDevice } from "../compile/compile-device.js";
import { PacketSet } from "../sets/packet-set.js";
import { type Root, targetsOf } from "./attachment.js";

/** By name of the acl: the packets that may surely be sent there by the conditions of the jumps on some way to it. */
export type Entrances = ReadonlyMap<string, PacketSet>;

export function entrancesOf(compiled: CompiledDevice, root: Root): Entrances {
  const entrances = new Map<string, PacketSet>([[root.acl, PacketSet.all]]);
  for (const name of inCallingOrder(compiled, root)) {
    const entrance = entrances.get(name);
    const acl = compiled.acls.get(name);
    if (entrance === undefined || acl === undefined) continue;
    for (const compiledAce of acl.aces) {
      const { ace } = compiledAce;
      if (ace.action.kind !== "jump" && ace.action.kind !== "goto") continue;
      const sent = entrance.intersect(compiledAce.matches.bounds.surely);
      const known = entrances.get(ace.action.acl);
      if (ace.action.acl !== root.acl) entrances.set(ace.action.acl, known === undefined ? sent : known.union(sent));
    }
  }
  return entrances;
}

/** Callers before those they call; acls that lead back to themselves in some order. */
export function inCallingOrder(compiled: CompiledDevice, root: Root): string[] {
  const finished: string[] = [];
  const state = new Map<string, "open" | "done">();
  const stack: { readonly name: string; readonly targets: string[] }[] = [];
  const enter = (name: string) => {
    state.set(name, "open");
    stack.push({ name, targets: targetsOf(compiled, name) });
  };
  enter(root.acl);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.targets.pop();
    if (next === undefined) {
      state.set(top.name, "done");
      finished.push(top.name);
      stack.pop();
    } else if (!state.has(next)) enter(next);
  }
  return finished.reverse();
}
