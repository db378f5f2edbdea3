/** The packets an acl accepts, as a whole: what comparing two policies needs and no proof of single flows does. */

import { possiblyAccepted, surelyAccepted } from "../compile/branch.js";
import type { CompiledAce, CompiledAcl } from "../compile/compile-acl.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import { passFirst } from "../compile/pass-device.js";
import type { Action } from "../model/acl.js";
import type { Direction } from "../model/device.js";
import { type Bounds, intersectBounds, uniteBounds } from "../sets/bounds.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";

/** The packets of `asked` that the filters of the direction accept. */
export function acceptedByFilters(compiled: CompiledDevice, direction: Direction, asked: PacketSet): Bounds {
  const stages = compiled.device.stages[direction];
  const acls = stages.map(({ acl, kind }) => (kind === "filter" ? compiled.acls.get(acl) : undefined));
  if (acls.every((acl) => acl !== undefined && isFlat(acl))) {
    const each = acls.map((acl) => acceptedByAcl(acl as CompiledAcl));
    return each.reduce(intersectBounds, { surely: asked, possibly: asked });
  }
  const branches = passFirst(compiled, direction, asked, new Budget(ACCEPT_BUDGET));
  return { surely: surelyAccepted(branches), possibly: possiblyAccepted(branches) };
}

const ACCEPT_BUDGET = 20_000_000;

function isFlat({ aces, acl }: CompiledAcl): boolean {
  return isVerdict(acl.defaultAction) && aces.every(({ ace }) => isVerdict(ace.action) || ace.action.kind === "pass");
}

function isVerdict({ kind }: Action): boolean {
  return kind === "accept" || kind === "drop" || kind === "reject";
}

// From the last ace to the first, aces with the same action at once: what is asked earlier overrules what comes later.
function acceptedByAcl({ aces, acl }: CompiledAcl): Bounds {
  const all = acl.defaultAction.kind === "accept" ? PacketSet.all : PacketSet.none;
  let accepted: Bounds = { surely: all, possibly: all };
  for (const run of runsOf(aces).reverse()) {
    const { surely, possibly } = uniteBounds(run.map(({ matches }) => matches.bounds));
    accepted =
      (run[0] as CompiledAce).ace.action.kind === "accept"
        ? { surely: accepted.surely.union(surely), possibly: accepted.possibly.union(possibly) }
        : { surely: accepted.surely.subtract(possibly), possibly: accepted.possibly.subtract(surely) };
  }
  return accepted;
}

function runsOf(aces: readonly CompiledAce[]): CompiledAce[][] {
  const runs: CompiledAce[][] = [];
  let previous: boolean | undefined;
  for (const ace of aces) {
    const { kind } = ace.ace.action;
    if (kind === "pass") continue;
    const accepts = kind === "accept";
    if (accepts === previous) (runs.at(-1) as CompiledAce[]).push(ace);
    else runs.push([ace]);
    previous = accepts;
  }
  return runs;
}
