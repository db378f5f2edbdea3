/** Remembers which packets may have left an acl early: what is decided about them afterwards depends on whether they did. */
import type { Family } from "../model/address.js";
import type { Doubt } from "../model/verdict.js";
import { chargeWork } from "../sets/budget.js";
import type { PacketSet } from "../sets/packet-set.js";
import { FamilyIndex } from "./family-index.js";

interface Departure {
  readonly packets: PacketSet;
  readonly doubts: readonly Doubt[];
  /** How many decisions had been made before. */
  readonly since: number;
}

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

export class Departures {
  readonly #all: Departure[] = [];
  /** The same for packets as they may be later, with what finds few of them by a box; made when first needed. */
  #later: { readonly departures: readonly Departure[]; readonly indexes: readonly FamilyIndex[] } | undefined;

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  add(departure: Departure): void {
    this.#all.push(departure);
    this.#later = undefined;
  }

  /** Why packets of the decision with this number may never have come to it. */
  doubtsAbout(packets: PacketSet, decision: number): Doubt[] {
    this.#later ??= this.#prepare();
    const { departures, indexes } = this.#later;
    const near = new Set<number>();
    FAMILIES.forEach((family, i) => {
      const hull = packets.hull(family);
      if (hull !== undefined) indexes[i].forEachMeeting(hull, (departure) => near.add(departure));
    });
    chargeWork(near.size);
    const own = [...near].sort((a, b) => a - b).map((i) => departures[i]);
    return own.flatMap((one) => (one.since <= decision && one.packets.overlaps(packets) ? one.doubts : []));
  }

  /** States and tags may have changed since. */
  #prepare() {
    const departures = this.#all.map((one) => ({ ...one, packets: one.packets.forget(["states", "tags"]) }));
    const indexes = FAMILIES.map(
      (family) =>
        new FamilyIndex(departures.length, (i, hull) => {
          const own = departures[i].packets.hull(family);
          if (own !== undefined) hull.set(own);
          return own !== undefined;
        }),
    );
    return { departures, indexes };
  }
}
