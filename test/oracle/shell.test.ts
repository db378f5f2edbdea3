/** Random scripts before bash: what is told to be run for certain is run, in its order, with the same words. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readCommands } from "../../src/vendors/azure/commands/shell.js";
import { SeededRandom } from "../seeded-random.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261128);
const SCRIPTS = 200;

const WORDS = [
  ...[
    "$A",
    '"$A"',
    "x$A.y",
    "'$A'",
    "$E z",
    '"$E"',
    "a\\ b",
    '"a b"',
    "$1",
    '"$@"',
    "$(echo q)",
    "# c",
    "'it'\"'\"'s'",
  ],
  ...[
    "\\$A",
    '"\\$A"',
    "a#b",
    "2>/dev/null",
    ">/dev/null z",
    "&>/dev/null",
    "2>&1 w",
    "\\\n  k",
    '"l1\nl2"',
    "$A\\\n$B",
  ],
  ...['--x="$A"', "A=$A", "{a,b}", "~", "$'x y'", "<<<q", "$((1+2))", "*z"],
];
const QUESTIONS = ["true", "false", '[ -n "$A" ]', '[ -z "$A" ]', "! true", "test x = y"];
const SETTINGS = [
  ...["A=1", "A='p q'", 'B="u  v"', "E=", "B=$B", 'A="$B"', "A=$(echo z)", "export A=5", "unset A", "read A <<<'m n'"],
  ...["IFS=,", "A+=z", "A=1 true", "printf -v A w", "set -- 9 8"],
];
const ENDS = ["exit 0", "exit 1", "exit", "exec true", "exec 5>&1", "die"];
/** Only outside of functions, so that none calls itself. */
const CALLS = ["f", "g"];

class ScriptWriter {
  private calls = 0;

  constructor(private readonly random: SeededRandom) {}

  script(): string {
    return `${Array.from({ length: 2 + this.random.below(6) }, () => this.statement(0)).join("\n")}\n`;
  }

  private statement(depth: number): string {
    const inner = (): string => this.statement(depth + 1);
    const [az, question] = [() => `az n${++this.calls} ${this.random.pick(WORDS)}`, this.random.pick(QUESTIONS)];
    const calling = depth > 0 ? [] : [() => this.random.pick(CALLS)];
    const plain = [az, az, az, ...calling, () => this.random.pick(SETTINGS), () => this.random.pick(ENDS)];
    const nested = [
      () => `${question} && ${az()}`,
      () =>
        `${question} || ${this.random.pick([az(), "exit 1", "exit 0", `{ ${az()}; exit 1; }`, `(${az()})`, "die"])}`,
      () => `if ${question}; then\n${inner()}\nelse\n${inner()}\nfi`,
      () => `if ${question}\nthen ${inner()}\nfi`,
      () => `for i in 1 2; do\n${inner()}\ndone`,
      () => `while ${question}; do ${inner()}\nbreak; done`,
      () => `(\n${inner()}\n${inner()}\n)`,
      () => `f() {\n${inner()}\n}`,
      () => `g ()\n{\n${inner()}\n}\ng`,
      () => `f() (\n${inner()}\n)`,
      () => "die() { echo no >&2; exit 1; }",
      () => `case $A in\n 1) ${inner()} ;;\n *) ${inner()} ;;\nesac`,
      () => "cat >/dev/null <<EOF\naz h $A\n'\nEOF",
      () => `# don't ${this.random.pick(["\\", '"', "<<EOF"])}`,
      () => "echo 'quoted\naz q\n' >/dev/null",
      () => `${inner()}; ${inner()}`,
      () => `${az()} | cat`,
      () => `echo x | while read l; do ${az()}; done`,
    ];
    return this.random.pick(depth > 2 ? plain : [...plain, ...nested])();
  }
}

describe("scripts before bash", () => {
  let folder: string;

  before(function () {
    if (spawnSync("bash", ["-c", "true"]).status !== 0) this.skip();
    folder = mkdtempSync(join(tmpdir(), "flowproof-shell-"));
  });

  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  /** The calls of each script with their words; none of one that does not end well. */
  function run(scripts: readonly string[]): readonly string[][] {
    const told = "az() { { printf '%s\\037' \"$@\"; printf '\\036'; } >&9; }\n";
    scripts.forEach((script, index) => {
      writeFileSync(join(folder, `${index}.sh`), told + script);
    });
    const each = "timeout 5 bash --norc $i.sh 9>$i.out >/dev/null 2>&1 </dev/null || rm $i.out";
    const all = `mkdir empty; cd empty; for i in $(seq 0 ${scripts.length - 1}); do ${each.replaceAll("$i", "../$i")}; done`;
    spawnSync("bash", ["--norc", "-c", all], { cwd: folder, timeout: 60_000 });
    return scripts.map((_, index) => {
      const told = join(folder, `${index}.out`);
      const calls = existsSync(told) ? readFileSync(told, "utf8").split("\u001e").slice(0, -1) : [];
      return calls.map((call) => call.slice(0, -1));
    });
  }

  it(`run what is certain (seed ${SEED})`, () => {
    const random = new SeededRandom(SEED);
    const scripts = Array.from({ length: SCRIPTS }, () => new ScriptWriter(random).script());
    let certain = 0;
    for (const [index, calls] of run(scripts).entries()) {
      const script = scripts[index] as string;
      const sure = calls.length === 0 ? [] : certainCalls(script);
      let from = 0;
      for (const call of sure) {
        from = calls.indexOf(call, from) + 1;
        expect(from, `${call} is not run in\n${script}`).to.be.above(0);
      }
      certain += sure.length;
    }
    expect(certain).to.be.above(SCRIPTS / 5);
  });
});

function certainCalls(script: string): string[] {
  return readCommands(script).flatMap(({ words: [first, ...words], isUncertain }) =>
    isUncertain || first?.text !== "az" || words.some(({ text }) => text === undefined)
      ? []
      : [words.map(({ text }) => text).join("\u001f")],
  );
}
