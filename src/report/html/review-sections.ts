/** Writes what a review board decides about: changes to propose, and what the audit found in the exports. */
import type { Repair } from "../../model/allow-analysis.js";
import type { Analysis } from "../../model/analysis.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Evidence } from "../../model/finding.js";
import type { Review } from "../../model/review.js";
import { type Cause, type CheckGroup, countsText, groupByCheck, othersText } from "../audit-words.js";
import { maskSecrets } from "../mask-secrets.js";
import { packetText } from "../packet-text.js";
import { folderOf, shortList, withoutFolder } from "../short-names.js";
import { counted } from "../summary.js";
import { unifiedDiff } from "../unified-diff.js";
import { html, type Markup, NOTHING } from "./markup.js";
import { placeLink, quotedPlace } from "./place.js";
import { section } from "./section.js";

const SHOWN_FINDINGS = 40;
const SHOWN_UNREPAIRED = 40;
const SHOWN_REQUIREMENTS = 12;

/** The changes that were proved to let through what is required and nothing else; nothing where all is proved. */
export function repairSection({ analysis, repair }: Review): Markup {
  if (analysis.verdicts.every(({ kind }) => kind === "proved")) return NOTHING;
  if (repair === undefined)
    return section(
      "changes",
      "Proposed changes",
      html`<p>Left out: <code>flowproof report --repairs</code> makes them.</p>`,
    );
  const { repairs, diagnostics } = repair;
  const unrepaired = diagnostics.filter(({ severity }) => severity === "error");
  const opened = diagnostics.filter(({ severity }) => severity !== "error");
  return section(
    "changes",
    "Proposed changes",
    html`${repairs.length === 0 ? html`<p>No added rule repairs anything.</p>` : html`<p>Each was put into its export, read back and proved: what the requirements lack is accepted then, and no other packet fares differently${opened.length > 0 ? ", but for what is told below" : ""}.</p>`}
${repairs.map((repair, index) => repairArticle(repair, index, folderOf(analysis.topology)))}
${toldUnder("What they open besides", opened, analysis)}${toldUnder("What stays unproved", unrepaired, analysis)}`,
  );
}

function toldUnder(title: string, diagnostics: readonly Diagnostic[], analysis: Analysis): Markup {
  if (diagnostics.length === 0) return NOTHING;
  const hidden = diagnostics.length - SHOWN_UNREPAIRED;
  const items = diagnostics
    .slice(0, SHOWN_UNREPAIRED)
    .map(
      ({ message, help, at }) =>
        html`<li>${message}${help === undefined ? "" : ` (${help})`} ${placeLink(at, analysis)}</li>`,
    );
  return html`<h3>${title}</h3><ul class="name">${items}</ul>${hidden > 0 ? html`<p>And ${hidden} more.</p>` : NOTHING}`;
}

function repairArticle(repair: Repair, index: number, folder: string): Markup {
  const { device, before, after, commands, requirements } = repair;
  const file = withoutFolder(repair.file, folder);
  const diff = [`--- ${file}`, `+++ ${file}`, ...unifiedDiff(before, after)].map(maskSecrets);
  return html`<article id="change-${index}"><h3>${device}: for ${shortList(requirements, SHOWN_REQUIREMENTS)}</h3>
<p>${counted(commands.length, "command")} for the device:</p>
<pre class="quote"><code>${commands.map(maskSecrets).join("\n")}</code></pre>
<details><summary>The same as a change of <span class="name">${file}</span></summary>
<pre class="quote diff"><code>${diff.map(diffLine)}</code></pre></details></article>`;
}

function diffLine(line: string): Markup {
  const kind = /^[-+](?![-+]{2})/.test(line) ? (line.startsWith("+") ? "added" : "removed") : "faint";
  return html`<span class="${kind}">${line}</span>`;
}

/** What the checks found, by check, the gravest first. */
export function auditSection({ analysis, audit }: Review): Markup {
  if (audit === undefined) {
    if (analysis.topology.devices.every(({ exports }) => exports.length === 0)) return NOTHING;
    return section(
      "audit",
      "Audit of the exports",
      html`<p>Left out: <code>flowproof report --audit</code> makes it.</p>`,
    );
  }
  const incomplete = audit.isIncomplete
    ? html` Some checks did not finish or have nothing to say about a format, see <code>flowproof audit</code>.`
    : NOTHING;
  return section(
    "audit",
    "Audit of the exports",
    html`<p>${sentence(countsText(audit.findings))}.${incomplete}</p>
${groupByCheck(audit, SHOWN_FINDINGS).map((group) => checkPart(group, analysis))}`,
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function checkPart({ check, findings, told, hidden }: CheckGroup, analysis: Analysis): Markup {
  const isGrave = findings.some(({ severity }) => severity === "error");
  return html`<details class="check${isGrave ? " grave" : ""}"><summary><b>${sentence(check.title)}</b> <span class="faint">${check.id}: ${countsText(findings)}</span></summary>
<ul>${told.map((cause) => causeItem(cause, analysis))}</ul>
${hidden > 0 ? html`<p>And ${hidden} more: <code>flowproof audit --check ${check.id}</code> lists them.</p>` : NOTHING}</details>`;
}

function causeItem(cause: Cause, analysis: Analysis): Markup {
  const { severity, message, subject, evidence, packets, witness, help } = cause.finding;
  const others = othersText(cause);
  return html`<li><p><span class="severity ${severity}">${severity}</span> <span class="name">${message}</span></p>
${quotedPlace(subject, analysis)}
${evidence.map((one) => evidenceText(one, analysis))}
${packets.length === 0 ? NOTHING : html`<p class="name">Packets: ${shortList(packets, 4)}</p>`}
${witness === undefined ? NOTHING : html`<p class="name">For example ${packetText(witness)}</p>`}
<p>What to do: ${help}.</p>
${others === "" ? NOTHING : html`<p>${sentence(others)}.</p>`}</li>`;
}

function evidenceText({ at, note }: Evidence, analysis: Analysis): Markup {
  return html`<p class="name faint">${note}:</p>${quotedPlace(at, analysis)}`;
}
