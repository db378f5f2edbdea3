import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { runCli } from "./run-cli.js";

const save = (...rules: readonly string[]) =>
  ["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]", ...rules, "COMMIT", ""].join("\n");

const LOW = "-A INPUT -s 10.1.0.0/25 -p tcp -m tcp --dport 443 -j ACCEPT";
const HIGH = "-A INPUT -s 10.1.0.128/25 -p tcp -m tcp --dport 443 -j ACCEPT";
const WHOLE = "-A INPUT -s 10.1.0.0/24 -p tcp -m tcp --dport 443 -j ACCEPT";
const MAIL = "-A INPUT -s 10.1.0.7/32 -p tcp -m tcp --dport 25 -j ACCEPT";

describe("flowproof diff", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-diff-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function compare(before: string, after: string, ...args: readonly string[]) {
    const paths = [join(folder, "before.save"), join(folder, "after.save")] as const;
    await Promise.all([writeFile(paths[0], before), writeFile(paths[1], after)]);
    return runCli(["diff", ...paths, ...args]);
  }

  it("proves that rules written otherwise mean the same", async () => {
    const { code, stdout } = await compare(save(LOW, HIGH), save(WHOLE));

    expect(code).to.equal(0);
    expect(stdout).to.include("no semantic change: proved");
  });

  it("shows what is opened and closed, with the lines that decide on both sides", async () => {
    const { code, stdout } = await compare(save(LOW, MAIL), save(WHOLE), "--format", "json");
    const schema = JSON.parse(readFileSync("schemas/diff-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    const document = JSON.parse(stdout);
    const input = document.devices[0].directions.find(({ direction }: { direction: string }) => direction === "input");

    validate(document);

    expect(validate.errors ?? []).to.deep.equal([]);
    expect(code).to.equal(1);
    expect(document.result).to.equal("different");
    expect(input.opened).to.have.length(1);
    expect(input.opened[0].before).to.deep.include({ disposition: "drop" });
    expect(input.opened[0].before.at.line).to.equal(2);
    expect(input.opened[0].after.at.line).to.equal(5);
    expect(input.opened[0].packets.join()).to.include("10.1.0.128/25").and.include("port 443");
    expect(input.closed[0].before.at.line).to.equal(6);
    expect(input.closed[0].witness.src).to.equal("10.1.0.7");
  });

  it("leaves open what only a condition outside the packets decides", async () => {
    const limited = MAIL.replace("-j", "-m limit --limit 3/sec -j");
    const { code, stdout } = await compare(save(LOW), save(LOW, limited));

    expect(code).to.equal(3);
    expect(stdout).to.include("may differ: tcp 10.1.0.7");
  });
});
