import { expect } from "chai";
import fc from "fast-check";
import { actionOf, DiagramArena, leafOf, UNDECIDED, unpair } from "../../src/sets/action-diagram.js";
import { destinationBlock, HIGH, maximumOf, STATE } from "../../src/sets/layout.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import type { Products } from "../../src/sets/products.js";
import { decide, foldDiagram } from "../../src/sets/read-diagram.js";

/** Levels of one digit, of four and of two. */
const MAXIMA = [4, 65535, 0xffffffff];

/** For each level `[first, last, first, last, …]`, ascending and disjoint. */
type Product = readonly (readonly number[])[];

interface Rule {
  readonly product: Product;
  readonly action: number;
}

const rules = fc.array(fc.record({ product: fc.tuple(...MAXIMA.map(rangesUpTo)), action: fc.nat(2) }), {
  minLength: 1,
  maxLength: 24,
});

describe("diagrams with actions", () => {
  it("decide as the first product does that holds a point, whether they are swept or not", () => {
    fc.assert(
      fc.property(rules, fc.constantFrom(1, 1 << 22), (list, sweepFrom) => {
        const arena = new DiagramArena(MAXIMA, sweepFrom);
        const [products, actions] = listOf(list);

        const diagram = arena.firstOf(products, actions);

        for (const point of telling(list)) {
          const leaf = decide(arena, diagram, point);
          expect(leaf === UNDECIDED ? undefined : actionOf(leaf)).to.equal(firstAction(list, point));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("decide what no product holds as if a product of everything came last", () => {
    fc.assert(
      fc.property(rules, fc.nat(2), (list, action) => {
        const arena = new DiagramArena(MAXIMA);
        const everywhere = { product: MAXIMA.map((maximum) => [0, maximum]), action };

        const diagram = arena.firstOf(...listOf(list), leafOf(action));

        expect(diagram).to.equal(arena.firstOf(...listOf([...list, everywhere])));
        expect(diagram).to.equal(arena.over(arena.firstOf(...listOf(list)), leafOf(action)));
      }),
    );
  });

  it("are read by whole values of each level, every value once", () => {
    fc.assert(
      fc.property(rules, (list) => {
        const arena = new DiagramArena(MAXIMA);
        const diagram = arena.firstOf(...listOf(list));

        const decision = foldDiagram<Decision>(arena, diagram, {
          leaf: (action) => () => action,
          node: (level, edges) => {
            const bounds = edges.map(({ first, last }) => [first, last]);
            expect(bounds.map(([first]) => first)).to.deep.equal([
              0,
              ...bounds.slice(0, -1).map(([, last]) => last + 1),
            ]);
            expect(bounds.at(-1)?.[1]).to.equal(MAXIMA[level]);
            return (point) => edges.find(({ last }) => point[level] <= last)?.child(point);
          },
        });

        for (const point of telling(list)) expect(decision(point)).to.equal(firstAction(list, point));
      }),
    );
  });

  it("differ where two lists decide differently, also after sweeps, and are one where they say the same", () => {
    fc.assert(
      fc.property(rules, rules, (some, others) => {
        const arena = new DiagramArena(MAXIMA, 1);
        const first = arena.hold(arena.firstOf(...listOf(some)));
        const second = arena.hold(arena.firstOf(...listOf(others)));
        const again = arena.firstOf(...listOf([...some, ...some]));

        const difference = arena.difference(first(), second());

        expect(again).to.equal(first());
        for (const point of telling([...some, ...others])) {
          const [a, b] = [firstAction(some, point) ?? -1, firstAction(others, point) ?? -1];
          const leaf = decide(arena, difference, point);
          expect(leaf === UNDECIDED ? [] : unpair(actionOf(leaf))).to.deep.equal(a === b ? [] : [a, b]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are the same set of packets in whichever order they test the levels", () => {
    const levels = [STATE, HIGH, destinationBlock("ipv4").first];
    fc.assert(
      fc.property(rules, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (list, order) => {
        const inOrder = acceptedBy(list, levels);
        const shuffled = list.map(({ product, action }) => ({ product: order.map((i) => product[i]), action }));

        const inAnother = acceptedBy(
          shuffled,
          order.map((i) => levels[i]),
        );

        expect(inAnother.equals(inOrder)).to.equal(true);
      }),
    );
  });

  it("count the edges that they have, and not those that were made on the way", () => {
    const arena = new DiagramArena([255, 255]);
    const [products, actions] = listOf([
      {
        product: [
          [3, 3],
          [0, 255],
        ],
        action: 1,
      },
      {
        product: [
          [0, 255],
          [7, 9],
        ],
        action: 0,
      },
    ]);

    const diagram = arena.firstOf(products, actions);

    expect(arena.sizeOf(diagram)).to.equal(6);
    expect(arena.size).to.equal(9);
    expect(arena.sizeOf(leafOf(1))).to.equal(0);
  });
});

type Decision = (point: readonly number[]) => number | undefined;

/** The packets for which rules over some levels decide 1. */
function acceptedBy(list: readonly Rule[], levels: readonly number[]): PacketSet {
  const arena = new DiagramArena(levels.map(maximumOf));
  const root = arena.firstOf(...listOf(list));
  return PacketSet.fromDiagram("ipv4", { arena, levels, root }, (action) => action === 1);
}

function rangesUpTo(maximum: number): fc.Arbitrary<readonly number[]> {
  const value = fc.oneof(fc.nat(maximum), fc.constantFrom(0, 1, 15, 16, 4095, 4096, 65535, 65536, maximum));
  const bounds = fc.uniqueArray(
    value.map((one) => Math.min(one, maximum)),
    { minLength: 1, maxLength: 8 },
  );
  return fc.oneof(
    fc.constant([0, maximum]),
    bounds.map((values) => {
      const sorted = values.sort((a, b) => a - b);
      return sorted.length % 2 === 0 ? sorted : [...sorted, sorted.at(-1) as number];
    }),
  );
}

function listOf(list: readonly Rule[]): [Products, Uint8Array] {
  const ranges = list.flatMap(({ product }) => product.flat());
  let end = 0;
  const ends = list.flatMap(({ product }) => product.map((numbers) => (end += numbers.length)));
  return [
    { ranges: Uint32Array.from(ranges), ends: Int32Array.from(ends) },
    Uint8Array.from(list, ({ action }) => action),
  ];
}

/** What a linear search says. */
function firstAction(list: readonly Rule[], point: readonly number[]): number | undefined {
  return list.find(({ product }) => product.every((ranges, level) => isIn(ranges, point[level])))?.action;
}

function isIn(ranges: readonly number[], value: number): boolean {
  return ranges.some((first, k) => k % 2 === 0 && first <= value && value <= ranges[k + 1]);
}

/** Points at the bounds of the products and beside them. */
function telling(list: readonly Rule[]): number[][] {
  return list.flatMap(({ product }, i) => {
    return Array.from({ length: 12 }, (_, k) =>
      product.map((_, level) => {
        const ranges = list[(i + k * (level + 1)) % list.length].product[level];
        const value = ranges[(i + k) % ranges.length] + ((k % 3) - 1);
        return Math.max(0, Math.min(MAXIMA[level], value));
      }),
    );
  });
}
