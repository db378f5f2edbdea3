import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCli } from "./run-cli.js";

const TOPOLOGY = "topologies/via-proxy/before/topology.yaml";

describe("flowproof report", () => {
  const folder = mkdtempSync(join(tmpdir(), "flowproof-report-"));

  it("writes the page where it was told, and nothing to a pipe", async () => {
    const file = join(folder, "report.html");

    const run = await runCli(["report", TOPOLOGY, "-o", file]);

    expect(run).to.deep.equal({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).to.match(/^<!doctype html>/);
  });

  it("says what is being done where that is wanted, and draws no less for it", async () => {
    const run = await runCli(["report", TOPOLOGY, "--progress", "--format", "markdown"]);

    expect(run.stderr).to.match(
      /^flowproof: proving .*\nflowproof: auditing .*\nflowproof: looking .*\nflowproof: writing /,
    );
    expect(run.stdout).to.match(/^# /);
  });

  it("leaves the audit and the changes out where they are not wanted", async () => {
    const run = await runCli(["report", TOPOLOGY, "--no-audit", "--no-repairs", "--format", "markdown"]);

    expect(run.stdout).to.not.match(/## (?:Audit|Proposed)/);
    expect(run.stdout).to.contain("## Flows");
  });

  it("tells the hash of every input in the Markdown it prints", async () => {
    const run = await runCli(["report", TOPOLOGY, "--format", "markdown"]);

    expect(run.code).to.equal(0);
    expect(run.stdout).to.match(/\| `exports\/squid\.conf` \| squid \|.*`[0-9a-f]{64}` \|/);
  });

  it("opens only what it has written to a file", async () => {
    const run = await runCli(["report", TOPOLOGY, "--open"]);

    expect(run.code).to.equal(2);
    expect(run.stderr).to.contain("-o report.html");
  });

  it("says why a file cannot be written", async () => {
    const run = await runCli(["report", TOPOLOGY, "-o", join(folder, "no", "such", "report.html")]);

    expect(run.code).to.equal(2);
    expect(run.stderr).to.contain("ENOENT");
  });
});
