/** Turns an analysis into Markdown with a Mermaid picture, for pull requests. */
import { drawMermaid } from "../diagram/mermaid.js";
import { overviewDiagram } from "../diagram/overview.js";
import type { Analysis } from "../model/analysis.js";
import type { Review } from "../model/review.js";
import type { PrerequisiteResult, Verdict } from "../model/verdict.js";
import { contradictionOutcome } from "./contradiction-lines.js";
import { countFates, FATES } from "./coverage-lines.js";
import { decidingLines, groupVerdicts, pathKinds, servicesOf, unique, type VerdictGroup } from "./group-verdicts.js";
import { pathText } from "./hop-lines.js";
import type { InputDigest } from "./input-digest.js";
import { placeText } from "./markdown-place.js";
import { auditLines, changeLines } from "./markdown-review.js";
import { code, markdownTable, prose } from "./markdown-text.js";
import { witnessText } from "./packet-text.js";
import { folderOf, shortList, withoutFolder } from "./short-names.js";
import { summarize, summaryText } from "./summary.js";

/** What GitHub draws of a Mermaid picture: beyond either number it shows an error instead. */
const MERMAID_LIMITS = { edges: 500, characters: 50_000 } as const;
const SHOWN_GROUPS = 200;

const MARKS: Readonly<Record<Verdict["kind"], string>> = { proved: "✅", refuted: "❌", undecided: "❔" };

/** The report: totals, picture, what stops flows, every flow, and what the answers rest on. */
export function reportMarkdown({ analysis, audit, repair }: Review, digests: readonly InputDigest[]): string {
  const groups = groupVerdicts(analysis.verdicts, false);
  const open = groups.filter(({ first }) => first.kind !== "proved");
  const lines = [
    `# ${prose(analysis.topology.title)}`,
    "",
    `**${summaryText(summarize(analysis))}.**`,
    ...picture(analysis),
    ...part(
      "What stops flows",
      open.slice(0, SHOWN_GROUPS).flatMap((group) => groundsOf(group, analysis)),
    ),
    ...part("Proposed changes", repair === undefined ? [] : changeLines(repair)),
    ...part("Audit", audit === undefined ? [] : auditLines(audit, analysis)),
    ...part("Flows", flowTable(groups, analysis)),
    ...part("Prerequisites", prerequisiteLines(analysis.prerequisites)),
    ...part("Where the source contradicts itself", contradictionLines(analysis)),
    ...part(
      "Taken for granted",
      analysis.assumptions.map((assumption) => `- ${prose(assumption)}`),
    ),
    ...part("Inputs", inputTable(analysis, digests)),
  ];
  return `${lines.join("\n")}\n`;
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];
}

function picture(analysis: Analysis): string[] {
  const diagram = overviewDiagram(analysis);
  const drawn = drawMermaid(diagram);
  if (diagram.edges.length > MERMAID_LIMITS.edges || drawn.length > MERMAID_LIMITS.characters)
    return ["", "The picture is too large for Mermaid: `flowproof draw` makes it as SVG."];
  return ["", "```mermaid", drawn.trimEnd(), "```"];
}

function groundsOf({ first, members }: VerdictGroup, analysis: Analysis): string[] {
  if (first.kind === "proved") return [];
  const { requirement, from, to, kind, explanation, path } = first;
  const others = members.slice(1).map((member) => `${member.from} → ${member.to}`);
  const at = kind === "refuted" ? first.decidedBy?.at : first.because[0]?.at;
  return [
    `- ${MARKS[kind]} **${requirement.id}** ${code(`${from} → ${to}`)} ${code(servicesOf(first))}: ${prose(explanation)}`,
    ...(path === undefined ? [] : [`  - path ${code(pathText(path))}`]),
    ...(at === undefined ? [] : [`  - ${kind === "refuted" ? "decided by" : "depends on"} ${placeText(at, analysis)}`]),
    ...(kind === "refuted" && first.witness !== undefined ? [`  - witness ${code(witnessText(first.witness))}`] : []),
    ...(kind === "refuted" ? first.nearMisses : []).map(
      (miss) => `  - nearly accepted by ${placeText(miss.at, analysis)}: ${prose(miss.difference)}`,
    ),
    ...(others.length === 0 ? [] : [`  - the same for ${code(shortList(others, 8))}`]),
  ];
}

function flowTable(groups: readonly VerdictGroup[], { topology }: Analysis): string[] {
  const folder = folderOf(topology);
  const rows = groups.slice(0, SHOWN_GROUPS).map(({ first, members }) => [
    first.requirement.id,
    code(shortList(unique(members.map(({ from }) => from || "nobody")), 2)),
    code(shortList(unique(members.map(({ to }) => to || "nobody")), 2)),
    code(`${first.requirement.expect === "deny" ? "none of " : ""}${servicesOf(first)}`),
    pathKinds(first),
    `${MARKS[first.kind]} ${first.kind}${members.length > 1 ? ` ×${members.length}` : ""}`,
    code(
      shortList(
        unique(members.flatMap(decidingLines)).map((line) => withoutFolder(line, folder)),
        1,
      ) || "none",
    ),
  ]);
  const hidden = groups.length - rows.length;
  const table = markdownTable(["requirement", "from", "to", "service", "path", "verdict", "deciding line"], rows);
  return hidden > 0 ? [...table, "", `And ${hidden} more groups of flows.`] : table;
}

/** What is not met in full, the rest by name. */
function prerequisiteLines(results: readonly PrerequisiteResult[]): string[] {
  const unmet = results.filter(({ outcome }) => outcome === "not-met");
  const named = (["met", "unchecked"] as const).flatMap((outcome) => {
    const alike = results.filter((result) => result.outcome === outcome);
    return alike.length === 0
      ? []
      : [`- ${outcome} (${alike.length}): ${unique(alike.map(({ id }) => id)).join(", ")}`];
  });
  return [
    ...unmet.map(
      ({ id, title, component, severity, explanation }) =>
        `- ${severity === "warning" ? "⚠️" : "❌"} **${id}** ${component === undefined ? "" : `${code(component)} `}${prose(title)}: ${prose(explanation)}`,
    ),
    ...named,
  ];
}

function contradictionLines({ contradictions, verdicts }: Analysis): string[] {
  return contradictions
    .filter(({ id }) => verdicts.some(({ requirement }) => requirement.readings.includes(id)))
    .flatMap((contradiction) => [
      `- **${contradiction.id}** ${prose(contradiction.title)}`,
      ...contradiction.readings.map((reading) => `  - reading: ${prose(reading)}`),
      `  - treated as: ${prose(contradiction.treatedAs)}`,
      `  - here: ${prose(contradictionOutcome(contradiction, verdicts))}`,
    ]);
}

function inputTable({ coverage, topology }: Analysis, digests: readonly InputDigest[]): string[] {
  const folder = folderOf(topology);
  const covered = new Map(coverage.map((file) => [file.file, file]));
  const rows = digests.map(({ file, sha256 }) => {
    const found = covered.get(file);
    const counts = found && countFates(found);
    const fates = FATES.map((fate) => (counts === undefined ? "" : String(counts[fate])));
    return [code(withoutFolder(file, folder)), found?.vendor ?? "", ...fates, code(sha256)];
  });
  return markdownTable(["input", "read as", ...FATES, "SHA-256"], rows);
}
