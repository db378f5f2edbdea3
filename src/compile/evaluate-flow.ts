/**
 * The slow, obvious evaluator: what a device does with one packet, straight over the model and without packet sets. It is
 * the yardstick that the packet-set engine is held to, and what answers about single packets.
 *
 *     const evaluation = prepareEvaluation(device);
 *     evaluation.evaluate({ direction: "forward", packet }).verdict;    // accept | drop | reject | undecided
 *
 * It sees one packet and no history: a packet of a known connection is not translated, because the translation was chosen
 * for the first packet.
 */
import type { Device, Stage } from "../model/device.js";
import type { Packet, Probe } from "../model/flow.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Decision, Disposition, Doubt } from "../model/verdict.js";
import { type AceChooser, AclEvaluation, askAll, type Ending, type PreparedAcl, prepareAcl } from "./evaluate-acl.js";
import { MatchReader } from "./evaluate-match.js";
import { packetOf, reroute, type Traveller, translate, travellerOf } from "./evaluate-packet.js";
import type { CompileOptions } from "./resolve-sets.js";

export interface FlowEvaluation {
  /** Everything that may happen, each once, in the order it was found. */
  readonly outcomes: readonly Disposition[];
  /** `undecided` iff the packet may be accepted and may be stopped. */
  readonly verdict: Disposition | "undecided";
  /** One entry for each stage that was reached, as far as the possible ways agree. */
  readonly decisions: readonly Decision[];
  /** What would decide; empty iff one outcome is certain. */
  readonly doubts: readonly Doubt[];
  /** The packet as it leaves or as it was stopped; a field with several possible values has the first of them. */
  readonly after: Packet;
  /** The packets as which it may be accepted: more than one where it is open how it is translated. */
  readonly ends: readonly Packet[];
}

/** A device made ready for many packets. */
export interface PreparedEvaluation {
  evaluate(probe: Probe): FlowEvaluation;
}

/** With `chooseAces`, only the aces it chooses are asked. */
export function prepareEvaluation(
  device: Device,
  options: CompileOptions = {},
  chooseAces: AceChooser = askAll,
): PreparedEvaluation {
  const reader = new MatchReader(device.sets, options);
  const acls = new Map(device.acls.map((acl) => [acl.name, prepareAcl(acl, reader, chooseAces)]));
  return { evaluate: (probe) => summarize(followStages(device, acls, probe)) };
}

/** What a device does with one packet. Preparing pays from the second packet on. */
export function evaluateFlow(device: Device, probe: Probe, options: CompileOptions = {}): FlowEvaluation {
  return prepareEvaluation(device, options).evaluate(probe);
}

/** A way through the stages. */
interface Way {
  readonly traveller: Traveller;
  readonly translated: readonly string[];
  readonly decisions: readonly Decision[];
  readonly doubts: readonly Doubt[];
  readonly disposition: Disposition;
}

function followStages(device: Device, acls: ReadonlyMap<string, PreparedAcl>, { direction, packet }: Probe): Way[] {
  const at: SourceRef = { file: device.acls[0]?.at.file ?? device.name, line: 1 };
  const stopped: Way[] = [];
  let ways: Way[] = [
    { traveller: { ...travellerOf(packet), tag: 0 }, translated: [], decisions: [], doubts: [], disposition: "accept" },
  ];
  for (const stage of device.stages[direction]) {
    const next: Way[] = [];
    for (const way of ways) {
      if (stage.kind === "nat" && !isTranslatable(device, stage, way)) {
        next.push(way);
        continue;
      }
      for (const ending of new AclEvaluation(acls).run(stage.acl, at, way.traveller)) {
        const end = goOn(device, stage, way, ending);
        (end.disposition === "accept" ? next : stopped).push(end);
      }
    }
    ways = next;
  }
  return [...stopped, ...ways];
}

function isTranslatable({ tracking }: Device, { translates }: Stage, { traveller, translated }: Way): boolean {
  if (tracking !== "explicit") return true;
  if (translates !== undefined && translated.includes(translates)) return false;
  return traveller.state === "new" || traveller.state === "related";
}

function goOn(device: Device, { hook, routesAnew }: Stage, way: Way, ending: Ending): Way {
  const { traveller, outcome, acl, ace, passesBy, at, doubts } = ending;
  const disposition = outcome.kind === "translate" ? "accept" : outcome.kind;
  const decision: Decision = { hook, acl, ...(ace === undefined ? {} : { ace }), disposition, at };
  const on = {
    decisions: passesBy ? way.decisions : [...way.decisions, decision],
    doubts: [...way.doubts, ...doubts],
    disposition,
  };
  if (outcome.kind !== "translate" || way.translated.includes(outcome.translation.side)) {
    return { ...way, ...on, traveller };
  }
  const { translation } = outcome;
  const translated = translate(traveller, translation, device.interfaces, at);
  const isSentAnew = routesAnew === true && translation.side === "destination";
  return {
    ...on,
    traveller: isSentAnew ? reroute(translated, at) : translated,
    translated: [...way.translated, translation.side],
  };
}

function summarize(ways: readonly Way[]): FlowEvaluation {
  const outcomes = [...new Set(ways.map((way) => way.disposition))];
  const isUndecided = outcomes.length > 1 && outcomes.includes("accept");
  const shown = isUndecided ? undefined : (ways.find((way) => way.doubts.length === 0) ?? ways[0]);
  return {
    outcomes,
    verdict: shown === undefined ? "undecided" : shown.disposition,
    decisions: shown?.decisions ?? sharedDecisions(ways),
    doubts: outcomes.length === 1 ? [] : distinct(ways.flatMap((way) => way.doubts)),
    after: packetOf((shown ?? ways[0]).traveller),
    ends: ways.filter((way) => way.disposition === "accept").map((way) => packetOf(way.traveller)),
  };
}

function sharedDecisions(ways: readonly Way[]): readonly Decision[] {
  const [first, ...others] = ways.map((way) => way.decisions);
  const differs = first.findIndex((decision, i) =>
    others.some(
      (list) => list[i] === undefined || list[i].at !== decision.at || list[i].disposition !== decision.disposition,
    ),
  );
  return differs < 0 ? first : first.slice(0, differs);
}

function distinct(doubts: readonly Doubt[]): Doubt[] {
  const byText = new Map(doubts.map((doubt) => [`${doubt.condition} ${doubt.at.file} ${doubt.at.line}`, doubt]));
  return [...byText.values()];
}
