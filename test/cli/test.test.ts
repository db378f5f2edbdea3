import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { runCli } from "./run-cli.js";

const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -i wan -d 198.51.100.7/32 -p tcp -m tcp --dport 8443 -j DNAT --to-destination 10.2.0.5:443
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -p tcp -m tcp --dport 443 -d 10.2.0.5/32 -j ACCEPT
-A FORWARD -p tcp -m tcp --dport 22 -m recent --rcheck --name friends --rsource -j ACCEPT
-A FORWARD -p udp -j REJECT --reject-with icmp-port-unreachable
COMMIT
`;

const packet = (fields: object): string =>
  JSON.stringify({ hook: "FORWARD", iif: "wan", oif: "lan", src: "203.0.113.9", proto: "tcp", ...fields });

const https = packet({ dst: "198.51.100.7", sport: 50000, dport: 8443, expect: "accept" });
const ssh = packet({ dst: "10.2.0.5", dport: 22 });
const dns = packet({ dst: "10.2.0.5", dport: 53, proto: "udp", expect: "reject" });
const telnet = packet({ dst: "10.2.0.5", dport: 23, expect: "accept" });

describe("flowproof test", () => {
  let folder: string;
  let rules: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-test-"));
    rules = join(folder, "edge.rules");
    await writeFile(rules, RULES);
  });

  after(() => rm(folder, { recursive: true }));

  const ask = (packets: string, ...args: string[]): ReturnType<typeof runCli> =>
    runCli(["test", rules, "--packets", "-", ...args], { input: packets });

  it("answers each packet with one line of JSON of the published schema", async () => {
    const schema = JSON.parse(readFileSync("schemas/test-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true }).compile(schema);

    const { code, stdout } = await ask(`${https}\n\n${ssh}\n${dns}\n`, "--format", "json");
    const answers = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

    for (const answer of answers) expect(validate(answer), JSON.stringify(validate.errors)).to.equal(true);
    expect(code).to.equal(0);
    expect(answers).to.have.length(3);
    expect(answers[0]).to.deep.equal({
      ...{ verdict: "accept", decidedBy: { file: rules, line: 10 }, because: [] },
      after: { src: "203.0.113.9", dst: "10.2.0.5", sport: 50000, dport: 443 },
    });
    expect(answers[1]).to.include({ verdict: "undecided", decidedBy: null });
    expect(answers[1].because[0]).to.include({ file: rules, line: 11 });
    expect(answers[2]).to.deep.equal({ verdict: "reject", decidedBy: { file: rules, line: 12 }, because: [] });
  });

  it("fails where an expectation is not met, and shows it with the line that decides", async () => {
    const { code, stdout } = await ask(`${https}\n${telnet}\n`);

    expect(code).to.equal(1);
    expect(stdout).to.match(/^2 .* drop +accept, not met? /m);
    expect(stdout).to.include(":FORWARD DROP [0:0]");
    expect(stdout).to.match(/2 packets, 1 of 2 expectations met\n$/);
  });

  it("reports a line that is no packet, answers it as undecided and goes on", async () => {
    const { code, stdout, stderr } = await ask(`{"hook": \n${https}\n`, "--format", "json");

    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/^<stdin>:1: error: /)
      .and.not.match(/\n\s+at /);
    expect(stdout.split("\n").map((line) => line.slice(0, 22))).to.deep.equal([
      '{"verdict":"undecided"',
      '{"verdict":"accept","d',
      "",
    ]);
  });

  it("refuses a file without any packet, and exports that filter no packets", async () => {
    const squid = join(folder, "squid.conf");
    await writeFile(
      squid,
      "http_port 3128\nacl office src 10.0.0.0/8\nhttp_access allow office\nhttp_access deny all\n",
    );

    const [empty, proxy] = await Promise.all([
      ask("\n"),
      runCli(["test", squid, "--packets", "-"], { input: `${https}\n` }),
    ]);

    expect(empty).to.include({ code: 2 });
    expect(empty.stderr).to.include("holds no packet");
    expect(proxy).to.include({ code: 2 });
    expect(proxy.stderr).to.include("squid.conf:1: error: it holds no packet filter");
  });

  it("asks none of two devices that share the name", async () => {
    const groups = join(folder, "groups.json");
    await writeFile(groups, JSON.stringify(["a", "b"].map((etag) => ({ etag, name: "g", securityRules: [] }))));

    const { code, stderr } = await runCli(["test", groups, "--packets", "-", "--device", "g"], { input: https });

    expect(code).to.equal(2);
    expect(stderr).to.include("it holds several devices");
  });

  it("refuses to take both exports and packets from standard input", async () => {
    const { code, stderr } = await runCli(["test", "-", "--packets", "-"], { input: RULES });

    expect(code).to.equal(2);
    expect(stderr).to.include("cannot be both");
  });

  it("tells an unknown field once, not with every packet", async () => {
    const odd = packet({ dst: "10.2.0.5", dport: 443, colour: "red" });

    const { stderr } = await ask(`${odd}\n`.repeat(20), "--format", "json");

    expect(stderr.match(/colour/g)).to.have.length(1);
  });

  it("answers thousands of packets a second", async () => {
    const started = performance.now();

    const { stdout } = await ask(`${ssh}\n`.repeat(20_000), "--format", "json");

    expect(stdout.split("\n").length).to.equal(20_001);
    expect(performance.now() - started).to.be.below(20_000);
  });
});
