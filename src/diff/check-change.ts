/** Checks that a change does what it is meant to do, and nothing else. */
import { type Branch, surelyAccepted } from "../compile/branch.js";
import { type CompileOptions, compileDevice } from "../compile/compile-device.js";
import { passLater, passReply } from "../compile/pass-device.js";
import type { Device } from "../model/device.js";
import type { ChangeStep, DirectionDifference, Expectation, ExpectedChange, StepFailure } from "../model/difference.js";
import type { Bounds } from "../sets/bounds.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { directionOf, openingPackets } from "./expected-packets.js";
import { acceptedOf, branchesOf, type Way } from "./fates.js";
import { decidersOf, linesOf } from "./list-changes.js";

const STEPS = 40_000_000;

/** What is expected of one side of a change. */
interface Trial {
  readonly expectation: Expectation;
  readonly way: Way;
  readonly packets: PacketSet;
  readonly accepted: Bounds;
  /** True iff the packets are to be accepted. */
  readonly isAllowed: boolean;
}

/** The first two steps; the third is `restUnchanged`. */
export function checkSteps(
  before: Device,
  after: Device,
  { expectations }: ExpectedChange,
  options: CompileOptions,
): ChangeStep[] {
  const [first, second] = [before, after].map((device) => compileDevice(device, options));
  if (first === undefined || second === undefined) throw new Error("two devices");
  const way = (compiled: typeof first, one: Expectation) => ({
    compiled,
    direction: directionOf(one, compiled.device),
  });
  const notYet = expectations.map((one) => trialOf(one, way(first, one), one.kind === "deny"));
  const now = expectations.map((one) => trialOf(one, way(second, one), one.kind === "allow"));
  return [stepOf("not yet", notYet), stepOf("now", now)];
}

/** The third step: whether any other packet fares otherwise. */
export function restUnchanged(directions: readonly DirectionDifference[]): ChangeStep {
  const results = directions.map(({ result }) => result);
  const result = results.includes("different") ? "refuted" : results.includes("undecided") ? "undecided" : "proved";
  return { step: "nothing else", result, failures: [] };
}

function trialOf(expectation: Expectation, way: Way, isAllowed: boolean): Trial {
  const packets = openingPackets(expectation);
  const budget = new Budget(STEPS);
  const branches = branchesOf(way, packets, budget);
  const first = acceptedOf(branches);
  // A connection that is to be possible needs its later packets and replies; one that is to be stopped needs no more.
  const needsMore = isAllowed && expectation.kind === "allow";
  return { expectation, way, packets, isAllowed, accepted: needsMore ? wholeOf(way, branches, first, budget) : first };
}

/** The flows whose conversations are accepted as a whole. */
function wholeOf({ compiled }: Way, branches: readonly Branch[], first: Bounds, budget: Budget): Bounds {
  let { surely, possibly } = first;
  for (const branch of branches.filter(({ disposition }) => disposition === "accept")) {
    for (const leg of [passLater(compiled, branch, budget), passReply(compiled, branch, budget)]) {
      surely = surely.subtract(branch.flows.subtract(surelyAccepted(leg)));
      const isSole = branches.every((other) => other === branch || !other.flows.overlaps(branch.flows));
      if (isSole) possibly = possibly.subtract(branch.flows.subtract(acceptedOf(leg).possibly));
    }
  }
  return { surely, possibly };
}

function stepOf(step: ChangeStep["step"], trials: readonly Trial[]): ChangeStep {
  const wrong = trials.flatMap((trial) => failureOf(trial, wrongPackets(trial)));
  const open = trials.flatMap((trial) => failureOf(trial, openPackets(trial)));
  const empty = trials.filter(({ packets }) => packets.isEmpty);
  const vacuous = empty.map(({ expectation }) => ({ expectation: expectation.at, packets: [] }));
  if (wrong.length + vacuous.length > 0) return { step, result: "refuted", failures: [...vacuous, ...wrong] };
  return { step, result: open.length > 0 ? "undecided" : "proved", failures: open };
}

/** Packets that surely fare otherwise than they are to. */
function wrongPackets({ packets, accepted, isAllowed }: Trial): PacketSet {
  return isAllowed ? packets.subtract(accepted.possibly) : packets.intersect(accepted.surely);
}

/** Packets that do not surely fare as they are to. */
function openPackets({ packets, accepted, isAllowed }: Trial): PacketSet {
  return isAllowed ? packets.subtract(accepted.surely) : packets.intersect(accepted.possibly);
}

function failureOf({ expectation, way }: Trial, packets: PacketSet): StepFailure[] {
  const witness = packets.witness();
  if (witness === undefined) return [];
  const [decision] = decidersOf(way, PacketSet.fromPacket(witness), new Budget(STEPS)).keys();
  const told = { expectation: expectation.at, packets: linesOf(packets), witness };
  return [{ ...told, ...(decision === undefined ? {} : { decision }) }];
}
