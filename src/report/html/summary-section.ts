/** Writes the head of the page: what came out, and what to look at first. */
import type { Repair } from "../../model/allow-analysis.js";
import type { Analysis } from "../../model/analysis.js";
import type { Review } from "../../model/review.js";
import type { Verdict } from "../../model/verdict.js";
import { countFates, FATES } from "../coverage-lines.js";
import { unique } from "../group-verdicts.js";
import { shortList } from "../short-names.js";
import { counted, summarize, summaryText } from "../summary.js";
import { html, type Markup, NOTHING } from "./markup.js";
import { quotedPlace } from "./place.js";
import { findStoppers, type Stopper } from "./stoppers.js";

const SHOWN_STOPPERS = 40;

/** The totals as large numbers, each filtering the table below. */
export function summarySection(review: Review): Markup {
  const { analysis } = review;
  const summary = summarize(analysis);
  const tiles = (["proved", "refuted", "undecided"] as const).map(
    (kind) =>
      html`<li class="tile ${kind}"><a href="#flows" data-verdict="${kind}"><b>${summary.verdicts[kind]}</b> ${kind}</a></li>`,
  );
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">Summary</h2>
<p>${summaryText(summary)}.</p>
<ul class="tiles">${tiles}</ul>
<p>${coverageText(analysis)}</p>
${stopperList(review)}
</section>`;
}

function coverageText({ coverage }: Analysis): string {
  const totals = { modelled: 0, harmless: 0, approximated: 0, rejected: 0 };
  for (const counts of coverage.map(countFates)) for (const fate of FATES) totals[fate] += counts[fate];
  const all = FATES.reduce((sum, fate) => sum + totals[fate], 0);
  const files = counted(coverage.length, "export");
  const told = FATES.map((fate) => `${totals[fate]} ${fate}`).join(", ");
  return `${files} read, ${counted(all, "line")} that say something: ${told}.`;
}

function stopperList(review: Review): Markup {
  const { analysis } = review;
  const stoppers = findStoppers(analysis);
  if (stoppers.length === 0)
    return html`<p class="proved-text">Nothing stops a required flow, and nothing is in doubt.</p>`;
  const hidden = stoppers.length - SHOWN_STOPPERS;
  return html`<h3>What stops flows</h3>
<ol class="stoppers">${stoppers.slice(0, SHOWN_STOPPERS).map((stopper) => stopperItem(stopper, review))}</ol>
${hidden > 0 ? html`<p>And ${counted(hidden, "more place")}: see the table.</p>` : NOTHING}`;
}

function stopperItem({ verdict, at, flows }: Stopper, { analysis, repair }: Review): Markup {
  const verdicts = flows.map((flow) => analysis.verdicts[flow] as Verdict);
  const [first] = verdicts as [Verdict];
  const requirements = unique(verdicts.map(({ requirement }) => requirement.id));
  const ends = shortList(unique(verdicts.map(({ from, to }) => `${from || "nobody"} → ${to || "nobody"}`)), 3);
  return html`<li><p><span class="verdict ${verdict}">${verdict}</span> <a href="#flow-${flows[0] ?? 0}">${shortList(requirements, 6)}</a> <span class="name">${ends}</span></p>
${at === undefined ? explanationOf(first) : html`<p>${verdict === "refuted" ? "Stopped by" : "Depends on"}:</p>${quotedPlace(at, analysis)}`}
${remedyOf(first, analysis)}
${changeLinks(repair?.repairs ?? [], requirements, at?.file)}</li>`;
}

/** Leads to the changes for these requirements: that of the file that decides, where there is one. */
function changeLinks(repairs: readonly Repair[], requirements: readonly string[], file: string | undefined): Markup {
  const fit = repairs
    .map((repair, index) => ({ repair, index }))
    .filter(({ repair }) => repair.requirements.some((id) => requirements.includes(id)));
  const own = fit.filter(({ repair }) => repair.file === file);
  const shown = own.length > 0 ? own : fit;
  if (shown.length === 0) return NOTHING;
  const links = shown.map(({ repair, index }) => html`<a href="#change-${index}">${changeText(repair)}</a>`);
  return html`<p>What to change: ${links}</p>`;
}

function changeText({ device, commands }: Repair): string {
  return `${counted(commands.length, "command")} for ${device}`;
}

function explanationOf(verdict: Verdict): Markup {
  return verdict.kind === "proved" ? NOTHING : html`<p>${verdict.explanation}</p>`;
}

/** The best near miss: the line to change, and what about it. */
function remedyOf(verdict: Verdict, analysis: Analysis): Markup {
  const miss = verdict.kind === "refuted" ? verdict.nearMisses[0] : undefined;
  if (miss === undefined) return NOTHING;
  return html`<p>Look at <span class="name">${miss.ace}</span>: ${miss.difference}.</p>${quotedPlace(miss.at, analysis)}`;
}
