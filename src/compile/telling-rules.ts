/** Which rules of a list are enough to draw it: without the others every packet fares the same. */
import { BoxTree } from "../sets/box-tree.js";
import type { Budget } from "../sets/budget.js";
import { CoverSearch } from "../sets/cover.js";
import { hullsOf, isBox, type Products } from "../sets/products.js";
import type { Rules } from "./acl-rules.js";

/** Positions of the rules that are enough, ascending; `tested`: the levels that some rule tests. */
export function tellingRules(rules: Rules, tested: readonly number[], budget: Budget): number[] {
  const products = rules.products.project(tested);
  const hulls = hullsOf(products);
  return opposing(rules, hulls, uncovered(products, hulls, tested.length, budget), tested.length);
}

const NOBODY = -1;

/** The products whose hull is not covered by the boxes among the products before it. */
function uncovered(products: Products, hulls: Uint32Array, dimensions: number, budget: Budget): number[] {
  const width = 2 * dimensions;
  const all = Array.from({ length: hulls.length / width }, (_, i) => i);
  const owners = all.filter((i) => isBox(products, dimensions, i));
  const search = new CoverSearch({
    dimensions,
    boxes: boxesAt(owners, hulls, width),
    owners: Int32Array.from(owners),
  });
  return all.filter((i) => search.findOpen(hulls, i * width, i, NOBODY, budget) !== undefined);
}

/** Those of some rules that do something else than is done otherwise, or that keep packets from a later one that does. */
function opposing(
  { actions, otherwise }: Rules,
  hulls: Uint32Array,
  which: readonly number[],
  dimensions: number,
): number[] {
  const width = 2 * dimensions;
  const others = which.filter((i) => actions[i] !== otherwise);
  const owners = Int32Array.from(others, laterFirst);
  const tree = new BoxTree({ dimensions, boxes: boxesAt(others, hulls, width), owners });
  return which.filter((i) => actions[i] !== otherwise || tree.isMet(hulls, i * width, laterFirst(i)));
}

/** Owners by which the boxes before that of a rule are those of later rules. */
function laterFirst(rule: number): number {
  return -rule;
}

/** Some of many boxes, one after another. */
function boxesAt(which: readonly number[], boxes: Uint32Array, width: number): Uint32Array {
  const some = new Uint32Array(which.length * width);
  which.forEach((at, i) => {
    some.set(boxes.subarray(at * width, (at + 1) * width), i * width);
  });
  return some;
}
