import { expect } from "chai";
import { DiagramArena } from "../../src/sets/action-diagram.js";
import { Budget } from "../../src/sets/budget.js";
import { type Coverage, CoverSearch } from "../../src/sets/cover.js";
import { SeededRandom } from "../seeded-random.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240618);

/** `[first, last]` for each dimension. */
type Box = readonly number[];

describe(`coverage of boxes by boxes before them (seed ${SEED})`, () => {
  it("is found where a partition of 27,000 cells covers a box that no few of them do", () => {
    const cells = partition(30, 10);

    const [whole, inner] = judge([...cells, box(3, 0, 299), box(3, 5, 294)], 2, new Budget(2e8));

    expect(whole?.kind).to.equal("covered");
    expect(inner?.kind).to.equal("covered");
  });

  it("is denied, with the one point that is left, where a single cell of the partition is missing", () => {
    const cells = partition(30, 10).filter((_, i) => i !== 13_131);
    const missing = partition(30, 10)[13_131] as Box;

    const [whole] = judge([...cells, box(3, 0, 299)], 1, new Budget(2e8));

    expect(whole?.kind).to.equal("open");
    if (whole?.kind === "open") expect(holds(missing, whole.point)).to.equal(true);
  });

  it("names the first of several boxes that hold all of another", () => {
    const random = new SeededRandom(SEED);
    const small = Array.from({ length: 60 }, () => box(2, 100 + random.below(50), 200 + random.below(50)));
    const large = Array.from({ length: 40 }, () => box(2, 0, 300 + random.below(50)));

    const [one] = judge([...small, ...large, box(2, 160, 190)], 1, new Budget(1e6));

    expect(one).to.deep.equal({
      kind: "covered",
      by: [small.findIndex(([first, last]) => first <= 160 && last >= 190)],
    });
  });

  it("is found among grids of slabs in every dimension", () => {
    const slabs = [0, 1, 2].flatMap((dimension) =>
      Array.from({ length: 100 }, (_, i) =>
        box(3, 0, 299)
          .with(2 * dimension, 3 * i)
          .with(2 * dimension + 1, 3 * i + 1),
      ),
    );

    const [whole] = judge([...slabs, box(3, 0, 299)], 1, new Budget(2e8));

    expect(whole?.kind).to.equal("open");
    if (whole?.kind === "open") expect([...whole.point].every((value) => value % 3 === 2)).to.equal(true);
  });

  it("agrees with points by chance on random boxes in five dimensions, or says that it is too complex", () => {
    const random = new SeededRandom(SEED);
    const boxes = Array.from({ length: 500 }, () => randomBox(random));

    const found = judge(boxes, boxes.length, new Budget(3e7));

    found.forEach((one, i) => {
      if (one.kind === "open") {
        expect(holds(boxes[i] as Box, one.point)).to.equal(true);
        expect(boxes.findIndex((other) => holds(other, one.point))).to.equal(i);
      } else if (one.kind === "covered") {
        for (let k = 0; k < 200; k++) {
          const point = pointIn(boxes[i] as Box, random);
          expect(one.by.some((owner) => holds(boxes[owner] as Box, point))).to.equal(true);
        }
      }
    });
    expect(found.some(({ kind }) => kind === "open")).to.equal(true);
  });

  it("ends with an honest answer where the budget does, and so does a diagram of the same boxes", () => {
    const random = new SeededRandom(SEED);
    const boxes = Array.from({ length: 500 }, () => randomBox(random));
    const budget = new Budget(2e5);
    const products = {
      ranges: Uint32Array.from(boxes.flat()),
      ends: Int32Array.from({ length: 2500 }, (_, i) => 2 * i + 2),
    };

    const kinds = new Set(judge([...partition(30, 10), box(3, 0, 299)], 1, new Budget(1000)).map(({ kind }) => kind));
    const drawn = budget.run<number | string>(
      () => new DiagramArena(new Array(5).fill(65535)).firstOf(products, new Uint8Array(500)),
      () => "too complex",
    );

    expect([...kinds]).to.deep.equal(["too-complex"]);
    expect(drawn).to.equal("too complex");
  });
});

/** Verdicts on the last `count` boxes, each against all before it. */
function judge(boxes: readonly Box[], count: number, budget: Budget): Coverage[] {
  const dimensions = (boxes[0] as Box).length / 2;
  const table = Uint32Array.from(boxes.flat());
  const search = new CoverSearch({ dimensions, boxes: table, owners: Int32Array.from(boxes.keys()) });
  const from = boxes.length - count;
  return Array.from({ length: count }, (_, i) => search.judge(from + i, table, (from + i) * 2 * dimensions, 1, budget));
}

function box(dimensions: number, first: number, last: number): number[] {
  return Array.from({ length: dimensions }, () => [first, last]).flat();
}

/** `side` cells of a width in each of three dimensions. */
function partition(side: number, width: number): Box[] {
  const ranges = Array.from({ length: side }, (_, i) => [i * width, i * width + width - 1]);
  return ranges.flatMap((x) => ranges.flatMap((y) => ranges.map((z) => [...x, ...y, ...z])));
}

function randomBox(random: SeededRandom): Box {
  return Array.from({ length: 5 }, () => {
    const [a, b] = [random.below(65536), random.below(65536)];
    return [Math.min(a, b), Math.max(a, b)];
  }).flat();
}

function pointIn(within: Box, random: SeededRandom): number[] {
  return Array.from({ length: within.length / 2 }, (_, d) => {
    const [first, last] = [within[2 * d] as number, within[2 * d + 1] as number];
    return first + random.below(last - first + 1);
  });
}

function holds(within: Box, point: ArrayLike<number>): boolean {
  return Array.from(point).every((value, d) => {
    return value >= (within[2 * d] as number) && value <= (within[2 * d + 1] as number);
  });
}
