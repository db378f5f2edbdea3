/** Walks a packet set through an acl and the acls it jumps to, and tells which ace decides which of its packets. */
import { type Ace, MOST_TAGS } from "../model/acl.js";
import type { Translation } from "../model/nat.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Disposition, Doubt } from "../model/verdict.js";
import { chargeWork } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import type { CompiledAce, CompiledAcl } from "./compile-acl.js";
import { Departures } from "./departures.js";

/** What an acl does with packets in the end. */
export type Outcome =
  | { readonly kind: Disposition }
  | { readonly kind: "translate"; readonly translation: Translation };

/** Packets with one outcome by one ace, as they are then (their state may have been set to untracked on the way). */
export interface Decided {
  readonly packets: PacketSet;
  readonly outcome: Outcome;
  readonly acl: string;
  /** Absent: the acl's default. */
  readonly ace?: string;
  readonly at: SourceRef;
  /** The acl is not about these packets. */
  readonly passesBy?: true;
  /** Why these packets may not have this outcome after all. */
  readonly doubts: readonly Doubt[];
}

/**
 * Everything that may become of the packets of one walk. The pieces cover the packets that went in: a packet in one piece
 * has that outcome for certain, a packet in several has one of those outcomes.
 */
export interface Walk {
  readonly pieces: readonly Decided[];
  /** The same without the doubts, which take the longest to find. */
  readonly outcomes: readonly Omit<Decided, "doubts">[];
  /** True iff some packets may have been made untracked on the way. */
  readonly mayUntrack: boolean;
  /** True iff some packets may have got another tag on the way. */
  readonly mayTag: boolean;
  /** Why some of them may have stayed as they were. */
  readonly changeDoubts: readonly Doubt[];
}

// The kernel stops at 16 384 nested jumps, far more than a stack of ours bears and than any rule set has.
const DEEPEST = 256;

/** Told of every ace that packets reach and may match, with these packets as they are then; perhaps several times. */
export type Observer = (ace: Ace, packets: PacketSet) => void;

/** What one may want of a walk besides its end. */
export interface WalkOptions {
  readonly observe?: Observer;
  /** Aces to take for absent. */
  readonly without?: (ace: Ace) => boolean;
}

/** Walks `packets` through the acl of a stage. */
export function walkAcl(
  acls: ReadonlyMap<string, CompiledAcl>,
  name: string,
  at: SourceRef,
  packets: PacketSet,
  options: WalkOptions = {},
): Walk {
  const walker = new Walker(acls, options);
  walker.enterStage(name, at, packets);
  let pieces: readonly Decided[] | undefined;
  return {
    // Who only observes does not pay for comparing every piece with every way.
    get pieces() {
      pieces ??= walker.contingentPieces();
      return pieces;
    },
    outcomes: walker.pieces,
    mayUntrack: walker.mayUntrack,
    mayTag: walker.mayTag,
    changeDoubts: walker.changeDoubts,
  };
}

class Walker {
  readonly pieces: Decided[] = [];
  mayUntrack = false;
  mayTag = false;
  readonly changeDoubts: Doubt[] = [];
  readonly #acls: ReadonlyMap<string, CompiledAcl>;
  readonly #open: string[] = [];
  readonly #departures = new Departures();

  constructor(
    acls: ReadonlyMap<string, CompiledAcl>,
    readonly options: WalkOptions,
  ) {
    this.#acls = acls;
  }

  /** The pieces, with the doubts about the ways that led to them. */
  contingentPieces(): readonly Decided[] {
    if (this.#departures.isEmpty) return this.pieces;
    return this.pieces.map((piece, i) => {
      const own = this.#departures.doubtsAbout(piece.packets, i);
      return own.length === 0 ? piece : { ...piece, doubts: [...piece.doubts, ...own] };
    });
  }

  #mayDepart(packets: PacketSet, doubts: readonly Doubt[]): void {
    if (packets.isEmpty || doubts.length === 0) return;
    this.#departures.add({ packets, doubts, since: this.pieces.length });
  }

  /** In the acl of a stage, returning means the default; a stage without decision lets go on. */
  enterStage(name: string, at: SourceRef, packets: PacketSet): void {
    const compiled = this.#acls.get(name);
    if (compiled === undefined) {
      this.#decideEither(packets, name, at, [{ condition: `the acl \`${name}\` is not defined`, at }]);
      return;
    }
    const { returned, rest } = this.#walk(compiled, packets, []);
    const left = this.#applyDefault(compiled, returned.union(rest), []);
    const { acl } = compiled;
    if (!left.isEmpty) this.#push(left, { kind: "accept" }, { acl: acl.name, at: acl.at }, []);
  }

  /** Walks packets through an acl that is jumped to; the result is what comes back. */
  #call(name: string, at: SourceRef, packets: PacketSet, doubts: readonly Doubt[]): PacketSet {
    const compiled = this.#acls.get(name);
    const problem = this.#problemOf(name, compiled);
    if (compiled === undefined || problem !== undefined) {
      this.#decideEither(packets, name, at, [...doubts, { condition: problem as string, at }]);
      return packets;
    }
    const { returned, rest } = this.#walk(compiled, packets, doubts);
    return returned.union(this.#applyDefault(compiled, rest, doubts));
  }

  #problemOf(name: string, compiled: CompiledAcl | undefined): string | undefined {
    if (compiled === undefined) return `the acl \`${name}\` is not defined`;
    if (this.#open.includes(name)) return `the acl \`${name}\` leads back to itself`;
    return this.#open.length >= DEEPEST ? `the acl \`${name}\` is nested too deeply` : undefined;
  }

  #walk(compiled: CompiledAcl, packets: PacketSet, doubts: readonly Doubt[]): { returned: PacketSet; rest: PacketSet } {
    const frame = { compiled, doubts, returned: PacketSet.none, rest: packets };
    this.#open.push(compiled.acl.name);
    for (const position of compiled.candidates(packets)) {
      if (frame.rest.isEmpty) break;
      this.#ask(frame, compiled.aces[position]);
    }
    this.#open.pop();
    return frame;
  }

  #ask(frame: Frame, compiled: CompiledAce): void {
    chargeWork(1);
    if (this.options.without?.(compiled.ace) === true) return;
    const { bounds, doubts } = compiled.matches;
    const hit = frame.rest.intersect(bounds.possibly);
    if (hit.isEmpty) return;
    this.options.observe?.(compiled.ace, hit);
    const isSure = bounds.surely === bounds.possibly || bounds.surely.includes(hit);
    const because = isSure ? frame.doubts : [...frame.doubts, ...doubts];
    const { action } = compiled.ace;
    switch (action.kind) {
      case "pass":
        return;
      case "accept":
      case "drop":
      case "reject":
        this.#decide(frame, compiled, hit, { kind: action.kind }, because);
        frame.rest = frame.rest.subtract(bounds.surely);
        return;
      case "translate":
        this.#decide(frame, compiled, hit, action, because);
        frame.rest = frame.rest.subtract(bounds.surely);
        return;
      case "return":
        if (!isOrdered(frame)) return;
        this.#mayDepart(hit.subtract(bounds.surely), doubts);
        frame.returned = frame.returned.union(hit);
        frame.rest = frame.rest.subtract(bounds.surely);
        return;
      case "notrack": {
        this.mayUntrack = true;
        this.changeDoubts.push(...because);
        frame.rest = frame.rest.subtract(bounds.surely).union(hit.assign({ states: ["untracked"] }));
        return;
      }
      case "tag": {
        this.mayTag = true;
        this.changeDoubts.push(...because);
        frame.rest = frame.rest.subtract(bounds.surely).union(retag(hit, action.becomes));
        return;
      }
      case "unknown": {
        const unsure = [...because, { condition: action.text, at: compiled.ace.at }];
        this.#decide(frame, compiled, hit, { kind: "accept" }, unsure);
        if (frame.compiled.acl.evaluation !== "any-accept")
          this.#decide(frame, compiled, hit, { kind: "drop" }, unsure);
        return;
      }
      case "jump":
      case "goto":
        this.#enter(frame, compiled, action, hit);
    }
  }

  /** Packets that surely match and those that may are walked apart, so that only the latter carry the doubts. */
  #enter(frame: Frame, compiled: CompiledAce, action: { kind: "jump" | "goto"; acl: string }, hit: PacketSet): void {
    const { bounds, doubts } = compiled.matches;
    const { at } = compiled.ace;
    const surely = hit.intersect(bounds.surely);
    const perhaps = hit.subtract(bounds.surely);
    if (action.kind === "goto") this.#mayDepart(perhaps, doubts);
    const back = [
      ...(surely.isEmpty ? [] : [this.#call(action.acl, at, surely, frame.doubts)]),
      ...(perhaps.isEmpty ? [] : [this.#call(action.acl, at, perhaps, [...frame.doubts, ...doubts])]),
    ];
    frame.rest = frame.rest.subtract(bounds.surely);
    // What comes back from a goto continues after the last jump: in our caller, or at the default of the stage.
    if (action.kind === "goto" && isOrdered(frame)) frame.returned = PacketSet.unionOf([frame.returned, ...back]);
    else frame.rest = PacketSet.unionOf([frame.rest, ...back]);
  }

  #applyDefault({ acl }: CompiledAcl, packets: PacketSet, doubts: readonly Doubt[]): PacketSet {
    if (packets.isEmpty) return packets;
    const { defaultAction: action, at } = acl;
    switch (action.kind) {
      case "accept":
      case "drop":
      case "reject":
        this.#push(packets, { kind: action.kind }, { acl: acl.name, at }, doubts);
        return PacketSet.none;
      case "translate":
        this.#push(packets, action, { acl: acl.name, at }, doubts);
        return PacketSet.none;
      case "unknown":
        this.#decideEither(packets, acl.name, at, [...doubts, { condition: action.text, at }]);
        return packets;
      case "jump":
      case "goto":
        return this.#call(action.acl, at, packets, doubts);
      default:
        return packets;
    }
  }

  #decideEither(packets: PacketSet, acl: string, at: SourceRef, doubts: readonly Doubt[]): void {
    for (const kind of ["accept", "drop"] as const) this.#push(packets, { kind }, { acl, at }, doubts);
  }

  #decide(frame: Frame, { ace }: CompiledAce, packets: PacketSet, outcome: Outcome, doubts: readonly Doubt[]): void {
    this.#push(
      packets,
      outcome,
      { acl: frame.compiled.acl.name, ace: ace.name, ...onlyPassing(ace), at: ace.at },
      doubts,
    );
  }

  #push(packets: PacketSet, outcome: Outcome, place: Place, doubts: readonly Doubt[]): void {
    this.pieces.push({ packets, outcome, ...place, doubts });
  }
}

/** The packets with their tags as they are after an action. */
function retag(packets: PacketSet, becomes: readonly number[]): PacketSet {
  const parts = [...new Set(becomes)].map((after) => {
    const tags = [...becomes.keys()].filter((before) => becomes[before] === after);
    const part = packets.intersect(PacketSet.fromFields({ tags }));
    return part.isEmpty ? part : part.assign({ tags: [after] });
  });
  const beyond = Array.from({ length: MOST_TAGS - becomes.length }, (_, i) => becomes.length + i);
  return PacketSet.unionOf([...parts, packets.intersect(PacketSet.fromFields({ tags: beyond }))]);
}

function onlyPassing({ passesBy }: CompiledAce["ace"]): { readonly passesBy?: true } {
  return passesBy === undefined ? {} : { passesBy };
}

type Place = Pick<Decided, "acl" | "ace" | "passesBy" | "at">;

/** One acl being walked: packets that still go on in it, and packets that left it for its caller. */
interface Frame {
  readonly compiled: CompiledAcl;
  readonly doubts: readonly Doubt[];
  returned: PacketSet;
  rest: PacketSet;
}

/** Only an ordered walk can be left early: elsewhere `return` is `pass` and `goto` is `jump`. */
function isOrdered({ compiled }: Frame): boolean {
  return compiled.acl.evaluation === "first-match";
}
