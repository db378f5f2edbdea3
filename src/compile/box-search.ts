/** Boxes of one family, and the question which of their points some of them leave to others. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { CoverSearch } from "../sets/cover.js";
import { FIRST_FLAGS, FLAGS, HIGH, ICMP_PROTOCOLS, INGRESS, LEVELS, LOW, PROTOCOL } from "../sets/layout.js";
import { packetAt, pointOf } from "../sets/packet-point.js";
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

  /** `takers`: the numbers of boxes that take what comes to them; `owners`: to whom each of those belongs. */
  constructor(family: Family, table: LevelTable, takers: readonly number[], owners: readonly number[]) {
    this.#family = family;
    this.#levels = mostTellingFirst(table.testedLevels());
    this.boxes = table.project(this.#levels);
    this.width = 2 * this.#levels.length;
    const boxes = table.project(this.#levels, takers);
    this.takers = new CoverSearch({ dimensions: this.#levels.length, boxes, owners: new Int32Array(owners) });
  }

  /** True iff there is such a packet: of the numbers that boxes hold for interfaces, few are names. */
  isPacket(values: Uint32Array): boolean {
    const named = this.#levels.filter((level) => level >= INGRESS.first);
    if (named.length === 0) return true;
    const point = pointOf(this.packet(values));
    return named.every((level) => point[level] === values[this.#levels.indexOf(level)]);
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
