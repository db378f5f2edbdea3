/** Writes an analysis as one HTML file that asks nothing of any network: what a review board opens. */
import { overviewOf } from "../../diagram/overview.js";
import { drawPicture, SVG_STYLE } from "../../diagram/svg.js";
import type { Review } from "../../model/review.js";
import type { InputDigest } from "../input-digest.js";
import {
  appendixSection,
  assumptionSection,
  contradictionSection,
  prerequisiteSection,
  remarkSection,
} from "./closing-sections.js";
import { collectData } from "./collect-data.js";
import { filterForm } from "./filter-form.js";
import { html, type Markup, trusted } from "./markup.js";
import { embedData, type PageData } from "./page-data.js";
import { auditSection, repairSection } from "./review-sections.js";
import { summarySection } from "./summary-section.js";

/** What the page needs and an analysis does not hold. */
export interface PageMaterials {
  readonly version: string;
  readonly digests: readonly InputDigest[];
  /** The page's own script and style sheet. */
  readonly script: string;
  readonly style: string;
  /** SHA-256 of a text in Base64, for the page's content security policy. */
  readonly sha256: (text: string) => string;
}

/** The whole file; the same analysis and materials give the same bytes. */
export async function reportHtml(review: Review, materials: PageMaterials): Promise<string> {
  const { analysis } = review;
  const { diagram, places } = overviewOf(analysis);
  const picture = await drawPicture(diagram, "");
  const { title } = analysis.topology;
  const data = collectData(review, places);
  const style = `${materials.style}${SVG_STYLE}`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(style, materials)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}: flowproof report</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#flows">To the flows</a>
<header><h1>${title}</h1>${navigation(review)}</header>
<main>
${summarySection(review)}
${flowSections(data, picture)}
${repairSection(review)}
${auditSection(review)}
${prerequisiteSection(analysis)}
${contradictionSection(analysis)}
${assumptionSection(analysis)}
${remarkSection(analysis)}
${appendixSection(analysis, materials.digests, materials.version)}
</main>
<script type="application/json" id="data">${trusted(embedData(data))}</script>
<script>${trusted(materials.script)}</script>
</body>
</html>
`;
  return document.html;
}

function policyFor(style: string, { script, sha256 }: PageMaterials): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${sha256(script)}'`,
    `style-src 'sha256-${sha256(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function navigation({ analysis, audit }: Review): Markup {
  const { prerequisites, assumptions, diagnostics, verdicts } = analysis;
  const links: readonly (readonly [string, string, boolean])[] = [
    ["summary", "Summary", true],
    ["diagram", "Picture", true],
    ["flows", "Flows", true],
    ["exports", "Exports", true],
    ["changes", "Changes", verdicts.some(({ kind }) => kind !== "proved")],
    ["audit", "Audit", audit !== undefined],
    ["prerequisites", "Prerequisites", prerequisites.length > 0],
    ["assumptions", "Assumptions", assumptions.length > 0],
    ["remarks", "Remarks", diagnostics.length > 0],
    ["appendix", "Appendix", true],
  ];
  const shown = links.filter(([, , isThere]) => isThere);
  return html`<nav aria-label="Parts of the report"><ul>${shown.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>`;
}

function flowSections(data: PageData, picture: string): Markup {
  return html`${filterForm(data)}
<section id="diagram" aria-labelledby="diagram-title">
<h2 id="diagram-title">Picture</h2>
<p class="hint">Choose where a flow begins, then where it ends: its path and every answer on it appear below. Drag or use the arrow keys to move; Ctrl and the wheel, + and −, or the buttons zoom.</p>
<div class="zoom"><button type="button" data-zoom="1.25">Larger</button> <button type="button" data-zoom="0.8">Smaller</button> <button type="button" data-zoom="0">Whole picture</button> <button type="button" id="unpick">Choose again</button></div>
<div id="picture">${trusted(picture)}</div>
<div id="answer" aria-live="polite"></div>
</section>
<section id="flows" aria-labelledby="flows-title">
<h2 id="flows-title">Flows</h2>
<p id="count" role="status"></p>
<noscript><p>The table of flows, their evidence and the exports need this page's own script.</p></noscript>
<div class="wide" tabindex="0" role="group" aria-label="Table of flows, scrolls sideways"><table id="flow-table"></table></div>
<p><button type="button" id="more" hidden>Show more</button></p>
</section>
<section id="exports" aria-labelledby="exports-title">
<h2 id="exports-title">Exports, line by line</h2>
<p><label>File <select id="file"></select></label> <label>Lines <select id="only"><option value="">all</option><option value="remarked">that stop flows or were found by the audit</option><option value="doubtful">not fully understood</option></select></label></p>
<p id="file-summary" role="status"></p>
<div id="lines" tabindex="0" role="list" aria-label="Lines of the export"></div>
<div id="line-remarks" aria-live="polite"></div>
</section>`;
}
