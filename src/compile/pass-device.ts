/**
 * Pushes packet sets through a device: the first packets of flows, their later packets, and the replies.
 *
 *     const compiled = compileDevice(device);
 *     const budget = new Budget(2_000_000);
 *     for (const branch of passFirst(compiled, "forward", packets, budget)) {
 *       if (branch.disposition !== "accept") continue;
 *       passLater(compiled, branch, budget);
 *       passReply(compiled, branch, budget);
 *     }
 *
 * Each answer is a list of branches as `Branch` says. Where the budget runs out the answer is two branches, one accepting
 * and one dropping everything, whose doubt is `too complex`.
 */
import type { Direction, Stage } from "../model/device.js";
import type { ConnectionState } from "../model/matches.js";
import type { TcpFlagsMatch } from "../model/service.js";
import type { Disposition, Leg } from "../model/verdict.js";
import type { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { type AppliedTranslation, type Branch, flowsBehind, type Step, traceBack } from "./branch.js";
import { type CompiledDevice, type UndoPlaces, undoPlaces } from "./compile-device.js";
import type { Relation } from "./compile-nat.js";
import {
  askStage,
  type BeforeStage,
  type Ended,
  entrance,
  move,
  narrow,
  type Passage,
  passStages,
} from "./pass-stages.js";
import type { Observer } from "./walk-acl.js";

export type { Branch, CompiledDevice };

/** A nat acl is asked about packets that begin a connection, and only about those. */
const TRANSLATABLE = PacketSet.fromFields({ states: ["new", "related"] });

/** What becomes of first packets of flows that are put to a device. */
export function passFirst(
  compiled: CompiledDevice,
  direction: Direction,
  input: PacketSet,
  budget: Budget,
  observe?: Observer,
): Branch[] {
  const { stages, tracking } = compiled.device;
  const atNat = (passage: Passage, position: number): (Passage | Ended)[] => {
    const stage = stages[direction][position];
    if (tracking !== "explicit") return askStage(compiled, stage, position, passage, observe);
    if (passage.translations.some(({ translation: { side } }) => side === stage.translates)) return [passage];
    const asked = narrow(passage, passage.packets.intersect(TRANSLATABLE));
    const others = narrow(passage, passage.packets.subtract(TRANSLATABLE));
    return [
      ...(asked.packets.isEmpty ? [] : askStage(compiled, stage, position, asked, observe)),
      ...(others.packets.isEmpty ? [] : [others]),
    ];
  };
  return budget.run(
    () =>
      passStages(compiled, direction, entrance(input), { atNat, observe }).map((end) => ({
        ...branchOf(end, "first", direction),
        flows: end.entered,
        translations: end.translations,
        isUntracked: end.isUntracked,
      })),
    () => tooComplex(compiled, "first", direction, input, input),
  );
}

const flags = (value: number): TcpFlagsMatch => ({ mask: 255, value });
const ACK = 16;
const LATER_FLAGS = [ACK, ACK + 8, ACK + 1, ACK + 8 + 1].map(flags);
const REPLY_FLAGS = [flags(ACK + 2), ...LATER_FLAGS];

/** What becomes of the later packets of accepted flows, in the direction of the first. */
export function passLater(compiled: CompiledDevice, branch: Branch, budget: Budget, observe?: Observer): Branch[] {
  const { flows, direction } = branch;
  if (compiled.device.tracking === "implicit") return [unasked(branch, "later", direction, flows)];
  const input = laterPackets(compiled, branch, flows, LATER_FLAGS);
  const atNat = (passage: Passage, position: number): Passage[] => [
    branch.translations.filter(({ stage }) => stage === position).reduce((at, one) => again(at, one, branch), passage),
  ];
  return budget.run(
    () =>
      passStages(compiled, direction, entrance(input), { atNat, observe }).map((end) => ({
        ...branchOf(asTracked(compiled, branch, end), "later", direction),
        flows: flows.intersect(end.entered.forget(["states", "tcpFlags"])),
        translations: branch.translations,
        isUntracked: branch.isUntracked,
      })),
    () => tooComplex(compiled, "later", direction, input, flows),
  );
}

const REVERSE: Readonly<Record<Direction, Direction>> = { forward: "forward", input: "output", output: "input" };

/** What becomes of the replies to accepted flows, from where the first packets went. */
export function passReply(compiled: CompiledDevice, branch: Branch, budget: Budget, observe?: Observer): Branch[] {
  const direction = REVERSE[branch.direction];
  if (compiled.device.tracking === "implicit") return [unasked(branch, "reply", direction, branch.after.mirror())];
  const pass = () => {
    const input = laterPackets(compiled, branch, branch.after.mirror(), REPLY_FLAGS);
    const inverses = inversesOf(branch);
    const undo = undoing(inverses, undoPlaces(compiled, direction));
    const handling = { atNat: (passage: Passage) => [passage], before: undo, observe };
    return passStages(compiled, direction, entrance(input), handling).map((end) => ({
      ...branchOf(asTracked(compiled, branch, end), "reply", direction),
      flows: flowsBehind(branch, asFirstPackets(end.entered)).intersect(flowsRestored(end, inverses)),
      translations: branch.translations,
      isUntracked: branch.isUntracked,
    }));
  };
  return budget.run(pass, () => tooComplex(compiled, "reply", direction, PacketSet.all, branch.flows));
}

/** The packets that follow the first ones, as the device sees them: with their flags and, where it tracks, their state. */
function laterPackets(
  { device }: CompiledDevice,
  { isUntracked }: Branch,
  packets: PacketSet,
  tcpFlags: readonly TcpFlagsMatch[],
): PacketSet {
  if (device.tracking !== "explicit") return packets.assign({ tcpFlags });
  // A packet of no known connection begins one (a TCP segment with ACK does) or is invalid: its flags decide which.
  const states: readonly ConnectionState[] = isUntracked ? ["new", "invalid"] : ["established"];
  return packets.assign({ tcpFlags, states });
}

/** Packets that the device does not track keep addresses that are not theirs, so that they do not arrive. */
function asTracked({ device, at }: CompiledDevice, { direction, translations }: Branch, end: Ended): Ended {
  const [first] = translations;
  if (first === undefined || !end.isUntracked || end.disposition !== "accept") return end;
  const { hook, acl } = device.stages[direction][first.stage] as Stage;
  const ace = "untracked packets of translated connections";
  return { ...end, disposition: "drop", decisions: [...end.decisions, { hook, acl, ace, disposition: "drop", at }] };
}

/** The first packets whose replies some packets are, whatever their flags, states and tags. */
function asFirstPackets(replies: PacketSet): PacketSet {
  return replies.mirror().forget(["states", "tcpFlags", "tags"]);
}

/** A translation of the first packets, applied to later ones: each gets the same result as its first packet did. */
function again(passage: Passage, { relation, translation: { side } }: AppliedTranslation, { after }: Branch): Passage {
  const others =
    side === "source" ? (["destinations", "destinationPorts"] as const) : (["sources", "sourcePorts"] as const);
  const results = after.forget(["states", "tcpFlags", "ingressInterfaces", "egressInterfaces", ...others]);
  return move(passage, { relation, before: passage.packets }, results);
}

/** A translation turned round for replies: their destination is its source and the other way round. */
interface Inverse {
  readonly side: AppliedTranslation["translation"]["side"];
  readonly relation: Relation;
  /** The first packets' way up to the translation. */
  readonly earlier: readonly Step[];
}

function inversesOf({ translations, steps }: Branch): Inverse[] {
  return translations.map(({ translation: { side }, relation, before }) => {
    const originals = before.forget(["states", "tcpFlags", "tags"]);
    return {
      side,
      relation: {
        image: (replies) => relation.origin(replies.mirror(), originals).mirror(),
        origin: (replies, within) => within.intersect(relation.image(replies.mirror().intersect(originals)).mirror()),
      },
      earlier: steps.slice(
        0,
        steps.findIndex((step) => step.relation === relation),
      ),
    };
  });
}

/** Undoes the translations at the places where the device does so for replies, the last one always first. */
function undoing(inverses: readonly Inverse[], places: UndoPlaces): BeforeStage {
  const positions = inverses.map(({ side }) => (side === "source" ? places.destination : places.source));
  for (let i = positions.length - 2; i >= 0; i--) positions[i] = Math.max(positions[i], positions[i + 1]);
  return (passage, position) => {
    const due = inverses.filter((_, i) => positions[i] === position);
    return [due.reduceRight((at, { relation }) => move(at, { relation, before: at.packets }), passage)];
  };
}

/**
 * The flows that a reply belongs to once it has its own addresses back. On arrival, replies to many hosts behind one
 * address look the same; only this tells which of those hosts' flows a later stage has judged.
 */
function flowsRestored({ steps, packets }: Ended, inverses: readonly Inverse[]): PacketSet {
  const last = steps.findLastIndex(({ relation }) => inverses.some((one) => one.relation === relation));
  if (last < 0) return PacketSet.all;
  const undone = inverses.find(({ relation }) => relation === steps[last].relation) as Inverse;
  return traceBack(undone.earlier, asFirstPackets(traceBack(steps.slice(last + 1), packets)));
}

function branchOf(end: Ended, leg: Leg, direction: Direction) {
  const { entered, packets, disposition, decisions, doubts, steps } = end;
  return { leg, direction, before: entered, after: packets, disposition, decisions, doubts, steps };
}

/** The answer of a device that does not ask its acls about packets of known connections. */
function unasked(branch: Branch, leg: Leg, direction: Direction, before: PacketSet): Branch {
  return { ...branch, leg, direction, before, after: before, decisions: [], doubts: [], steps: [] };
}

function tooComplex(
  { device, at }: CompiledDevice,
  leg: Leg,
  direction: Direction,
  before: PacketSet,
  flows: PacketSet,
): Branch[] {
  const translates = device.stages[direction].some(({ kind }) => kind === "nat");
  const relation: Relation = { image: () => PacketSet.all, origin: (_, within) => within };
  return (["accept", "drop"] as Disposition[]).map((disposition) => ({
    leg,
    direction,
    flows,
    before,
    after: translates ? PacketSet.all : before,
    disposition,
    decisions: [],
    doubts: [{ condition: "too complex", at }],
    steps: translates ? [{ relation, before }] : [],
    translations: [],
    isUntracked: false,
  }));
}
