/** Turns an analysis into the data of the page. */
import { flowRoutes } from "../../diagram/flow-route.js";
import type { Places } from "../../diagram/places.js";
import { walkFlow } from "../../diagram/walk-flow.js";
import type { Analysis } from "../../model/analysis.js";
import type { Citation, FlowRequirement } from "../../model/requirement.js";
import type { Review } from "../../model/review.js";
import { formatSourceRef, type SourceRef } from "../../model/source-ref.js";
import type { Decision, Doubt, Hop, NearMiss, PathDescription, Verdict } from "../../model/verdict.js";
import { pathKinds, servicesOf } from "../group-verdicts.js";
import { decisionText, pathText, weightiest } from "../hop-lines.js";
import { maskSecrets } from "../mask-secrets.js";
import { legText, witnessText } from "../packet-text.js";
import { lineAt } from "../quote-line.js";
import { folderOf, withoutFolder } from "../short-names.js";
import { shareText } from "../verdict-details.js";
import {
  FATE_LETTERS,
  type PageData,
  type PageDecision,
  type PageFile,
  type PageFlow,
  type PageHop,
  type PageNode,
  type PagePath,
  type PagePlace,
  type PageRequirement,
} from "./page-data.js";
import { Pool } from "./pool.js";

/** Everything the page's script shows beside a picture of these places. */
export function collectData(review: Review, places: Places): PageData {
  return new Collector(review, places).collect();
}

/** E.g. "Site Recovery components, Ports (outbound only)". */
export function citationText({ document, section, note }: Citation): string {
  return `${document}, ${section}${note === undefined ? "" : ` (${note})`}`;
}

class Collector {
  readonly #review: Review;
  readonly #analysis: Analysis;
  readonly #folder: string;
  readonly #texts = new Pool<string>();
  readonly #decisions = new Pool<PageDecision>();
  readonly #hops = new Pool<PageHop>();
  readonly #nodes = new Pool<string>();
  readonly #requirements: PageRequirement[] = [];
  readonly #requirementAt = new Map<FlowRequirement, number>();
  readonly #fileAt: ReadonlyMap<string, number>;
  readonly #places: Places;

  constructor(review: Review, places: Places) {
    const { analysis } = review;
    this.#review = review;
    this.#analysis = analysis;
    this.#folder = folderOf(analysis.topology);
    const names = [...new Set([...analysis.coverage.map(({ file }) => file), analysis.topology.file])];
    this.#fileAt = new Map(names.map((name, position) => [name, position]));
    this.#places = places;
  }

  collect(): PageData {
    const { verdicts, coverage } = this.#analysis;
    const flows = verdicts.map((verdict) => this.#flow(verdict));
    const files = [...this.#fileAt.keys()].map((name) => this.#file(name, coverage));
    for (const { id } of this.#places.nodes) this.#nodes.add(id);
    const nodes = this.#nodes.values.map((id) => this.#node(id));
    const { values: texts } = this.#texts;
    return {
      texts,
      requirements: this.#requirements,
      decisions: this.#decisions.values,
      hops: this.#hops.values,
      flows,
      files,
      changes: (this.#review.repair?.repairs ?? []).map(({ device, requirements }) => ({ device, requirements })),
      nodes,
    };
  }

  #node(id: string): PageNode {
    const { groupOf, nodesOfDevice, foldOf } = this.#places;
    const isHere = (node: string): boolean => !node.startsWith("component:") && foldOf(node) === id;
    const devices = [...nodesOfDevice].filter(([, nodes]) => nodes.some(isHere)).map(([name]) => name);
    const group = [...groupOf.values()].find((one) => one.id === id);
    return { id, components: (group?.members ?? []).map(({ name }) => name), devices };
  }

  #flow(verdict: Verdict): PageFlow {
    const { from, to, kind, assumptions } = verdict;
    const walks = flowRoutes(verdict).map((route) => walkFlow(route, this.#places).nodes);
    return {
      requirement: this.#requirement(verdict),
      from,
      to,
      verdict: kind,
      over: pathKinds(verdict),
      ...this.#grounds(verdict),
      assumptions: assumptions.map((text) => this.#texts.add(text)),
      walks: walks.map((nodes) => nodes.map((node) => this.#nodes.add(node))),
    };
  }

  #grounds(
    verdict: Verdict,
  ): Omit<PageFlow, "requirement" | "from" | "to" | "verdict" | "over" | "assumptions" | "walks"> {
    const none = { explanation: "", nearMisses: [], doubts: [], failing: [], share: "" };
    if (verdict.kind === "proved")
      return { ...none, paths: verdict.paths.map(({ path, hops }) => this.#path(path, hops)) };
    const { explanation, path, hops } = verdict;
    const told = { ...none, explanation, paths: path === undefined ? [] : [this.#path(path, hops)] };
    if (verdict.kind === "undecided") return { ...told, doubts: verdict.because.map((doubt) => this.#doubt(doubt)) };
    const { witness, decidedBy, nearMisses, failing, failingShare } = verdict;
    return {
      ...told,
      ...(witness && { witness: witnessText(witness) }),
      ...(decidedBy && { decidedBy: this.#decision(decidedBy) }),
      nearMisses: nearMisses.map((miss) => this.#nearMiss(miss)),
      failing,
      share: shareText(failingShare),
    };
  }

  #requirement(verdict: Verdict): number {
    const { requirement } = verdict;
    const known = this.#requirementAt.get(requirement);
    if (known !== undefined) return known;
    const { id, title, purpose, expect, citations } = requirement;
    const services = servicesOf(verdict);
    const told = { id, title, services, forbids: expect === "deny", purpose, citations: citations.map(citationText) };
    const position = this.#requirements.push(told) - 1;
    this.#requirementAt.set(requirement, position);
    return position;
  }

  #path(path: PathDescription, hops: readonly Hop[]): PagePath {
    return { text: pathText(path), hops: hops.map((hop) => this.#hop(hop)) };
  }

  #hop(hop: Hop): number {
    const { device, leg, disposition, decisions } = hop;
    // Later packets are those of the first hop but for their state: to say them again costs as much as the rest.
    const [before, after] = leg === "later" && disposition === "accept" ? ["", ""] : [hop.before, hop.after];
    const told = (list: readonly Decision[]): number[] => list.map((decision) => this.#decision(decision));
    const answer = { counts: told(weightiest(decisions)), decisions: told(decisions) };
    return this.#hops.add({ device, leg: legText(leg), disposition, ...answer, before, after });
  }

  #decision(decision: Decision): number {
    return this.#decisions.add({ text: decisionText(decision), place: this.#place(decision.at) });
  }

  #nearMiss({ ace, difference, at }: NearMiss): number {
    return this.#decisions.add({ text: `${ace}: ${difference}`, place: this.#place(at) });
  }

  #doubt({ condition, at }: Doubt): number {
    return this.#decisions.add({ text: condition, place: this.#place(at) });
  }

  #place(at: SourceRef): PagePlace {
    const file = this.#fileAt.get(at.file);
    const quote = lineAt(at, this.#analysis.sources);
    const whole = this.#analysis.sources.get(at.file)?.[at.line - 1];
    const isPlain = file !== undefined && quote === maskSecrets(whole ?? "").trim();
    return {
      where: withoutFolder(formatSourceRef(at), this.#folder),
      ...(file !== undefined && { file }),
      line: at.line,
      ...(!isPlain && quote !== undefined && { quote }),
    };
  }

  #file(name: string, coverage: Analysis["coverage"]): PageFile {
    const lines = (this.#analysis.sources.get(name) ?? []).map(maskSecrets);
    if (lines.at(-1) === "") lines.pop();
    const covered = coverage.filter(({ file }) => file === name);
    const accounts = new Map(covered.flatMap((file) => file.lines).map((account) => [account.line, account]));
    const told = lines.map((_, index) => accounts.get(index + 1));
    return {
      name: withoutFolder(name, this.#folder),
      vendor: covered[0]?.vendor ?? "topology",
      lines,
      fates: told.map((account) => (account === undefined ? " " : FATE_LETTERS[account.fate])).join(""),
      notes: told.map((account) => this.#texts.add(account?.note ?? "")),
      findings: this.#findings(name),
    };
  }

  #findings(name: string): PageFile["findings"] {
    const found: Record<number, number[]> = {};
    for (const { subject, check, severity, message } of this.#review.audit?.findings ?? []) {
      if (subject.file !== name) continue;
      found[subject.line] = [...(found[subject.line] ?? []), this.#texts.add(`${severity}: ${message} (${check})`)];
    }
    return found;
  }
}
