/** Compares what the kernel did with packets with what the evaluator says of them. */
import { type FlowEvaluation, type PreparedEvaluation, prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { formatAddress } from "../../src/model/address.js";
import type { Packet, Probe } from "../../src/model/flow.js";
import type { ConnectionState } from "../../src/model/matches.js";
import type { KernelAnswer, Observation } from "./kernel-lab.js";
import { sideOf } from "./kernel-packets.js";
import type { Trial } from "./kernel-trials.js";

/** How many packets there were, and how many of them stayed undecided. */
export interface Share {
  asked: number;
  undecided: number;
}

/** What came of many trials. */
export interface Tally {
  ruleSets: number;
  readonly all: Share;
  /** The packets of rule sets without an approximated line. */
  readonly modelled: Share;
  /** Packets whose end was compared: addresses and ports as they left. */
  ends: number;
  readonly refused: string[];
  readonly disagreements: string[];
  /** How often each condition left a packet undecided. */
  readonly doubts: Map<string, number>;
}

export function emptyTally(): Tally {
  const share = (): Share => ({ asked: 0, undecided: 0 });
  return { ruleSets: 0, all: share(), modelled: share(), ends: 0, refused: [], disagreements: [], doubts: new Map() };
}

/** Adds one trial with its answer to the tally. */
export function judgeTrial(trial: Trial, answer: KernelAnswer, tally: Tally): void {
  tally.ruleSets++;
  if ("refused" in answer) {
    tally.refused.push(answer.refused);
    return;
  }
  const evaluation = prepareEvaluation(trial.device);
  const shares = trial.isModelled ? [tally.all, tally.modelled] : [tally.all];
  trial.asked.packets.forEach(({ packet }, index) => {
    const seen = answer.observations[index] as Observation;
    const problem = compare(evaluation, packet, seen, shares, tally);
    if (problem === undefined) return;
    const shown = { ...packet, source: formatAddress(packet.source), destination: formatAddress(packet.destination) };
    tally.disagreements.push(
      `${problem}\n${JSON.stringify(shown)}\n${JSON.stringify(seen)}\n${Object.values(trial.files).join("\n")}`,
    );
  });
}

/** Text such as `80 rule sets, 0 refused, 26000 packets, …`, with what is most often open. */
export function describeTally({ ruleSets, refused, all, modelled, ends, doubts }: Tally): string {
  const percent = ({ asked, undecided }: Share): string => `${((100 * undecided) / Math.max(asked, 1)).toFixed(2)} %`;
  const open = [...doubts].sort((a, b) => b[1] - a[1]).map(([doubt, count]) => `${doubt} ${count}`);
  return [
    `${ruleSets} rule sets, ${refused.length} refused, ${all.asked} packets, ${ends} ends compared`,
    `${percent(all)} undecided, ${percent(modelled)} of the ${modelled.asked} where every match is modelled`,
    ...(open.length === 0 ? [] : [`open: ${open.slice(0, 5).join(", ")}`]),
  ].join("; ");
}

/** The probes that an observed packet may have been: where rules stopped it before routing, both ways are asked. */
function probesOf(packet: Packet, { state, hook, egress }: Observation): Probe[] {
  const known = { ...packet, state: (state ?? "untracked") as ConnectionState };
  if (hook === "input") return [{ direction: "input", packet: known }];
  if (hook === "output") return [{ direction: "output", packet: { ...known, egressInterface: egress ?? "" } }];
  if (hook === "forward") return [{ direction: "forward", packet: { ...known, egressInterface: egress ?? "" } }];
  const side = sideOf(packet.destination);
  return [
    { direction: "input", packet: known },
    { direction: "forward", packet: { ...known, egressInterface: side ?? "eth0" } },
  ];
}

function compare(
  evaluation: PreparedEvaluation,
  packet: Packet,
  seen: Observation,
  shares: readonly Share[],
  tally: Tally,
): string | undefined {
  // routing, and not a rule, dropped what no chain saw after it had been let through
  if (seen.state === undefined || (seen.isRouted && seen.hook === undefined)) return undefined;
  const answers = probesOf(packet, seen).map((probe) => evaluation.evaluate(probe));
  const [answer] = answers as [FlowEvaluation];
  for (const share of shares) share.asked++;
  const passed = seen.left !== undefined;
  if (answers.every(({ verdict }) => verdict !== "undecided" && (verdict === "accept") !== passed)) {
    return `${answer.verdict}, kernel ${passed ? "passes" : "stops"} it`;
  }
  if (answer.verdict === "undecided") {
    for (const share of shares) share.undecided++;
    for (const { condition } of answer.doubts) tally.doubts.set(condition, (tally.doubts.get(condition) ?? 0) + 1);
  } else if (passed) return differentEnd(answer.ends, seen.left, tally);
  return undefined;
}

/** Where it is open how a packet is translated, it has to leave in one of the ways. */
function differentEnd(
  ends: readonly Packet[],
  [source, destination, first, second]: NonNullable<Observation["left"]>,
  tally: Tally,
): string | undefined {
  tally.ends++;
  const hasPorts = ends[0]?.sourcePort !== undefined;
  const theirs = (hasPorts ? [source, destination, first, second] : [source, destination]).join();
  const ours = ends.map((end) => {
    const ports = hasPorts ? [end.sourcePort, end.destinationPort] : [];
    // of any address we are told the first, which no packet has
    const sender = end.source.every((word) => word === 0) ? source : formatAddress(end.source);
    return [sender, formatAddress(end.destination), ...ports].join();
  });
  return ours.includes(theirs) ? undefined : `leaves as ${ours.join(" or ")}, from the kernel as ${theirs}`;
}
