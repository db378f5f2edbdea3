/** Turns what a path proof found, in sets, into what a verdict tells, in words and one packet. */
import type { Decision, Hop, NearMiss, RefutedReason, Verdict, Witness } from "../model/verdict.js";
import { describeSet } from "../sets/describe.js";
import type { PacketSet } from "../sets/packet-set.js";
import { findNearMisses } from "./near-misses.js";
import type { ProofContext } from "./proof-context.js";
import type { PathVerdict } from "./prove-path.js";
import type { FlowHop } from "./push-flows.js";

type Refutation = Omit<Extract<Verdict, { kind: "refuted" }>, "requirement" | "from" | "to" | "kind" | "assumptions">;

/**
 * The hops of some flows for people. Their packets are put into words when somebody asks for them: of most proved flows
 * nobody does, and the words cost more than the proof.
 */
export function describeHops(context: ProofContext, hops: readonly FlowHop[]): Hop[] {
  return hops.map(({ direction: _, before, after, ...rest }) => ({
    ...rest,
    get before() {
      return describeFlows(context, before).join("; ");
    },
    get after() {
      return describeFlows(context, after).join("; ");
    },
  }));
}

/** What a refuted verdict says beside the requirement: reason, path, witness, deciding line, share that fails. */
export function describeRefutation(context: ProofContext, verdict: PathVerdict): Refutation {
  const { path, reason, failing, hops, request } = verdict;
  const decidedBy = request?.decision ?? (reason === "reachable" ? admission(context, hops) : decisionOf(verdict));
  const witness = request?.witness ?? packetWitness(verdict);
  return {
    reason,
    explanation: verdict.explanation || explain(reason, decidedBy),
    path,
    ...(witness && { witness }),
    hops: describeHops(context, hops),
    ...(decidedBy && { decidedBy }),
    nearMisses: nearMissesOf(context, verdict),
    failing: request?.failing ?? describeFlows(context, failing),
    failingShare: failingShare(verdict),
  };
}

// State and flags of a first packet are always the same: they only make the line longer. The flows of a requirement are
// told again at every hop, so each is put into words once.
function describeFlows({ descriptions }: ProofContext, packets: PacketSet): readonly string[] {
  const known = descriptions.get(packets.hash);
  if (known !== undefined) return known;
  const lines = describeSet(packets.forget(["states", "tcpFlags"]));
  descriptions.set(packets.hash, lines);
  return lines;
}

// What lets packets arrive: the last rule of a filter that took them, not the translation behind it.
function admission({ devices }: ProofContext, hops: readonly FlowHop[]): Decision | undefined {
  const decisions = hops.flatMap(({ device, direction, decisions: told }) => {
    const stages = devices.get(device)?.device.stages[direction] ?? [];
    const filters = new Set(stages.filter(({ kind }) => kind === "filter").map(({ hook }) => hook));
    return told.filter(({ hook }) => filters.has(hook));
  });
  return decisions.findLast(({ ace }) => ace !== undefined) ?? decisions[decisions.length - 1];
}

function decisionOf(verdict: PathVerdict): Decision | undefined {
  const decisions = decidingHop(verdict)?.decisions ?? [];
  return decisions[decisions.length - 1];
}

// Packets that no device refused were last decided about on their own way, and not on that of their replies.
function decidingHop({ hops, reason }: PathVerdict): FlowHop | undefined {
  return reason === "blocked" ? hops[hops.length - 1] : hops.findLast(({ leg }) => leg === "first");
}

function nearMissesOf({ devices }: ProofContext, { hops, reason, failing }: PathVerdict): readonly NearMiss[] {
  const last = hops[hops.length - 1];
  const device = last && devices.get(last.device);
  if (reason !== "blocked" || last === undefined || device === undefined) return [];
  // Of the packets that may be refused here those that fail for certain, unless they look different by now.
  const surely = last.after.intersect(failing.forget(["states", "ingressInterfaces", "egressInterfaces"]));
  return findNearMisses(device, last, surely.isEmpty ? last.after : surely);
}

function packetWitness(verdict: PathVerdict): Witness | undefined {
  const packet = verdict.failing.witness();
  const leg = decidingHop(verdict)?.leg ?? "first";
  return packet && { kind: "packet", leg, packet };
}

function explain(reason: RefutedReason, decision: Decision | undefined): string {
  if (decision === undefined) return reason;
  const rule = decision.ace === undefined ? `the default of ${decision.acl}` : decision.ace;
  return `${rule} decides: ${decision.disposition}`;
}

/** Share of the required packets that fails, 0 to 1, and 0 iff none does; requests are not counted, some fail or none. */
export function failingShare({ failing, required, request }: PathVerdict): number {
  const total = required.volume();
  if (request !== undefined || total === 0n) return 1;
  const share = Number((failing.volume() * 1_000_000n) / total) / 1_000_000;
  return failing.isEmpty ? 0 : Math.max(share, 0.000_001);
}
