import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { runCli } from "./run-cli.js";
import { edgeRules, REPLIES, WEB, writeSite } from "./site-fixture.js";

describe("flowproof trace", () => {
  let folder: string;
  let topology: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-trace-"));
    topology = await writeSite(folder, { edge: edgeRules(REPLIES, WEB) });
  });

  after(() => rm(folder, { recursive: true }));

  const trace = (...args: string[]): ReturnType<typeof runCli> => runCli(["trace", topology, ...args]);

  it("tells hop by hop what happens to a packet and to its reply", async () => {
    const { code, stdout, stderr } = await trace("--from", "pc", "--to", "web", "--port", "tcp/443");

    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/edge, forward, first packet: tcp 10\.1\.0\.5:\d+ → 10\.2\.0\.5:443/);
    expect(stdout).to.include(`6 | ${WEB}`);
    expect(stdout).to.match(/edge, forward, reply: tcp 10\.2\.0\.5:443 → 10\.1\.0\.5/);
    expect(stdout).to.include("outcome: accept");
  });

  it("exits 1 where the packet is stopped, and quotes what stops it", async () => {
    const { code, stdout } = await trace("--from", "pc", "--to", "web", "--port", "tcp/80");

    expect(code).to.equal(1);
    expect(stdout).to.include("3 | :FORWARD DROP [0:0]").and.include("outcome: drop");
  });

  it("finds the components of a packet that is written out, and answers in JSON", async () => {
    const schema = JSON.parse(readFileSync("schemas/trace-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    const packet = JSON.stringify({
      ...{ hook: "FORWARD", src: "10.1.0.5", dst: "10.2.0.5", proto: "tcp", sport: 50000, dport: 443 },
    });

    const { code, stdout, stderr } = await trace("--packet", packet, "--format", "json");
    const document = JSON.parse(stdout);

    expect(validate(document), JSON.stringify(validate.errors)).to.equal(true);
    expect(code, stderr).to.equal(0);
    expect(document).to.include({ from: "pc", to: "web" });
    expect(document.paths[0].packet).to.include({ sport: 50000, dport: 443 });
  });

  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    ["a packet that is not said", ["--from", "pc"], "`--from`, `--to` and `--port` are needed"],
    ["a packet said twice", ["--port", "tcp/1", "--packet", "{}"], "not both"],
    ["a packet that is none", ["--packet", "{}"], "`hook` is missing"],
    ["a component that is not there", ["--from", "pc", "--to", "wep", "--port", "tcp/1"], "did you mean `web`?"],
    ["a service that is none", ["--from", "pc", "--to", "web", "--port", "https"], "It looks like tcp/443"],
  ];

  for (const [name, args, told] of mistakes) {
    it(`refuses ${name}`, async () => {
      const { code, stderr } = await trace(...args);

      expect(stderr)
        .to.include(told)
        .and.not.match(/\n\s+at /);
      expect(code).to.equal(2);
    });
  }
});
