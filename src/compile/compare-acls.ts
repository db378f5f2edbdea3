/**
 * Where two acls decide differently. Packets that no altered rule matches fare alike, so where few rules are altered only
 * the rules that meet those are looked at; else both acls are drawn whole.
 */
import type { Family } from "../model/address.js";
import { unpair } from "../sets/action-diagram.js";
import type { Bounds } from "../sets/bounds.js";
import { encloses } from "../sets/box-tree.js";
import { type Budget, chargeWork } from "../sets/budget.js";
import { BOX_WIDTH } from "../sets/level-boxes.js";
import { PacketSet } from "../sets/packet-set.js";
import { drawRules } from "./acl-diagram.js";
import { ACCEPT, type Rules, type RulesOfSides, rulesOfSides } from "./acl-rules.js";
import { alteredRows } from "./altered-rows.js";
import type { CompiledAcl } from "./compile-acl.js";
import { ProductTable } from "./product-table.js";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** The packets whose fate differs between two acls. */
export interface AclDifference {
  /** Stopped by the first, accepted by the second. */
  readonly opened: Bounds;
  /** Accepted by the first, stopped by the second. */
  readonly closed: Bounds;
}

/** Where two acls decide differently, exactly; undefined as for `acceptedPackets`. */
export function compareAcls(first: CompiledAcl, second: CompiledAcl, budget: Budget): AclDifference | undefined {
  const compare = (): AclDifference | undefined => {
    const parts: Differences[] = [];
    for (const family of FAMILIES) {
      const [before, after] = [first, second].map((acl) => rulesOfSides(acl, family));
      if (before === undefined || after === undefined) return undefined;
      parts.push(differencesOf(before, after, family, budget));
    }
    const all = (pick: (part: Differences) => PacketSet) => PacketSet.unionOf(parts.map(pick));
    return {
      opened: { surely: all((part) => part.cautious.opened), possibly: all((part) => part.generous.opened) },
      closed: { surely: all((part) => part.generous.closed), possibly: all((part) => part.cautious.closed) },
    };
  };
  return budget.run<AclDifference | undefined>(compare, () => undefined);
}

interface Difference {
  readonly opened: PacketSet;
  readonly closed: PacketSet;
}

interface Differences {
  /** Of what the first possibly and the second surely accepts. */
  readonly cautious: Difference;
  /** Of what the first surely and the second possibly accepts. */
  readonly generous: Difference;
}

function differencesOf(a: RulesOfSides, b: RulesOfSides, family: Family, budget: Budget): Differences {
  const cautious = difference(a.possibly ?? a.surely, b.surely, family, budget);
  const isExact = a.possibly === undefined && b.possibly === undefined;
  return { cautious, generous: isExact ? cautious : difference(a.surely, b.possibly ?? b.surely, family, budget) };
}

/** Where two lists decide differently: near the altered rules, or anywhere if there are many. */
function difference(before: Rules, after: Rules, family: Family, budget: Budget): Difference {
  const near = before.otherwise === after.otherwise ? rulesNearAltered(before, after) : undefined;
  const parts = (near ?? [[before, after]]).map(([first, second]): Difference => {
    const { arena, levels, roots } = drawRules([first, second], family, budget);
    const drawn = { arena, levels, root: arena.difference(roots[0], roots[1]) };
    const isOpened = (pair: number) => unpair(pair)[1] === ACCEPT;
    return {
      opened: PacketSet.fromDiagram(family, drawn, isOpened),
      closed: PacketSet.fromDiagram(family, drawn, (pair) => !isOpened(pair)),
    };
  });
  return {
    opened: PacketSet.unionOf(parts.map((part) => part.opened)),
    closed: PacketSet.unionOf(parts.map((part) => part.closed)),
  };
}

/**
 * For each box around an altered rule what both lists hold of it, so that outside of it they are alike. Undefined where that
 * would be more to draw than both lists.
 */
function rulesNearAltered(before: Rules, after: Rules): (readonly [Rules, Rules])[] | undefined {
  const altered = alteredRows(before, after);
  if (altered === undefined) return undefined;
  let left = before.actions.length + after.actions.length;
  const pairs: (readonly [Rules, Rules])[] = [];
  for (const box of withoutEnclosed(altered)) {
    const pair = [clip(before, box), clip(after, box)] as const;
    left -= pair[0].actions.length + pair[1].actions.length;
    if (left < 0) return undefined;
    pairs.push(pair);
  }
  return pairs;
}

/** The boxes without those that lie in another one. */
function withoutEnclosed(boxes: readonly Uint32Array[]): Uint32Array[] {
  const kept: Uint32Array[] = [];
  for (const box of boxes) {
    if (kept.some((other) => encloses(other, 0, box, 0, BOX_WIDTH))) continue;
    const outer = kept.filter((other) => !encloses(box, 0, other, 0, BOX_WIDTH));
    kept.splice(0, kept.length, ...outer, box);
  }
  return kept;
}

/** What the rules say of the packets in a box, up to one that decides all that are left; elsewhere they say nothing. */
function clip({ products, actions, otherwise }: Rules, within: Uint32Array): Rules {
  chargeWork(actions.length);
  const clipped = new ProductTable();
  const kept: number[] = [];
  for (let i = 0; i < actions.length; i++) {
    if (!clipped.addCommon(products, i, within)) continue;
    kept.push(actions[i]);
    if (products.encloses(i, within)) break;
  }
  return { products: clipped, actions: kept, otherwise };
}
