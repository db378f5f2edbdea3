/** Decides a requirement between two components on one path. */

import type { NamedService } from "../model/requirement.js";
import type { Component } from "../model/topology.js";
import type { Decision, Doubt, PathDescription, RefutedReason, Witness } from "../model/verdict.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Path } from "../topology/find-paths.js";
import { type Crossing, listCrossings } from "../topology/list-crossings.js";
import type { ProofContext } from "./proof-context.js";
import { type FlowHop, type Progress, type PushOutcome, pushFlows, type Stop } from "./push-flows.js";
import {
  areDelivered,
  deliveredPackets,
  forbiddenPackets,
  type RequiredPackets,
  requiredPackets,
  TO_PUBLIC,
  unknownName,
  unknownNames,
} from "./requirement-packets.js";

/** Flows of some services from one component to another. */
export interface ServiceFlow {
  readonly from: Component;
  readonly to: Component;
  readonly services: readonly NamedService[];
}

/** The answer for one path; sets hold first packets as the source sends them. */
export interface PathVerdict {
  readonly kind: "proved" | "refuted" | "undecided";
  readonly path: PathDescription;
  readonly required: PacketSet;
  /** Number of crossings the deciding flows came through; tells which of several refusals is the nearest miss. */
  readonly progress: number;
  readonly reason: RefutedReason;
  readonly explanation: string;
  readonly failing: PacketSet;
  readonly hops: readonly FlowHop[];
  readonly because: readonly Doubt[];
  /** The packets that possibly arrive, as they arrive. */
  readonly arriving: PacketSet;
  /** Where a proxy's rules decide, which are about requests and not about packets. */
  readonly request?: { readonly decision: Decision; readonly failing: readonly string[]; readonly witness: Witness };
}

/** A refusal before anything was sent: what the parts of a verdict are where nothing else is known. */
export function refusedVerdict(path: PathDescription, reason: RefutedReason, explanation: string): PathVerdict {
  const { none } = PacketSet;
  const nothing = { required: none, failing: none, arriving: none, hops: [], because: [], progress: 0 };
  return { ...nothing, kind: "refuted", path, reason, explanation };
}

/** Decides an `allow` requirement: proved iff every required flow surely has its whole conversation on this path. */
export function proveOnPath(context: ProofContext, flow: ServiceFlow, path: Path): PathVerdict {
  const required = requiredPackets(context, flow.from, flow.to, flow.services, path);
  if (required.packets.isEmpty) return nothingToSend(path, flow.to);
  const crossings = listCrossings(context.index, flow.from, path, flow.to);
  const pushed = pushFlows(context, required.packets, crossings, "whole");
  const outcome = deliver(context, flow, pushed, crossings.length);
  return judgeAllowed(path, required, outcome, namesToState(context, flow.to, required.unknownDestination));
}

/** Decides a `deny` requirement: proved iff no first packet of a forbidden flow possibly arrives on this path. */
export function refuseOnPath(context: ProofContext, flow: ServiceFlow, path: Path): PathVerdict {
  const forbidden = forbiddenPackets(context, flow.from);
  const crossings = listCrossings(context.index, flow.from, path, flow.to);
  const pushed = pushFlows(context, forbidden, crossings, "first-packet");
  const { arrived, stopped } = deliver(context, flow, pushed, crossings.length);
  const possibly = unionOfFlows(arrived);
  const surely = possibly.subtract(unionOfFlows(stopped));
  const refused = refusedVerdict(describePath(path), "reachable", "forbidden packets arrive");
  const arriving = PacketSet.unionOf(arrived.map((progress) => progress.packets));
  const base = { ...refused, required: forbidden, progress: crossings.length, failing: possibly, arriving };
  if (possibly.isEmpty) return { ...base, kind: "proved" };
  const hops = arrived.find((progress) => !progress.flows.isEmpty)?.hops ?? [];
  const unknown = unknownName(context, flow.to);
  if (!surely.isEmpty && (unknown === undefined || reachesEverywhere(surely, forbidden))) {
    return { ...base, hops: hopsOfWitness(context, surely, crossings), failing: surely };
  }
  const because = stopped.filter((stop) => stop.flows.overlaps(possibly)).flatMap((stop) => stop.doubts);
  const unsure = [...because, ...namesToState(context, flow.to, unknown)];
  return { ...base, kind: "undecided", explanation: "forbidden packets may arrive", hops, because: unsure };
}

// The decisions about one packet that arrives, and not those about all the others that do.
function hopsOfWitness(context: ProofContext, arriving: PacketSet, crossings: readonly Crossing[]): readonly FlowHop[] {
  const witness = arriving.witness();
  const sent = witness === undefined ? PacketSet.none : PacketSet.fromPacket(witness).forget(INTERFACES);
  return pushFlows(context, sent, crossings, "first-packet").arrived[0]?.hops ?? [];
}

const INTERFACES = ["ingressInterfaces", "egressInterfaces"] as const;

// Of a destination of which only the name is known, some packet surely arrives iff one does whatever the address is.
function reachesEverywhere(arriving: PacketSet, sent: PacketSet): boolean {
  return anyTo(arriving).includes(anyTo(sent.intersect(TO_PUBLIC)));
}

function anyTo(packets: PacketSet): PacketSet {
  return PacketSet.fromFields({ destinations: [...packets.boxes()].map(({ destination }) => destination) });
}

// The last step: what left the last device has to be for the destination, on the service's own port.
function deliver(
  context: ProofContext,
  { to, services }: ServiceFlow,
  pushed: PushOutcome,
  position: number,
): PushOutcome {
  const arrived: Progress[] = [];
  const stopped: Stop[] = [...pushed.stopped];
  for (const progress of pushed.arrived) {
    if (areDelivered(context, to, services, progress.packets)) {
      arrived.push(progress);
      continue;
    }
    const wanted = deliveredPackets(context, to, services);
    const delivered = progress.packets.intersect(wanted);
    const stray = progress.packets.subtract(wanted);
    if (!delivered.isEmpty) arrived.push({ ...progress, packets: delivered, flows: progress.atSource(delivered) });
    if (stray.isEmpty) continue;
    const explanation = `the packets leave the last device for another address or port than those of \`${to.name}\``;
    const flows = progress.atSource(stray);
    stopped.push({ flows, position, reason: "misdelivered", hops: progress.hops, doubts: [], explanation });
  }
  return { arrived, stopped };
}

function judgeAllowed(
  path: Path,
  required: RequiredPackets,
  outcome: PushOutcome,
  unknown: readonly Doubt[],
): PathVerdict {
  const { packets } = required;
  const doubtful = unionOfFlows(outcome.stopped);
  const arriving = PacketSet.unionOf(outcome.arrived.map((progress) => progress.packets));
  const base = { ...refusedVerdict(describePath(path), "blocked", ""), required: packets, arriving };
  if (!packets.overlaps(doubtful)) {
    return { ...base, kind: "proved", hops: outcome.arrived.flatMap((progress) => progress.hops) };
  }
  const failing = surelyFailing(required, unionOfFlows(outcome.arrived));
  const relevant = failing.isEmpty ? doubtful : failing;
  const stop = firstStop(outcome.stopped, relevant);
  const shared = { ...base, progress: stop.position, reason: stop.reason, hops: stop.hops, failing: relevant };
  if (!failing.isEmpty) return { ...shared, kind: "refuted", explanation: stop.explanation ?? "" };
  const doubts = decidingDoubts(outcome);
  const explanation = stop.explanation ?? "the exports do not tell whether all of its packets pass";
  return { ...shared, kind: "undecided", explanation, because: uniqueDoubts([...doubts, ...unknown]) };
}

// A rule that may drop leaves its doubts with the packets it stops, one that may accept with those it lets pass.
function decidingDoubts({ arrived, stopped }: PushOutcome): Doubt[] {
  const place = (hop?: FlowHop): string => JSON.stringify([hop?.device, hop?.direction, hop?.leg]);
  const places = new Set(stopped.map(({ hops }) => place(hops[hops.length - 1])));
  const passing = arrived.flatMap(({ hops }) => hops.filter((hop) => places.has(place(hop))));
  return [...stopped, ...passing].flatMap(({ doubts }) => doubts);
}

// Where only the destination's name is known, a flow surely fails iff it fails whatever the address is.
function surelyFailing(required: RequiredPackets, possibly: PacketSet): PacketSet {
  if (required.unknownDestination === undefined) return required.packets.subtract(possibly);
  return required.packets.subtract(possibly.forget(["destinations"]));
}

/** Every name whose addresses would decide, where `unknown` is one of them. */
function namesToState(context: ProofContext, to: Component, unknown: string | undefined): Doubt[] {
  const own = unknownNames(context, to);
  const names = unknown === undefined ? [] : own.includes(unknown) ? own : [unknown];
  return names.map((name) => ({ condition: `addresses of \`${name}\` (state them under \`names\`)`, at: to.at }));
}

// Of several crossings that stop some of the flows, the first one is where the packets end.
function firstStop(stopped: readonly Stop[], failing: PacketSet): Stop {
  const relevant = stopped.filter((stop) => !stop.flows.intersect(failing).isEmpty);
  return relevant.reduce((best, stop) => (stop.position < best.position ? stop : best));
}

function nothingToSend(path: Path, to: Component): PathVerdict {
  const explanation =
    path.kind === "internet"
      ? `no public address or mapped endpoint of \`${to.name}\` offers the service`
      : `the source and \`${to.name}\` have no address family in common`;
  return refusedVerdict(describePath(path), "not-routable", explanation);
}

function describePath(path: Path): PathDescription {
  return { kind: path.kind, nodes: path.nodes };
}

function unionOfFlows(parts: readonly { readonly flows: PacketSet }[]): PacketSet {
  return PacketSet.unionOf(parts.map((part) => part.flows));
}

function uniqueDoubts(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
}
