/** Writes what the answers rest on: prerequisites, contradictions, assumptions, remarks, inputs and sources. */
import type { Analysis } from "../../model/analysis.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Contradiction } from "../../model/requirement.js";
import { formatSourceRef } from "../../model/source-ref.js";
import type { PrerequisiteResult } from "../../model/verdict.js";
import { contradictionOutcome } from "../contradiction-lines.js";
import { countFates, FATES } from "../coverage-lines.js";
import { unique } from "../group-verdicts.js";
import type { InputDigest } from "../input-digest.js";
import { folderOf, withoutFolder } from "../short-names.js";
import { citationText } from "./collect-data.js";
import { html, type Markup, NOTHING } from "./markup.js";
import { section, table } from "./section.js";

const OUTCOMES: readonly PrerequisiteResult["outcome"][] = ["not-met", "unchecked", "met"];
const OUTCOME_WORDS: Readonly<Record<PrerequisiteResult["outcome"], string>> = {
  "not-met": "not met",
  unchecked: "unchecked",
  met: "met",
};

export function prerequisiteSection({ prerequisites, topology }: Analysis): Markup {
  if (prerequisites.length === 0) return NOTHING;
  const folder = folderOf(topology);
  const ordered = OUTCOMES.flatMap((outcome) => prerequisites.filter((result) => result.outcome === outcome));
  const rows = ordered.map(
    ({ id, title, component, outcome, severity, explanation, at }) => html`<tr><td>${id}</td>
<td><span class="outcome ${outcome} ${severity}">${OUTCOME_WORDS[outcome]}${outcome === "not-met" && severity === "warning" ? " (warning)" : ""}</span></td>
<td class="name">${component ?? ""}</td><td>${title}: ${explanation}${at === undefined ? "" : ` (${withoutFolder(formatSourceRef(at), folder)})`}</td></tr>`,
  );
  return section(
    "prerequisites",
    "Prerequisites",
    table(["Id", "Answer", "Component", "What is asked, and what is known"], rows),
  );
}

/** Only the contradictions that something asked for rests on: the others have no bearing on the report. */
export function contradictionSection(analysis: Analysis): Markup {
  const { contradictions, verdicts } = analysis;
  const concerned = contradictions.filter(({ id }) =>
    verdicts.some(({ requirement }) => requirement.readings.includes(id)),
  );
  if (concerned.length === 0) return NOTHING;
  const told = (
    contradiction: Contradiction,
  ): Markup => html`<article><h3>${contradiction.id}: ${contradiction.title}</h3>
<ul>${contradiction.readings.map((reading) => html`<li>${reading}</li>`)}</ul>
<p><b>Treated as:</b> ${contradiction.treatedAs}</p>
<p><b>Here:</b> ${contradictionOutcome(contradiction, verdicts)}</p>
<p class="faint">${contradiction.citations.map(citationText).join("; ")}</p></article>`;
  return section("contradictions", "Where the source contradicts itself", html`${concerned.map(told)}`);
}

export function assumptionSection({ assumptions }: Analysis): Markup {
  if (assumptions.length === 0) return NOTHING;
  const items = assumptions.map((assumption) => html`<li class="name">${assumption}</li>`);
  return section("assumptions", "Taken for granted", html`<ul>${items}</ul>`);
}

const SEVERITIES: readonly Diagnostic["severity"][] = ["error", "warning", "info"];
const SHOWN_REMARKS = 500;

export function remarkSection({ diagnostics, topology }: Analysis): Markup {
  if (diagnostics.length === 0) return NOTHING;
  const folder = folderOf(topology);
  const ordered = SEVERITIES.flatMap((severity) => diagnostics.filter((remark) => remark.severity === severity));
  const hidden = ordered.length - SHOWN_REMARKS;
  const rows = ordered.slice(0, SHOWN_REMARKS).map(({ at, severity, message, help, code }) => {
    const where = withoutFolder(formatSourceRef(at), folder);
    return html`<tr><td>${severity}</td><td><a href="#exports" data-where="${where}">${where}</a></td>
<td>${message}${help === undefined ? "" : `. Help: ${help}`} <code>${code}</code></td></tr>`;
  });
  return section(
    "remarks",
    "Remarks on the inputs",
    html`${table(["Severity", "Place", "Remark"], rows)}${hidden > 0 ? html`<p>And ${hidden} more: see <code>flowproof prove --explain</code>.</p>` : NOTHING}`,
  );
}

export function appendixSection(analysis: Analysis, digests: readonly InputDigest[], version: string): Markup {
  const { topology, coverage } = analysis;
  const folder = folderOf(topology);
  const covered = new Map(coverage.map((file) => [file.file, file]));
  const rows = digests.map(({ file, sha256 }) => {
    const found = covered.get(file);
    const counts = found && countFates(found);
    return html`<tr><td class="name">${withoutFolder(file, folder)}</td><td>${found?.vendor ?? ""}</td>
${FATES.map((fate) => html`<td class="number">${counts?.[fate] ?? ""}</td>`)}<td><code class="digest">${sha256}</code></td></tr>`;
  });
  return section(
    "appendix",
    "Appendix",
    html`<h3>Inputs</h3>${table(["File", "Read as", ...FATES, "SHA-256"], rows)}
<h3>Sources of the requirements</h3><ul>${citationsOf(analysis).map((citation) => html`<li>${citation}</li>`)}</ul>
<p class="faint">Made by flowproof ${version}. The same inputs give the same bytes.</p>`,
  );
}

function citationsOf({ verdicts, prerequisites, catalogues }: Analysis): string[] {
  const asked = new Set(prerequisites.map(({ id }) => id));
  const demanded = catalogues.flatMap((catalogue) => catalogue.prerequisites.filter(({ id }) => asked.has(id)));
  const requirements = unique(verdicts.map(({ requirement }) => requirement));
  return unique([...requirements, ...demanded].flatMap(({ citations }) => citations.map(citationText))).sort();
}
