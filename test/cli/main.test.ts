import { expect } from "chai";
import { runCli } from "./run-cli.js";

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

  it("starts quickly", async () => {
    const started = performance.now();

    await runCli(["--version"]);

    expect(performance.now() - started).to.be.below(3000);
  });
});
