/** Turns an acl into boxes with what is done to packets in them, as whole-acl questions need it. */
import type { Ace } from "../model/acl.js";
import type { Family } from "../model/address.js";
import { AceBoxTable } from "./ace-boxes.js";
import type { CompiledAcl } from "./compile-acl.js";
import type { LevelTable } from "./level-table.js";

export const STOP = 0;
export const ACCEPT = 1;

/** `surely`: where in doubt, packets are stopped; `possibly`: where in doubt, they are accepted. */
export type Side = "surely" | "possibly";

/** Boxes with what is done to packets in them, the first box that holds a packet deciding. */
export interface Rules {
  readonly table: LevelTable;
  /** By box: its number in the table. */
  readonly boxes: readonly number[];
  readonly actions: readonly number[];
  readonly otherwise: number;
}

/** The rules from both sides; `possibly` is absent where nothing is in doubt, for they are the same then. */
export interface RulesOfSides {
  readonly surely: Rules;
  readonly possibly?: Rules;
}

/** Undefined where the acl jumps, translates, untracks or asks for tags, or where an ace has too many boxes. */
export function rulesOfSides(acl: CompiledAcl, family: Family): RulesOfSides | undefined {
  const surely = rulesOf(acl, family, "surely");
  if (surely === undefined || acl.isExact) return surely && { surely };
  const possibly = rulesOf(acl, family, "possibly");
  return possibly && { surely, possibly };
}

function rulesOf(acl: CompiledAcl, family: Family, side: Side): Rules | undefined {
  const table = new AceBoxTable(family);
  const boxes: number[] = [];
  const actions: number[] = [];
  const otherwise = effectOf(acl.acl.defaultAction, acl, side);
  for (const compiled of acl.aces) {
    const effect = effectOf(compiled.ace.action, acl, side);
    // The boxes hold every tag, packets that come to the acl do not.
    if (effect === "unsupported" || compiled.ace.matches.tags !== undefined) return undefined;
    if (effect === "none") continue;
    const { surely, possibly } = table.add(compiled);
    // A doubtful ace has its effect exactly where that is the side's own choice.
    const own = (effect === ACCEPT) === (side === "possibly") ? possibly : surely;
    const unknown = compiled.ace.action.kind === "unknown" ? possibly : own;
    if (unknown === undefined) return undefined;
    for (let box = unknown.from; box < unknown.to; box++) {
      boxes.push(box);
      actions.push(effect);
    }
  }
  return otherwise === "unsupported"
    ? undefined
    : { table: table.boxes, boxes, actions, otherwise: otherwise === "none" ? ACCEPT : otherwise };
}

function effectOf(action: Ace["action"], { acl }: CompiledAcl, side: Side): number | "none" | "unsupported" {
  switch (action.kind) {
    case "accept":
      return ACCEPT;
    case "drop":
    case "reject":
      return STOP;
    case "pass":
      return "none";
    case "return": {
      if (acl.evaluation !== "first-match" || acl.defaultAction === action) return "none";
      if (acl.defaultAction.kind === "return") return ACCEPT;
      const end = effectOf(acl.defaultAction, { acl } as CompiledAcl, side);
      return end === "none" ? ACCEPT : end;
    }
    case "unknown":
      if (side === "possibly") return ACCEPT;
      return acl.evaluation === "any-accept" ? "none" : STOP;
    default:
      return "unsupported";
  }
}
