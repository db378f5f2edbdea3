/** Turns an acl into products of ranges with what is done to packets in them, as whole-acl questions need it. */
import type { Ace } from "../model/acl.js";
import type { Family } from "../model/address.js";
import { WHOLE_BOX } from "../sets/level-boxes.js";
import { productOfAce } from "./ace-product.js";
import type { CompiledAce, CompiledAcl } from "./compile-acl.js";
import { ProductTable } from "./product-table.js";

const STOP = 0;
export const ACCEPT = 1;

const MOST_PRODUCTS = 512;
/** Of the ace at hand. */
const HULL = WHOLE_BOX.slice();

/** `surely`: where in doubt, packets are stopped; `possibly`: where in doubt, they are accepted. */
export type Side = "surely" | "possibly";

/** Products of ranges with what is done to packets in them, the first that holds a packet deciding. */
export interface Rules {
  readonly products: ProductTable;
  /** By product. */
  readonly actions: readonly number[];
  readonly otherwise: number;
}

/** The rules from both sides; `possibly` is absent where nothing is in doubt, for they are the same then. */
export interface RulesOfSides {
  readonly surely: Rules;
  readonly possibly?: Rules;
}

/** Undefined where the acl jumps, translates, untracks or asks for tags, or where an ace is too many products. */
export function rulesOfSides(acl: CompiledAcl, family: Family): RulesOfSides | undefined {
  const surely = rulesOf(acl, family, "surely");
  if (surely === undefined || acl.isExact) return surely && { surely };
  const possibly = rulesOf(acl, family, "possibly");
  return possibly && { surely, possibly };
}

function rulesOf(acl: CompiledAcl, family: Family, side: Side): Rules | undefined {
  const products = new ProductTable();
  const actions: number[] = [];
  const otherwise = effectOf(acl.acl.defaultAction, acl, side);
  for (const compiled of acl.aces) {
    const effect = effectOf(compiled.ace.action, acl, side);
    // The products hold every tag, packets that come to the acl do not.
    if (effect === "unsupported" || compiled.ace.matches.tags !== undefined) return undefined;
    if (effect === "none") continue;
    // A doubtful ace has its effect exactly where that is the side's own choice.
    const isChosen = (effect === ACCEPT) === (side === "possibly") || compiled.ace.action.kind === "unknown";
    if (!addAce(products, compiled, family, isChosen ? "possibly" : "surely")) return undefined;
    while (actions.length < products.count) actions.push(effect);
  }
  if (otherwise === "unsupported") return undefined;
  return { products, actions, otherwise: otherwise === "none" ? ACCEPT : otherwise };
}

/** Adds the packets that an ace matches, seen from a side; false where they are too many products. */
function addAce(products: ProductTable, compiled: CompiledAce, family: Family, side: Side): boolean {
  const choices = productOfAce(compiled, family, HULL);
  if (choices === undefined) {
    const several = compiled.matches.bounds[side].levelProducts(family, MOST_PRODUCTS);
    for (const product of several ?? []) products.add(product);
    return several !== undefined;
  }
  const isMatched = side === "possibly" || compiled.ace.matches.unmodeled.length === 0;
  if (isMatched && choices !== "nothing") products.addChosen(HULL, choices);
  return true;
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
