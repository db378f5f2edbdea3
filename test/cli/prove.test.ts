import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { textWidth } from "../../src/report/wrap-text.js";
import { oneRequirement } from "../pipeline/prove-texts.js";
import { EDGE, SQUID, TOPOLOGY } from "../pipeline/settings-site.js";
import { pathOf } from "../topologies/prove-shipped.js";
import { runCli } from "./run-cli.js";
import { edgeRules, REPLIES, SSH, WEB, writeSite } from "./site-fixture.js";

const STACK = /\n\s+at /;

describe("flowproof prove --fix", () => {
  it("says of a file of another kind what it is, and nothing else", async () => {
    const rules = await runCli(["prove", pathOf("vmware-to-azure-vpn", "exports/edge.iptables-save")]);
    const catalogue = await runCli(["prove", "requirements/asr-classic.yaml"]);

    expect([rules.code, catalogue.code]).to.deep.equal([2, 2]);
    expect(rules.stderr.match(/error:/g)).to.have.length(1);
    expect(rules.stderr).to.include("it is an export that is read as iptables, and no topology");
    expect(rules.stderr).to.include("`flowproof audit` looks at an export by itself");
    expect(catalogue.stderr).to.include("it is a catalogue of requirements, and no topology");
  });

  it("shows after the verdicts what would repair the exports, and answers for the verdicts", async () => {
    const topology = pathOf("push-install", "before/topology.yaml");

    const { code, stdout } = await runCli(["prove", topology, "--fix"]);

    expect(code).to.equal(1);
    expect(stdout).to.match(/refuted {2}ASR-F15[\s\S]*\n# core-router: for ASR-F15\niptables -t filter -I /);
  });

  it("has one form alone", async () => {
    const { code, stderr } = await runCli(["prove", "site.yaml", "--fix", "--format", "json"]);

    expect([code, stderr]).to.deep.equal([2, "flowproof: `--fix` prints text\n  help: leave `--format` out\n"]);
  });
});

describe("flowproof prove", () => {
  let folder: string;
  let sites = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-prove-"));
  });

  after(() => rm(folder, { recursive: true }));

  const site = (texts: Parameters<typeof writeSite>[1]): Promise<string> =>
    writeSite(join(folder, `site-${sites++}`), texts);

  it("exits 0 where all is proved, with a table and the totals", async () => {
    const topology = await site({ edge: edgeRules(REPLIES, WEB, SSH) });

    const { code, stdout, stderr } = await runCli(["prove", topology]);

    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/WEB +pc +web +tcp\/443 +vpn +proved +edge\.rules:6\n/);
    expect(stdout).to.match(/2 requirements, 2 flows: 2 proved, 0 refuted, 0 undecided\n$/);
    expect(stdout.split("\n").filter((line) => textWidth(line) > 100)).to.deep.equal([]);
  });

  it("exits 1 where something is refuted, and quotes the line that decides", async () => {
    const drop = "-A FORWARD -d 10.2.0.5/32 -p tcp -m tcp --dport 22 -j DROP";
    const topology = await site({ edge: edgeRules(REPLIES, drop, WEB, SSH) });

    const { code, stdout } = await runCli(["prove", topology]);

    expect(code).to.equal(1);
    expect(stdout).to.match(/SSH +pc +web +tcp\/22 +vpn +refuted +edge\.rules:6\n/);
    expect(stdout).to.include(`    6 | ${drop}`);
    expect(stdout).to.match(/witness: tcp 10\.1\.0\.5:\d+ → 10\.2\.0\.5:22, SYN, new/);
  });

  it("exits 3 where a condition outside the packets decides, and names its line", async () => {
    const recent = "-A FORWARD -p tcp -m tcp --dport 22 -m recent --rcheck --name friends --rsource -j ACCEPT";
    const topology = await site({ edge: edgeRules(REPLIES, WEB, recent) });

    const { code, stdout } = await runCli(["prove", topology]);

    expect(code).to.equal(3);
    expect(stdout).to.include("it depends on:").and.include("edge.rules:7: ");
  });

  it("prints JSON of its published schema", async () => {
    const topology = await site({ edge: edgeRules(REPLIES, WEB) });
    const schema = JSON.parse(readFileSync("schemas/prove-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

    const { code, stdout } = await runCli(["prove", topology, "--format", "json"]);
    const document = JSON.parse(stdout);

    expect(validate(document), JSON.stringify(validate.errors)).to.equal(true);
    expect(code).to.equal(1);
    expect(document.summary).to.include({ proved: 1, refuted: 1, undecided: 0 });
  });

  it("proves only what is asked for", async () => {
    const topology = await site({ edge: edgeRules(REPLIES, WEB) });

    const [web, lan, none] = await Promise.all([
      runCli(["prove", topology, "--only", "WEB"]),
      runCli(["prove", topology, "--only", "WEB", "--path", "lan"]),
      runCli(["prove", topology, "--only", "WEBB"]),
    ]);

    expect(web.code).to.equal(0);
    expect(lan.code).to.equal(1);
    expect(none.code).to.equal(2);
    expect(none.stderr).to.include("WEBB").and.not.match(STACK);
  });

  it("takes a catalogue from the command line besides the topology's own", async () => {
    const topology = await site({ edge: edgeRules(REPLIES, WEB, SSH) });

    const { code, stderr } = await runCli(["prove", topology, "--require", "asr-classical"]);

    expect(code).to.equal(2);
    expect(stderr).to.include("no catalogue called `asr-classical`").and.include("did you mean `asr-classic`?");
  });

  it("shows every hop with the lines that decide where asked to explain", async () => {
    const topology = await site({ edge: edgeRules(REPLIES, WEB, SSH) });

    const { stdout } = await runCli(["prove", topology, "--explain"]);

    expect(stdout).to.include("proved  WEB  pc → web");
    expect(stdout).to.include(`6 | ${WEB}`);
    expect(stdout).to.match(/edge, reply: accept/);
  });

  it("tells every missing file where the topology names it", async () => {
    const topology = await site({});

    const { code, stdout, stderr } = await runCli(["prove", topology]);

    expect(code).to.equal(2);
    expect(stdout).to.equal("");
    expect(stderr)
      .to.match(/topology\.yaml:14:\d+: error: `.*edge\.rules` does not exist/)
      .and.not.match(STACK);
  });

  it("refuses an export of the wrong kind at the topology's word", async () => {
    const topology = await site({ edge: "roses are red\n" });

    const { code, stderr } = await runCli(["prove", topology]);

    expect(code).to.equal(2);
    expect(stderr)
      .to.match(/edge\.rules:1: error: it is not recognised/)
      .and.not.match(STACK);
  });

  it("refuses YAML that multiplies itself, at once", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let name = 98; name < 108; name++) {
      const previous = `*${String.fromCharCode(name - 1)}`;
      bomb.push(`${String.fromCharCode(name)}: &${String.fromCharCode(name)} [${Array(9).fill(previous).join(",")}]`);
    }
    const topology = await site({ topology: `${bomb.join("\n")}\n` });
    const started = performance.now();

    const { code, stderr } = await runCli(["prove", topology]);

    expect(code).to.equal(2);
    expect(stderr)
      .to.match(/topology\.yaml:\d+/)
      .and.not.match(STACK);
    expect(performance.now() - started).to.be.below(10_000);
  });

  it("names the topology in a folder that was given instead", async () => {
    const topology = await site({ edge: edgeRules(REPLIES, WEB) });

    const { code, stderr } = await runCli(["prove", join(topology, "..")]);

    expect(code).to.equal(2);
    expect(stderr).to.include("is a directory").and.include("topology.yaml");
  });

  it("runs the script that chooses a proxy", async () => {
    const topology = await site({
      topology: TOPOLOGY.replace("topology: t", "topology: t\ncatalogues: [./flow.yaml]"),
      edge: EDGE,
    });
    const beside = (name: string, text: string) => writeFile(join(topology, "..", name), text);
    await beside("flow.yaml", oneRequirement("services: [tcp/443]\npaths: [internet, proxy]"));
    await beside("squid.conf", SQUID);
    await beside("way", 'function FindProxyForURL(url, host) { return "PROXY 10.1.0.9:8080"; }\n');

    const { code, stdout } = await runCli(["prove", topology]);

    expect(code).to.equal(1);
    expect(stdout).to.include("`10.1.0.9:8080`");
  });
});
