/** Pushes the packets of a requirement along a path, device by device, and tells what became of which of its flows. */

import { type Branch, flowsAhead, flowsBehind } from "../compile/branch.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import { passFirst, passLater, passReply } from "../compile/pass-device.js";
import type { Direction } from "../model/device.js";
import type { DeviceNode } from "../model/topology.js";
import type { Decision, Disposition, Doubt, Leg, RefutedReason } from "../model/verdict.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Crossing } from "../topology/list-crossings.js";
import { packetsRoutedVia, routesOf } from "../topology/longest-prefix-match.js";
import { deviceAt, type ProofContext } from "./proof-context.js";
import { FROM_PUBLIC, TO_PUBLIC } from "./requirement-packets.js";

/** What one device did to some of the flows, for one leg of their conversation. */
export interface FlowHop {
  readonly device: string;
  readonly direction: Direction;
  readonly leg: Leg;
  readonly disposition: Disposition;
  readonly decisions: readonly Decision[];
  /** Packets of this leg as they enter the device, and as they leave it or were when it refused them. */
  readonly before: PacketSet;
  readonly after: PacketSet;
  readonly doubts: readonly Doubt[];
}

/** Flows that came through everything so far; `flows` as the source sent them, `packets` as they are now. */
export interface Progress {
  readonly flows: PacketSet;
  readonly packets: PacketSet;
  readonly hops: readonly FlowHop[];
  /** First packets at the source whose packets here are in the given set. */
  readonly atSource: (packets: PacketSet) => PacketSet;
}

/** Flows that ended on the way, at the crossing with the number `position`. */
export interface Stop {
  readonly flows: PacketSet;
  readonly position: number;
  readonly reason: Exclude<RefutedReason, "no-binding" | "no-path" | "reachable">;
  readonly hops: readonly FlowHop[];
  readonly doubts: readonly Doubt[];
  /** For a stop that no device decides: what a person has to know. */
  readonly explanation?: string;
}

/**
 * What became of the pushed flows. The two lists together cover them: a flow that is only among the stops surely fails,
 * one that is only among the arrivals surely arrives, one in both does one of them, and the doubts of both say what
 * decides.
 */
export interface PushOutcome {
  readonly arrived: readonly Progress[];
  readonly stopped: readonly Stop[];
}

/** Which legs of the conversation count: a forbidden flow is one whose first packet arrives. */
export type Conversation = "whole" | "first-packet";

/** Pushes `packets`, as their source sends them, over the crossings in order. */
export function pushFlows(
  context: ProofContext,
  packets: PacketSet,
  crossings: readonly Crossing[],
  conversation: Conversation,
): PushOutcome {
  let underway: Progress[] = [{ flows: packets, packets, hops: [], atSource: (set) => set.intersect(packets) }];
  const stopped: Stop[] = [];
  const budget = new Budget(context.budget);
  crossings.forEach((crossing, position) => {
    const outcomes = underway.map((progress) => cross(context, budget, progress, crossing, position, conversation));
    underway = outcomes.flatMap((outcome) => outcome.arrived);
    stopped.push(...outcomes.flatMap((outcome) => outcome.stopped));
  });
  return { arrived: underway, stopped };
}

function cross(
  context: ProofContext,
  budget: Budget,
  progress: Progress,
  crossing: Crossing,
  position: number,
  conversation: Conversation,
): PushOutcome {
  if (crossing.kind === "internet") return crossInternet(progress, crossing.name, position);
  const device = deviceAt(context, crossing);
  const entering = progress.packets.intersect(interfacesOf(crossing));
  const visit: Visit = { context, budget, progress, entering, crossing, device, position };
  if (letsEverythingThrough(visit)) return walkThrough(visit);
  const branches = passFirst(device, crossing.direction, entering, budget);
  const accepted = mergeAlike(branches.filter(({ disposition }) => disposition === "accept"));
  const followed = accepted.map((branch) => follow(visit, branch, conversation));
  const refused = branches.filter(({ disposition }) => disposition !== "accept");
  const stopped = [
    ...refused.flatMap((branch) => refuse(visit, branch)),
    ...followed.flatMap((outcome) => outcome.stopped),
  ];
  return {
    arrived: followed.flatMap((outcome) => outcome.arrived),
    stopped: stopped.filter((stop) => !stop.flows.isEmpty),
  };
}

// A device without rules that tracks connections is not asked about any leg.
function letsEverythingThrough({ crossing, device: { device } }: Visit): boolean {
  const { stages, tracking } = device;
  return tracking === "implicit" && stages[crossing.direction].length === 0 && crossing.device.routes.length === 0;
}

function walkThrough({ progress, crossing, entering }: Visit): PushOutcome {
  if (entering.isEmpty) return { arrived: [], stopped: [] };
  const { device, direction } = crossing;
  const asIs = { disposition: "accept", decisions: [], before: entering, after: entering, doubts: [] } as const;
  const hops = [...progress.hops, { device: device.name, direction, leg: "first" as const, ...asIs }];
  return { arrived: [{ ...progress, hops }], stopped: [] };
}

interface Visit {
  readonly context: ProofContext;
  readonly budget: Budget;
  readonly progress: Progress;
  /** Its packets with the interfaces they have on this device. */
  readonly entering: PacketSet;
  readonly crossing: Extract<Crossing, { kind: "device" }>;
  readonly device: CompiledDevice;
  readonly position: number;
}

function interfacesOf({ device, direction, ingress, egress }: Visit["crossing"]): PacketSet {
  const known = INTERFACES_AT.get(device) ?? new Map<string, PacketSet>();
  const key = JSON.stringify([direction, ingress, egress]);
  const packets = known.get(key) ?? interfacesAmong(direction, ingress, egress);
  INTERFACES_AT.set(device, known.set(key, packets));
  return packets;
}

/** What was asked for before. */
const INTERFACES_AT = new WeakMap<DeviceNode, Map<string, PacketSet>>();

function interfacesAmong(direction: Direction, ingress: readonly string[], egress: readonly string[]): PacketSet {
  const entering = direction === "output" ? NO_INGRESS : ingress.length > 0 ? ingressAmong(ingress) : SOME_INGRESS;
  const leaving = direction === "input" ? NO_EGRESS : egress.length > 0 ? egressAmong(egress) : SOME_EGRESS;
  return entering.intersect(leaving);
}

function ingressAmong(names: readonly string[]): PacketSet {
  return PacketSet.fromFields({ ingressInterfaces: names.map((name) => ({ name })) });
}

function egressAmong(names: readonly string[]): PacketSet {
  return PacketSet.fromFields({ egressInterfaces: names.map((name) => ({ name })) });
}

const NO_INGRESS = ingressAmong([""]);
const NO_EGRESS = egressAmong([""]);
// What crosses a network does so by no loopback interface: `lo` on Linux, `lo0` on BSD and Junos.
const SOME_INGRESS = ingressAmong(["", "lo", "lo0"]).complement();
const SOME_EGRESS = egressAmong(["", "lo", "lo0"]).complement();

function forgetInterfaces(packets: PacketSet): PacketSet {
  return packets.forget(["ingressInterfaces", "egressInterfaces"]);
}

// Of the first packets the device refuses on this way, those that its routes lead elsewhere were never on it.
function refuse(visit: Visit, branch: Branch): Stop[] {
  const lost = branch.after.subtract(routeOf(visit));
  if (lost.isEmpty) return [stopAt(visit, branch, "first")];
  const flows = branch.flows.subtract(flowsBehind(branch, lost));
  return [stopAt(visit, { ...branch, flows }, "first"), routedElsewhere(visit, branch, lost)];
}

// The first packets of `branch` are accepted: asks for the rest of the conversation and for the route.
function follow(visit: Visit, branch: Branch, conversation: Conversation): PushOutcome {
  const legs = conversation === "whole" ? judgeLegs(visit, branch) : { flows: branch.flows, stopped: [], hops: [] };
  const leaving = flowsAhead(branch, legs.flows);
  const routed = leaving.intersect(routeOf(visit));
  const lost = leaving.subtract(routed);
  const arrived = routed.isEmpty ? [] : [advance(visit, branch, routed, legs.hops)];
  const stopped = lost.isEmpty ? legs.stopped : [...legs.stopped, routedElsewhere(visit, branch, lost)];
  return { arrived, stopped: conversation === "whole" ? [...stopped, ...repliesElsewhere(visit, branch)] : stopped };
}

/** The flows whose later packets and replies are possibly accepted too, how that came, and those where they are not. */
interface JudgedLegs {
  readonly flows: PacketSet;
  readonly hops: readonly FlowHop[];
  readonly stopped: readonly Stop[];
}

function judgeLegs(visit: Visit, branch: Branch): JudgedLegs {
  const { budget, device } = visit;
  const first = hopOf(visit, branch, "first");
  const later = judgeLeg(visit, branch, "later", passLater(device, branch, budget), [first]);
  const reply = judgeLeg(visit, branch, "reply", passReply(device, branch, budget), [first, ...later.hops]);
  return {
    flows: later.flows.intersect(reply.flows),
    hops: [...later.hops, ...reply.hops],
    stopped: [...later.stopped, ...reply.stopped],
  };
}

function judgeLeg(
  visit: Visit,
  branch: Branch,
  leg: Leg,
  judged: readonly Branch[],
  earlier: readonly FlowHop[],
): JudgedLegs {
  const accepted = judged.filter(({ disposition }) => disposition === "accept");
  const refused = judged.filter(({ disposition }) => disposition !== "accept");
  return {
    flows: PacketSet.unionOf(accepted.map(({ flows }) => flows)).intersect(branch.flows),
    hops: accepted.filter(({ decisions }) => decisions.length > 0).map((each) => hopOf(visit, each, leg)),
    stopped: refused.map((each) => stopAt(visit, each, leg, earlier)),
  };
}

function routeOf(visit: Visit, way = visit.crossing.leavesTo): PacketSet {
  const routes = routesOf(visit.context.index, visit.crossing.device);
  return way === undefined || routes.length === 0 ? PacketSet.all : packetsRoutedVia(routes, way);
}

// Replies are judged on the way back that the first packets came. Where the device routes them elsewhere, what becomes of
// them there is open.
function repliesElsewhere(visit: Visit, branch: Branch): Stop[] {
  const { device, arrivesFrom } = visit.crossing;
  const flows = branch.flows.subtract(routeOf(visit, arrivesFrom).mirror());
  if (arrivesFrom === undefined || flows.isEmpty) return [];
  const explanation = `\`${device.name}\` does not route the replies back to \`${arrivesFrom}\``;
  const doubts = [{ condition: "the way that the replies take instead", at: device.at }];
  return [{ ...stopAt(visit, { ...branch, flows }, "first"), reason: "misdelivered", explanation, doubts }];
}

function advance(visit: Visit, branch: Branch, leaving: PacketSet, rest: readonly FlowHop[]): Progress {
  const { progress, entering } = visit;
  const hops = [...progress.hops, hopOf(visit, branch, "first"), ...rest];
  // All of them leave as they came: nothing is new but that they were here.
  if (branch.steps.length === 0 && leaving.equals(entering)) return { ...progress, hops };
  // Packets between devices carry no interfaces; on this device they had those of `leaving`.
  const atSource = (packets: PacketSet): PacketSet =>
    progress.atSource(forgetInterfaces(flowsBehind(branch, packets.intersect(leaving))));
  const packets = forgetInterfaces(leaving);
  return { flows: atSource(packets), packets, hops, atSource };
}

/** `earlier`: what the device did on the legs before. */
function stopAt(visit: Visit, branch: Branch, leg: Leg, earlier: readonly FlowHop[] = []): Stop {
  const { progress, position } = visit;
  const hop = hopOf(visit, branch, leg);
  return {
    flows: progress.atSource(forgetInterfaces(branch.flows)),
    position,
    reason: "blocked",
    hops: [...progress.hops, ...earlier, hop],
    doubts: [...branch.doubts, ...interfaceDoubts(visit, branch)],
  };
}

function routedElsewhere(visit: Visit, branch: Branch, lost: PacketSet): Stop {
  const { crossing, progress, position } = visit;
  return {
    flows: progress.atSource(forgetInterfaces(flowsBehind(branch, lost))),
    position,
    reason: "misdelivered",
    hops: [...progress.hops, hopOf(visit, branch, "first")],
    doubts: [],
    explanation: `no route of \`${crossing.device.name}\` leads these packets to \`${crossing.leavesTo}\``,
  };
}

function hopOf(visit: Visit, branch: Branch, leg: Leg): FlowHop {
  return {
    device: visit.crossing.device.name,
    direction: visit.crossing.direction,
    leg,
    disposition: branch.disposition,
    decisions: branch.decisions,
    before: branch.before,
    after: branch.after,
    doubts: branch.doubts,
  };
}

// Where the topology does not name the interface, rules that ask for one decide differently for different names.
function interfaceDoubts({ crossing, progress }: Visit, { flows }: Branch): Doubt[] {
  const likewise = forgetInterfaces(flows).intersect(progress.packets).intersect(interfacesOf(crossing));
  if (flows.includes(likewise)) return [];
  const { name, at } = crossing.device;
  return [{ condition: `interfaces of \`${name}\` on this path (state them under its \`interfaces\`)`, at }];
}

function crossInternet(progress: Progress, name: string, position: number): PushOutcome {
  const packets = progress.packets.intersect(TO_PUBLIC).intersect(FROM_PUBLIC);
  const lost = progress.packets.subtract(packets);
  const arrived = packets.isEmpty ? [] : [{ ...progress, packets, flows: progress.atSource(packets) }];
  return { arrived, stopped: lost.isEmpty ? [] : [notRoutable(progress, lost, name, position)] };
}

function notRoutable(progress: Progress, lost: PacketSet, name: string, position: number): Stop {
  const toPrivate = !lost.subtract(TO_PUBLIC).isEmpty;
  const explanation = toPrivate
    ? `the destination is a private address, which \`${name}\` does not route: state the public endpoint it is mapped to`
    : `the source is a private address, which \`${name}\` does not route: no device before it translates the source`;
  return {
    flows: progress.atSource(lost),
    position,
    reason: "not-routable",
    hops: progress.hops,
    doubts: [],
    explanation,
  };
}

// Accepted branches that leave their packets alone differ only in the aces that accepted: as one they are pushed on once.
function mergeAlike(accepted: readonly Branch[]): Branch[] {
  const alike = accepted.filter(({ steps, isUntracked }) => steps.length === 0 && !isUntracked);
  const [first] = alike;
  if (first === undefined) return [...accepted];
  const packets = PacketSet.unionOf(alike.map(({ before }) => before));
  const sure = alike.filter(({ doubts }) => doubts.length === 0);
  // What only may accept packets that are accepted anyway is not worth telling.
  const told = PacketSet.unionOf(sure.map(({ before }) => before)).includes(packets) ? sure : alike;
  const merged: Branch = {
    ...first,
    flows: packets,
    before: packets,
    after: packets,
    decisions: uniqueDecisions(told.flatMap(({ decisions }) => decisions)),
    doubts: told.flatMap(({ doubts }) => doubts),
  };
  return [merged, ...accepted.filter((branch) => !alike.includes(branch))];
}

function uniqueDecisions(decisions: readonly Decision[]): Decision[] {
  const key = ({ hook, at }: Decision): string => JSON.stringify([hook, at]);
  return [...new Map(decisions.map((decision) => [key(decision), decision])).values()];
}
