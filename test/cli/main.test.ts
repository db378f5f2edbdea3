import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { FORMATS } from "../../src/cli/options.js";
import { vendors } from "../../src/vendors/registry.js";
import { MAIN, runCli } from "./run-cli.js";

const SITE = fileURLToPath(new URL("../../../topologies/vmware-to-azure-vpn/exports/", import.meta.url));
const STACK = /\n\s+at /;

describe("the command line", () => {
  it("tells its version", async () => {
    const { code, stdout } = await runCli(["--version"]);

    expect(code).to.equal(0);
    expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it("helps, with examples for each command", async () => {
    const { code, stdout } = await runCli(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map((match) => match[1] as string);
    const helps = await Promise.all(commands.map((command) => runCli([command, "--help"])));

    expect(code).to.equal(0);
    expect(commands).to.include("explain");
    for (const help of helps) expect(help.stdout).to.match(/\nExamples:\n {2}\$ .*flowproof /);
  });

  it("lists every format that is read, and no default that says nothing", async () => {
    const { stdout } = await runCli(["audit", "--help"]);

    expect(FORMATS).to.deep.equal(vendors.map(({ id }) => id));
    for (const format of FORMATS) expect(stdout).to.contain(format);
    expect(stdout)
      .to.contain('default: "text"')
      .and.not.match(/default: (false|\[\])/);
  });

  it("shows the help and refuses where no command is given", async () => {
    const { code, stderr } = await runCli([]);

    expect(code).to.equal(2);
    expect(stderr).to.match(/^Usage: flowproof/);
  });

  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    ["an unknown command", ["explan", "x"], "(Did you mean explain?)"],
    ["an unknown flag", ["explain", "--formt", "json", "x"], "(Did you mean --format?)"],
    ["an unknown format", ["explain", "--format", "yaml", "x"], "Allowed choices are text, json"],
    ["a missing argument", ["explain"], "missing required argument"],
  ];

  for (const [name, args, told] of mistakes) {
    it(`refuses ${name} without a stack`, async () => {
      const { code, stdout, stderr } = await runCli(args);

      expect(code).to.equal(2);
      expect(stdout).to.equal("");
      expect(stderr).to.include(told).and.not.match(STACK);
    });
  }

  it("goes on without a word where nobody reads its errors any more", async () => {
    const { code } = await runCli(["test", join(SITE, "edge.iptables-save"), "--packets", "-"], {
      ...{ input: '{"no":"packet"}\n'.repeat(3000), hangUpErrors: true },
    });

    expect(code).to.equal(2);
  });

  it("says that its output cannot be written, which is no bug", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [MAIN, "explain", join(SITE, "edge.iptables-save")], {
      ...{ stdio: ["ignore", full, "pipe"], encoding: "utf8" },
    });
    closeSync(full);

    expect(status).to.equal(2);
    expect(stderr).to.equal("flowproof: standard output cannot be written (ENOSPC)\n");
  });

  it("starts quickly", async () => {
    const started = performance.now();

    await runCli(["--version"]);

    expect(performance.now() - started).to.be.below(3000);
  });
});
