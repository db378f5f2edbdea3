/** Pushes packets through the stages of a device, splitting them wherever they may be treated differently. */
import type { Direction, Stage } from "../model/device.js";
import { CONNECTION_STATES } from "../model/matches.js";
import type { Decision, Disposition, Doubt } from "../model/verdict.js";
import { PacketSet } from "../sets/packet-set.js";
import { type AppliedTranslation, type Step, traceBack } from "./branch.js";
import type { CompiledDevice } from "./compile-device.js";
import { assignment, compileTranslation } from "./compile-nat.js";
import { type Decided, type Observer, type Outcome, walkAcl } from "./walk-acl.js";

/** Packets on their way through a device that have met the same fate so far. */
export interface Passage {
  readonly entered: PacketSet;
  readonly packets: PacketSet;
  readonly steps: readonly Step[];
  readonly decisions: readonly Decision[];
  readonly doubts: readonly Doubt[];
  /** Doubts about what translations made of the packets: they matter only where a later stage tells the results apart. */
  readonly choices: readonly Doubt[];
  readonly translations: readonly AppliedTranslation[];
  readonly isUntracked: boolean;
}

/** A passage that has ended. */
export interface Ended extends Passage {
  readonly disposition: Disposition;
}

/** Packets that are about to enter. */
export function entrance(packets: PacketSet): Passage {
  const none = { steps: [], decisions: [], doubts: [], choices: [], translations: [] };
  return { entered: packets, packets, ...none, isUntracked: false };
}

/** What happens before a stage, by its position (the number of stages: after the last); may split a passage. */
export type BeforeStage = (passage: Passage, position: number) => readonly Passage[];

/** What a nat stage does. */
export type AtNat = (passage: Passage, position: number) => readonly (Passage | Ended)[];

/** What happens besides asking the filters. */
export interface Handling {
  readonly atNat: AtNat;
  readonly before?: BeforeStage;
  /** Told of every ace that packets reach, as `walkAcl` does. */
  readonly observe?: Observer | undefined;
}

/** Every way in which the packets may pass the stages of a direction or be stopped by one. */
export function passStages(
  compiled: CompiledDevice,
  direction: Direction,
  start: Passage,
  { atNat, before = (passage) => [passage], observe }: Handling,
): Ended[] {
  const stages = compiled.device.stages[direction];
  const ended: Ended[] = [];
  let passing: readonly Passage[] = start.packets.isEmpty ? [] : [start];
  stages.forEach((stage, position) => {
    const next: Passage[] = [];
    for (const passage of passing.flatMap((one) => before(one, position))) {
      for (const result of stage.kind === "nat"
        ? atNat(passage, position)
        : askStage(compiled, stage, position, passage, observe)) {
        if ("disposition" in result) ended.push(result);
        else next.push(result);
      }
    }
    passing = next;
  });
  for (const passage of passing.flatMap((one) => before(one, stages.length))) {
    ended.push({ ...passage, disposition: "accept" });
  }
  return ended;
}

/** Puts packets to the acl of a stage. */
export function askStage(
  compiled: CompiledDevice,
  stage: Stage,
  position: number,
  passage: Passage,
  observe?: Observer,
): (Passage | Ended)[] {
  const walk = walkAcl(compiled.acls, stage.acl, compiled.at, passage.packets, observe && { observe });
  if (walk.untracked.isEmpty) {
    return walk.pieces.flatMap((piece) => conclude(compiled, position, narrow(passage, piece.packets), piece, stage));
  }
  return BY_STATE.flatMap((state) => {
    const part = narrow(passage, passage.packets.intersect(state));
    return part.packets.isEmpty ? [] : askInOneState(compiled, stage, position, part);
  });
}

const BY_STATE = CONNECTION_STATES.map((state) => PacketSet.fromFields({ states: [state] }));
const UNTRACKED = PacketSet.fromFields({ states: ["untracked"] });

/** Where all packets enter in one state, those that come out untracked without having entered so were made so on the way. */
function askInOneState(
  compiled: CompiledDevice,
  stage: Stage,
  position: number,
  passage: Passage,
): (Passage | Ended)[] {
  const walk = walkAcl(compiled.acls, stage.acl, compiled.at, passage.packets);
  const relation = assignment({ states: ["untracked"] });
  return walk.pieces.flatMap((piece) => {
    const isChanged = !UNTRACKED.includes(passage.packets);
    const kept = narrow(passage, isChanged ? piece.packets.subtract(UNTRACKED) : piece.packets);
    const before = isChanged ? relation.origin(piece.packets, walk.untracked) : PacketSet.none;
    const changed = { ...move(passage, { relation, before }, piece.packets), isUntracked: true };
    const because = { ...piece, doubts: addDoubts(piece.doubts, walk.untrackedDoubts) };
    return [kept, changed].flatMap((part) => conclude(compiled, position, part, because, stage));
  });
}

function conclude(
  compiled: CompiledDevice,
  position: number,
  passage: Passage,
  piece: Decided,
  stage: Stage,
): (Passage | Ended)[] {
  if (passage.packets.isEmpty) return [];
  const { outcome } = piece;
  const decided: Passage = {
    ...passage,
    decisions: piece.passesBy ? passage.decisions : [...passage.decisions, decisionOf(piece, outcome, stage)],
    doubts: addDoubts(passage.doubts, piece.doubts),
  };
  if (outcome.kind !== "translate") {
    return outcome.kind === "accept" ? [decided] : [{ ...decided, disposition: outcome.kind }];
  }
  const { translation } = outcome;
  if (passage.translations.some((applied) => applied.translation.side === translation.side)) return [decided];
  const parts = compileTranslation(translation, decided.packets, compiled.device.interfaces, piece.at);
  return parts.map(({ packets, relation, choice }) => ({
    ...move(decided, { relation, before: packets }),
    choices: [...decided.choices, ...choice],
    translations: [...decided.translations, { relation, before: packets, translation, stage: position }],
  }));
}

function decisionOf({ acl, ace, at }: Decided, outcome: Outcome, { hook }: Stage): Decision {
  const disposition = outcome.kind === "translate" ? "accept" : outcome.kind;
  return { hook, acl, ...(ace === undefined ? {} : { ace }), disposition, at };
}

/** The part of a passage whose packets are among `packets`. */
export function narrow(passage: Passage, packets: PacketSet): Passage {
  const isAll = packets.includes(passage.packets);
  if (isAll) return passage;
  return {
    ...passage,
    packets,
    entered: passage.entered.intersect(traceBack(passage.steps, packets)),
    doubts: addDoubts(passage.doubts, passage.choices),
  };
}

/** The passage after a change of (some of) its packets; with `into`, of those that become one of these. */
export function move(passage: Passage, step: Step, into?: PacketSet): Passage {
  const from = narrow(passage, step.before);
  const image = step.relation.image(step.before);
  const packets = into === undefined ? image : image.intersect(into);
  return { ...from, packets, steps: [...from.steps, step] };
}

function addDoubts(doubts: readonly Doubt[], more: readonly Doubt[]): readonly Doubt[] {
  const isNew = ({ condition, at }: Doubt) =>
    !doubts.some((known) => known.condition === condition && known.at.line === at.line && known.at.file === at.file);
  const added = more.filter(isNew);
  return added.length === 0 ? doubts : [...doubts, ...added];
}
