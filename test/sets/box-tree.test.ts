import { expect } from "chai";
import fc from "fast-check";
import { type BoxTable, BoxTree } from "../../src/sets/box-tree.js";

const DIMENSIONS = 3;
const TOP = 0xffffffff;

/** Ends of intervals: few values, so that boxes meet, and the extremes of 32 bits. */
const end = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom(0x7fffffff, 0x80000000, TOP - 1, TOP));
const interval = fc.oneof(
  { arbitrary: fc.tuple(end, end).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]), weight: 3 },
  { arbitrary: fc.constant([0, TOP]), weight: 1 },
);
const box = fc.array(interval, { minLength: DIMENSIONS, maxLength: DIMENSIONS }).map((intervals) => intervals.flat());
const owned = fc.record({ box, owner: fc.integer({ min: -40, max: 40 }) });

function tableOf(all: readonly { readonly box: readonly number[]; readonly owner: number }[]): BoxTable {
  const boxes = Uint32Array.from(all.flatMap((one) => one.box));
  return { dimensions: DIMENSIONS, boxes, owners: Int32Array.from(all.map(({ owner }) => owner)) };
}

describe("a tree of boxes", () => {
  it("answers as a look at each box does", () => {
    const limits = fc.integer({ min: -40, max: 41 });
    const question = fc.record({ asked: box, limit: limits, except: limits });
    fc.assert(
      fc.property(fc.array(owned, { maxLength: 200 }), fc.array(question, { minLength: 1 }), (all, questions) => {
        const tree = new BoxTree(tableOf(all));
        for (const { asked, limit, except } of questions) {
          const within = (test: (box: readonly number[]) => boolean) =>
            all.filter(({ box, owner }) => owner < limit && test(box));
          const isLevel = (test: (k: number) => boolean) => [0, 2, 4].every(test);
          const holding = within((box) => isLevel((k) => box[k] <= asked[k] && asked[k] <= box[k + 1]));
          const enclosing = within((box) => isLevel((k) => box[k] <= asked[k] && asked[k + 1] <= box[k + 1]));
          const meeting = within((box) => isLevel((k) => box[k] <= asked[k + 1] && asked[k] <= box[k + 1]));

          const point = Uint32Array.of(asked[0], asked[2], asked[4]);
          const found = tree.findHolding(point, limit, except);
          const owners = (these: typeof all) => these.map(({ owner }) => owner).filter((owner) => owner !== except);
          if (found < 0) expect(owners(holding)).to.deep.equal([]);
          else expect(owners(holding)).to.include(tree.owners[found]);

          const around = tree.findEnclosing(Uint32Array.from(asked), 0, limit, except);
          if (around < 0) expect(owners(enclosing)).to.deep.equal([]);
          else expect(owners(enclosing)).to.include(tree.owners[around]);

          const met: number[] = [];
          tree.forEachMeeting(Uint32Array.from(asked), 0, limit, (box) => met.push(tree.owners[box]));
          expect(met.sort()).to.deep.equal(meeting.map(({ owner }) => owner).sort());
          expect(tree.isMet(Uint32Array.from(asked), 0, limit)).to.equal(meeting.length > 0);

          const even = (owner: number) => owner % 2 === 0;
          expect(tree.isHeld(point, limit, even)).to.equal(holding.some(({ owner }) => even(owner)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("holds very many equal boxes, and none", () => {
    const many = new BoxTree(tableOf(Array.from({ length: 5000 }, (_, owner) => ({ box: [1, 2, 1, 2, 1, 2], owner }))));
    const none = new BoxTree(tableOf([]));

    expect(many.owners[many.findHolding(Uint32Array.of(1, 1, 2), 1)]).to.equal(0);
    expect(many.findHolding(Uint32Array.of(1, 3, 2), 5000)).to.equal(-1);
    expect(none.findHolding(Uint32Array.of(1, 1, 1), 1)).to.equal(-1);
  });
});
