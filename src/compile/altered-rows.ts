/** Finds the rules in which two lists differ, so that the others are the same on both sides in the same order. */
import { chargeWork } from "../sets/budget.js";
import type { Rules } from "./acl-rules.js";

/** Lists with more altered rules have little in common. */
const MOST_ALTERED = 64;

/**
 * Boxes around rules of either list such that without those rules the lists are equal; perhaps more than need be. Undefined
 * where they are many.
 */
export function alteredRows(before: Rules, after: Rules): Uint32Array[] | undefined {
  const altered: Uint32Array[] = [];
  let i = 0;
  let j = 0;
  while (i < before.actions.length || j < after.actions.length) {
    if (isSameRow(before, i, after, j)) {
      i++;
      j++;
      continue;
    }
    const [removed, added] = nextMeeting(before, i, after, j, MOST_ALTERED - altered.length);
    if (removed + added > MOST_ALTERED - altered.length) return undefined;
    for (let k = 0; k < removed; k++) altered.push(before.products.hull(i + k));
    for (let k = 0; k < added; k++) altered.push(after.products.hull(j + k));
    i += removed;
    j += added;
  }
  return altered;
}

/** How many rules of either list to pass over until both go on alike; more than `most` in all: not found. */
function nextMeeting(before: Rules, i: number, after: Rules, j: number, most: number): readonly [number, number] {
  for (let total = 1; total <= most; total++) {
    chargeWork(total);
    for (let removed = 0; removed <= total; removed++) {
      const added = total - removed;
      const isAtEnds = i + removed === before.actions.length && j + added === after.actions.length;
      if (isAtEnds || isSameRow(before, i + removed, after, j + added)) return [removed, added];
    }
  }
  return [most, 1];
}

function isSameRow(before: Rules, i: number, after: Rules, j: number): boolean {
  if (i >= before.actions.length || j >= after.actions.length || before.actions[i] !== after.actions[j]) return false;
  return before.products.isSame(i, after.products, j);
}
