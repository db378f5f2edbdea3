import { expect } from "chai";
import type { AuditReport, IdentifiedFinding } from "../../src/model/finding.js";
import { auditCsv } from "../../src/report/audit-csv.js";
import { auditJson } from "../../src/report/audit-json.js";
import { auditText } from "../../src/report/audit-text.js";
import { reportJunit } from "../../src/report/junit.js";
import { auditMarkdown } from "../../src/report/markdown.js";
import { reportSarif } from "../../src/report/sarif.js";
import { sarifErrors } from "../sarif-schema.js";
import { plainScreen } from "./sample-analysis.js";

const HOSTILE = [
  '=HYPERLINK("http://evil.example","x")',
  "+1+cmd|' /C calc'!A0",
  "@SUM(A1)",
  "-2+3",
  'quoted "name", with\r\nline breaks',
  "<script>alert('1')</script> & ]]> <!--",
  "\u0000\u0007\ud800 control and half a pair",
  "`code` | a pipe | [link](javascript:alert(1))",
  "https://evil.example/%zz?a=b#c",
];

function findingOf(text: string, line: number): IdentifiedFinding {
  const at = { file: `dir with space/${text}`, line };
  return {
    ...{
      check: "shadowed-ace",
      severity: line % 2 === 0 ? "warning" : "info",
      subject: at,
      device: text,
      message: text,
    },
    ...{
      evidence: [
        { at, note: text },
        { at, note: text },
      ],
      packets: [text],
      help: text,
      fingerprint: `f${line}`,
    },
  };
}

const findings = HOSTILE.map((text, i) => findingOf(text, i + 1));
const report: AuditReport = {
  findings,
  checks: [{ id: "shadowed-ace", title: "rule that no packet reaches", severity: "warning" }],
  suppressed: { excepted: 0, known: 0, minor: 0 },
  ...{ coverage: [], diagnostics: [], isIncomplete: false },
  sources: new Map(findings.map(({ subject }, i) => [subject.file, Array(i + 1).fill(HOSTILE[i])])),
};

/** Rows of RFC 4180; throws on a quote that is not where one may stand. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  while (cell.lastIndex < csv.length) {
    const match = cell.exec(csv);
    if (match === null) throw new Error(`not well-formed at ${csv.slice(cell.lastIndex, cell.lastIndex + 40)}`);
    const [, text = "", end] = match;
    rows.at(-1)?.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

/** Throws unless the text is well-formed XML of elements, attributes and text. */
function checkXml(xml: string): void {
  const open: string[] = [];
  const token =
    /<\?xml [^?]*\?>|<\/([a-z-]+)>|<([a-z-]+)((?: [a-z]+="(?:[^"<&]|&[a-z]+;)*")*)(\/?)>|(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+/y;
  while (token.lastIndex < xml.length) {
    const from = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new Error(`not well-formed at ${xml.slice(from, from + 60)}`);
    const [, closing, opening, , isEmpty] = match;
    if (closing !== undefined && open.pop() !== closing) throw new Error(`</${closing}> closes nothing`);
    if (opening !== undefined && isEmpty === "") open.push(opening);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
}

describe("the formats of an audit", () => {
  it("write CSV in which every cell is its own and none is a formula", () => {
    const rows = rowsOf(auditCsv(findings));

    expect(new Set(rows.map(({ length }) => length))).to.deep.equal(new Set([9]));
    expect(rows).to.have.length(findings.length + 1);
    for (const cell of rows.flat()) expect(cell).to.not.match(/^[=+\-@\t\r]/);
    expect(rows[1]?.[4]).to.equal(`'${HOSTILE[0]}`);
  });

  it("write JUnit that is well-formed XML with one test for each finding", () => {
    const xml = reportJunit(report, findings);

    checkXml(xml);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them
    expect(xml).to.not.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    expect(xml.match(/<testcase /g)).to.have.length(findings.length);
    expect(xml.match(/<failure /g)).to.have.length(findings.filter(({ severity }) => severity !== "info").length);
  });

  it("write SARIF that its official schema finds valid", () => {
    expect(sarifErrors(JSON.parse(reportSarif(report, findings, "1.2.3")))).to.deep.equal([]);
    expect(sarifErrors(JSON.parse(reportSarif({ ...report, findings: [] }, [], "1.2.3")))).to.deep.equal([]);
    expect(sarifErrors({ version: "2.1.0", runs: [{ tool: {} }] })).to.not.deep.equal([]);
  });

  it("write SARIF whose places are URI references and whose lists repeat nothing", () => {
    const { runs } = JSON.parse(reportSarif(report, findings, "1.2.3"));
    const [{ results, tool }] = runs;

    expect(results).to.have.length(findings.length);
    for (const { locations, relatedLocations, ruleIndex, message } of results) {
      for (const { physicalLocation } of [...locations, ...relatedLocations]) {
        const { uri } = physicalLocation.artifactLocation;
        expect(uri).to.match(/^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$/);
        expect(uri).to.match(/^dir%20with%20space\//);
        expect(physicalLocation.region.startLine).to.be.greaterThan(0);
      }
      expect(relatedLocations).to.have.length(1);
      expect(tool.driver.rules[ruleIndex].id).to.equal("shadowed-ace");
      expect(message.text).to.not.equal("");
    }
  });

  it("write Markdown that no name turns into a heading, a table, HTML or a link", () => {
    const markdown = auditMarkdown(report, 100);
    const outside = markdown.replaceAll(/(`+)[^`\n](?:.*?[^`])??\1(?!`)/g, "");

    expect(outside).to.not.match(/(?<!\\)<(?:script|!--)/);
    expect(outside).to.not.match(/(?<!\\)\]\(javascript:/);
    expect(markdown.split("\n").filter((line) => line.startsWith("## "))).to.have.length(2);
  });

  it("tell findings with one cause once, however many there are", () => {
    const many = Array.from({ length: 10000 }, (_, i) => ({
      ...{
        ...findingOf("covered", i + 1),
        severity: "warning" as const,
        evidence: [{ at: { file: "x", line: 1 }, note: "n" }],
      },
      subject: { file: "x", line: i + 2 },
    }));
    const text = auditText({ ...report, findings: many }, plainScreen, 20);

    expect(text.split("help: ").length - 1).to.equal(1);
    expect(text.replaceAll(/\s+/g, " ")).to.include(
      "the same for lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 9987 more",
    );
    expect(text).to.include("10000 warnings");
  });

  it("write JSON that reads back as what was found", () => {
    const { findings: read } = JSON.parse(auditJson(report, findings));

    expect(read.map(({ message }: { message: string }) => message)).to.deep.equal(HOSTILE);
  });
});
