/** Pushes packets through the stages of a device, splitting them wherever they may be treated differently. */
import { MOST_TAGS } from "../model/acl.js";
import type { Direction, Stage } from "../model/device.js";
import { CONNECTION_STATES } from "../model/matches.js";
import type { Decision, Disposition, Doubt } from "../model/verdict.js";
import { chargeWork } from "../sets/budget.js";
import { type PacketFields, PacketSet } from "../sets/packet-set.js";
import { type AppliedTranslation, type Step, traceBack } from "./branch.js";
import type { CompiledDevice } from "./compile-device.js";
import { assignment, compileTranslation, forgetting, leavingAnyway } from "./compile-nat.js";
import { type Decided, type Observer, type Outcome, type Walk, walkAcl } from "./walk-acl.js";

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

/** What a passage costs besides its sets: where each of many stages splits each passage, they are what fills the memory. */
const STEPS_OF_PASSAGE = 200;

/** Every way in which the packets may pass the stages of a direction or be stopped by one. */
export function passStages(
  compiled: CompiledDevice,
  direction: Direction,
  start: Passage,
  { atNat, before = (passage) => [passage], observe }: Handling,
): Ended[] {
  const stages = compiled.device.stages[direction];
  const ended: Ended[] = [];
  const entering = compiled.hasTags ? tagged(start) : start;
  let passing: readonly Passage[] = start.packets.isEmpty ? [] : [entering];
  stages.forEach((stage, position) => {
    const next: Passage[] = [];
    for (const passage of passing.flatMap((one) => before(one, position))) {
      for (const result of stage.kind === "nat"
        ? atNat(passage, position)
        : askStage(compiled, stage, position, passage, observe)) {
        chargeWork(STEPS_OF_PASSAGE);
        if ("disposition" in result) ended.push(result);
        else next.push(result);
      }
    }
    passing = next;
  });
  for (const passage of passing.flatMap((one) => before(one, stages.length))) {
    ended.push({ ...passage, disposition: "accept" });
  }
  return compiled.hasTags ? ended.map((end) => ({ ...untagged(end), disposition: end.disposition })) : ended;
}

/** Packets enter a device with tag 0, and nobody outside of it knows of tags. */
function tagged(passage: Passage): Passage {
  return move(passage, { relation: assignment({ tags: [0] }), before: passage.packets });
}

function untagged(passage: Passage): Passage {
  return move(passage, { relation: forgetting("tags"), before: passage.packets });
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
  if (!walk.mayUntrack && !walk.mayTag) {
    return walk.pieces.flatMap((piece) => conclude(compiled, position, narrow(passage, piece.packets), piece, stage));
  }
  return alike(passage, walk).flatMap((part) => askAlike(compiled, stage, position, part));
}

/** The passage in parts whose packets have the same of what a walk changes. */
function alike(passage: Passage, { mayUntrack, mayTag }: Walk): Passage[] {
  const byState = mayUntrack ? split(passage, BY_STATE) : [passage];
  return mayTag ? byState.flatMap((part) => split(part, BY_TAG)) : byState;
}

function split(passage: Passage, sets: readonly PacketSet[]): Passage[] {
  return sets.flatMap((set) => {
    const packets = passage.packets.intersect(set);
    return packets.isEmpty ? [] : [narrow(passage, packets)];
  });
}

const BY_STATE = CONNECTION_STATES.map((state) => PacketSet.fromFields({ states: [state] }));
const UNTRACKED = PacketSet.fromFields({ states: ["untracked"] });
const BY_TAG = Array.from({ length: MOST_TAGS }, (_, tag) => PacketSet.fromFields({ tags: [tag] }));

/** Where all packets enter alike, those that come out with another state or tag got it on the way. */
function askAlike(compiled: CompiledDevice, stage: Stage, position: number, passage: Passage): (Passage | Ended)[] {
  const walk = walkAcl(compiled.acls, stage.acl, compiled.at, passage.packets);
  return walk.pieces.flatMap((piece) => {
    const because = { ...piece, doubts: addDoubts(piece.doubts, walk.changeDoubts) };
    return changesOf(passage, piece.packets, walk).flatMap((part) =>
      conclude(compiled, position, part, because, stage),
    );
  });
}

/** The passage as the packets that came out, one part for each change they went through. */
function changesOf(passage: Passage, after: PacketSet, { mayUntrack, mayTag }: Walk): Passage[] {
  const mayChange = mayUntrack && !UNTRACKED.includes(passage.packets);
  const byState: Change[] = mayChange
    ? [
        { packets: after.subtract(UNTRACKED), fields: {} },
        { packets: after.intersect(UNTRACKED), fields: { states: ["untracked"] } },
      ]
    : [{ packets: after, fields: {} }];
  const changes = mayTag ? byState.flatMap((change) => tagChanges(passage, change)) : byState;
  return changes
    .filter(({ packets }) => !packets.isEmpty)
    .map(({ packets, fields }) => {
      if (Object.keys(fields).length === 0) return narrow(passage, packets);
      const relation = assignment(fields);
      const before = relation.origin(packets, passage.packets);
      const changed = move(passage, { relation, before }, packets);
      return fields.states === undefined ? changed : { ...changed, isUntracked: true };
    });
}

interface Change {
  readonly packets: PacketSet;
  /** What was assigned to them on the way. */
  readonly fields: Pick<PacketFields, "states" | "tags">;
}

function tagChanges(passage: Passage, { packets, fields }: Change): Change[] {
  return BY_TAG.map((set, tag) => {
    const part = packets.intersect(set);
    return {
      packets: part,
      fields: part.isEmpty || set.includes(passage.packets) ? fields : { ...fields, tags: [tag] },
    };
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
  const known = compileTranslation(translation, decided.packets, compiled.device.interfaces, piece.at);
  const isSentAnew = stage.routesAnew === true && translation.side === "destination";
  const parts = isSentAnew ? known.map((part) => leavingAnyway(part, piece.at)) : known;
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
