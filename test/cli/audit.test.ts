import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { sarifErrors } from "../sarif-schema.js";
import { runCli } from "./run-cli.js";

const EXPORT = "test/audit/fixtures/reach.save";

describe("flowproof audit", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-audit-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  async function findings(...args: readonly string[]) {
    const { code, stdout, stderr } = await runCli(["audit", EXPORT, "--format", "json", ...args]);
    return { code, stderr, document: JSON.parse(stdout) };
  }

  it("gives JSON of its published schema, one finding for each rule and check", async () => {
    const { code, document } = await findings();
    const schema = JSON.parse(readFileSync("schemas/audit-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    const keys = document.findings.map(
      ({ check, subject }: { check: string; subject: { line: number } }) => `${check} ${subject.line}`,
    );

    validate(document);

    expect(validate.errors ?? []).to.deep.equal([]);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(code).to.equal(1);
  });

  it("runs only the checks that are asked for", async () => {
    const { document } = await findings("--check", "unmatchable-ace", "--check", "shadowed-ace");

    const checks = new Set(document.findings.map(({ check }: { check: string }) => check));
    expect([...checks].sort()).to.deep.equal(["shadowed-ace", "unmatchable-ace"]);
  });

  it("quotes the rule, the lines it rests on, a packet and what to do", async () => {
    const { stdout } = await runCli(["audit", EXPORT, "--check", "shadowed-ace"]);

    expect(stdout).to.include(`  ${EXPORT}:14: error: no packet reaches it: line 11 decides every packet it`);
    expect(stdout).to.include("    14 | -A INPUT -s 10.20.4.0/24 -p tcp -m tcp --dport 22 -j DROP\n");
    expect(stdout).to.include(`    ${EXPORT}:11: accepts all of its packets\n`);
    expect(stdout).to.match(/ {4}e\.g\. tcp 10\.20\.4\.\d+:49152 → /);
    expect(stdout).to.include("    help: move it before line 11 if it is to act, else delete it\n");
  });

  it("tells no more of a check than asked for, and how many it leaves out", async () => {
    const { stdout } = await runCli(["audit", EXPORT, "--check", "shadowed-ace", "--max", "2"]);

    expect(stdout.split("help: ").length - 1).to.equal(2);
    expect(stdout).to.match(/and \d+ more \(--max\)/);
  });

  it("finds nothing new where a baseline knows it all, though lines moved", async () => {
    const first = await runCli(["audit", EXPORT, "--format", "json"]);
    const baseline = await file("baseline.json", first.stdout);
    const moved = await file("reach.save", `# one more line\n${readFileSync(EXPORT, "utf8")}`);

    const { code, stdout } = await runCli(["audit", moved, "--baseline", baseline, "--format", "json"]);

    const { findings: left, summary } = JSON.parse(stdout);
    expect(left).to.deep.equal([]);
    expect(summary.known).to.be.greaterThan(5);
    expect(code).to.equal(0);
  });

  it("accepts what an exception names, and finds exceptions that have run out", async () => {
    const config = await file(
      "audit.yaml",
      `checks: { redundant-ace: off, unmatchable-ace: info }
exceptions:
  - { check: shadowed-ace, rule: 10.20.4.0/24, reason: migration, owner: net, expires: 2999-12-31 }
  - { check: shadowed-ace, line: 17, reason: test, owner: net, expires: 2001-01-31 }
`,
    );
    const { document } = await findings("--config", config);

    const told = document.findings.map(
      ({ check, severity, subject }: { check: string; severity: string; subject: { line: number } }) =>
        `${check} ${severity} ${subject.line}`,
    );
    expect(told).to.include("expired-exception warning 4").and.include("shadowed-ace warning 17");
    expect(told).to.include("unmatchable-ace info 32");
    expect(told.join()).to.not.include("redundant-ace").and.not.include("shadowed-ace error 14");
    expect(document.summary.excepted).to.equal(1);
  });

  it("exits with 0 where there is nothing but information", async () => {
    const { code, document } = await findings("--check", "unmatchable-ace", "--severity", "error");

    expect(document.findings).to.deep.equal([]);
    expect(document.summary.minor).to.equal(1);
    expect(code).to.equal(0);
  });

  it("writes SARIF with a place, a rule and a fingerprint for each finding", async () => {
    const { stdout } = await runCli(["audit", EXPORT, "--format", "sarif"]);
    const { version, runs } = JSON.parse(stdout);
    const [{ tool, results }] = runs;

    expect(version).to.equal("2.1.0");
    expect(sarifErrors(JSON.parse(stdout))).to.deep.equal([]);
    expect(results).to.not.have.length(0);
    for (const { ruleId, ruleIndex, level, locations, partialFingerprints } of results) {
      expect(tool.driver.rules[ruleIndex].id).to.equal(ruleId);
      expect(["error", "warning", "note"]).to.include(level);
      expect(locations[0].physicalLocation.artifactLocation.uri).to.equal(EXPORT);
      expect(locations[0].physicalLocation.region.startLine).to.be.greaterThan(0);
      expect(partialFingerprints["flowproof/v1"]).to.match(/^[0-9a-f]{16}$/);
    }
  });

  it("writes JUnit with a failure for each error and warning, and CSV with a row for each finding", async () => {
    const [{ stdout: junit }, { stdout: csv }, { document }] = await Promise.all([
      runCli(["audit", EXPORT, "--format", "junit"]),
      runCli(["audit", EXPORT, "--format", "csv"]),
      findings(),
    ]);
    const { error, warning, findings: all } = document.summary;

    expect(junit.split("<failure ").length - 1).to.equal(error + warning);
    expect(junit).to.match(/<testcase classname="[a-z-]+" name="[^"]+reach\.save:14">/);
    expect(csv.match(/[0-9a-f]{16}\r\n/g)).to.have.length(all);
  });

  it("says with a topology what a rule accepts too much, and what would be enough", async () => {
    const folder = "test/audit/fixtures/demand";
    const all = ["audit", "--topology", `${folder}/topology.yaml`, "--check", "over-permissive"];
    const [whole, edge, none] = await Promise.all([
      runCli([...all, "--format", "json"]),
      runCli([...all, `${folder}/edge.save`]),
      runCli(["audit", `${folder}/edge.save`, "--check", "over-permissive"]),
    ]);

    const [finding] = JSON.parse(whole.stdout).findings;
    expect(whole.code).to.equal(1);
    expect(finding.enough).to.deep.equal(["tcp 10.1.0.6 -> 10.2.0.5 port 443 (https)"]);
    expect(finding.packets[0]).to.equal("tcp 10.1.0.0/24 -> 10.2.0.0/24 but 10.2.0.5 port 443 (https)");
    expect(edge.stdout).to.include("edge.save:").and.not.include("servers-nsg.json");
    expect(none.code).to.equal(2);
    expect(none.stderr).to.include("give a `--topology`");
  });

  it("refuses a check that does not exist and a configuration with a mistake", async () => {
    const config = await file("wrong.yaml", "checks: { shadowd-ace: off }\n");
    const [check, setting] = await Promise.all([
      runCli(["audit", EXPORT, "--check", "shadowd-ace"]),
      runCli(["audit", EXPORT, "--config", config]),
    ]);

    expect(check.code).to.equal(2);
    expect(check.stderr).to.include("did you mean `shadowed-ace`?");
    expect(setting.code).to.equal(2);
    expect(setting.stderr).to.match(/wrong\.yaml:1:\d+: error: no check is called `shadowd-ace`/);
  });
});
