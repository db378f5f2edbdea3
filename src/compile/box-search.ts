/** Boxes of one family, and the question which of their points some of them leave to others. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { type BoxTable, BoxTree } from "../sets/box-tree.js";
import { CoverSearch } from "../sets/cover.js";
import { isName } from "../sets/interface-name.js";
import { EGRESS, FIRST_FLAGS, FLAGS, HIGH, ICMP_PROTOCOLS, INGRESS, LEVELS, LOW, PROTOCOL } from "../sets/layout.js";
import { packetAt } from "../sets/packet-point.js";
import { type LevelTable, mostTellingFirst } from "./level-table.js";

/** The boxes of a table with only the levels that any of them tests. */
export class BoxSearch {
  /** One after another, `width` numbers each. */
  readonly boxes: Uint32Array;
  readonly width: number;
  /** Looks among the boxes that take what comes to them. */
  readonly takers: CoverSearch;
  readonly #family: Family;
  readonly #levels: readonly number[];
  /** Where the words of each name that boxes test are among the levels; -1: nowhere, for no box tests that word. */
  readonly #names: readonly (readonly number[])[];

  /** `takers`: the numbers of boxes that take what comes to them; `owners`: to whom each of those belongs. */
  constructor(family: Family, table: LevelTable, takers: readonly number[], owners: readonly number[]) {
    this.#family = family;
    this.#levels = mostTellingFirst(table.testedLevels());
    this.#names = [INGRESS, EGRESS]
      .map(({ first }) => [0, 1, 2, 3].map((word) => this.#levels.indexOf(first + word)))
      .filter((words) => words.some((d) => d >= 0));
    this.boxes = table.project(this.#levels);
    this.width = 2 * this.#levels.length;
    this.takers = new CoverSearch(this.#tableOf(takers, owners));
  }

  /** True iff there is such a packet: of the numbers that boxes hold for interfaces, few are names. */
  isPacket(values: Uint32Array): boolean {
    return this.#names.every((words) => isName(words.map((d) => (d < 0 ? 0 : values[d]))));
  }

  /** Some of the boxes as a tree, each its own owner. */
  tree(which: readonly number[]): BoxTree {
    return new BoxTree(this.#tableOf(which, which));
  }

  #tableOf(which: readonly number[], owners: readonly number[]): BoxTable {
    const { boxes, width } = this;
    const chosen = new Uint32Array(which.length * width);
    for (let i = 0; i < which.length; i++) {
      for (let k = 0; k < width; k++) chosen[i * width + k] = boxes[which[i] * width + k];
    }
    return { dimensions: this.#levels.length, boxes: chosen, owners: new Int32Array(owners) };
  }

  /** The packet at a point; levels that no box tests get ordinary values: a SYN from a high port. */
  packet(values: Uint32Array): Packet {
    const point = new Array<number>(LEVELS).fill(0);
    point[FLAGS] = FIRST_FLAGS;
    this.#levels.forEach((level, d) => {
      point[level] = values[d];
    });
    if (!this.#levels.includes(PROTOCOL)) point[PROTOCOL] = 6;
    const isIcmp = ICMP_PROTOCOLS.includes(point[PROTOCOL]);
    if (!this.#levels.includes(LOW) && !isIcmp) point[LOW] = 50000;
    if (!this.#levels.includes(HIGH) && !isIcmp) point[HIGH] = 443;
    return packetAt(point, this.#family);
  }
}
