/** Turns the command line into calls of the commands; each is loaded only when it is asked for. */
import { readFileSync } from "node:fs";
import { Command, Help, Option } from "commander";
import { FINDING_SEVERITIES } from "../model/finding.js";
import { CONNECTION_STATES } from "../model/matches.js";
import type { AllowCommandOptions } from "./commands/allow.js";
import type { AuditOptions } from "./commands/audit.js";
import type { DiffOptions } from "./commands/diff.js";
import type { DrawOptions } from "./commands/draw.js";
import type { ExplainOptions } from "./commands/explain.js";
import type { InitOptions } from "./commands/init.js";
import type { ProveCommandOptions } from "./commands/prove.js";
import type { ReportOptions } from "./commands/report.js";
import type { TestOptions } from "./commands/test.js";
import type { TraceCommandOptions } from "./commands/trace.js";
import type { ExitCode } from "./exit-code.js";
import { collect, collectDirections, FORMATS, parseCount, parsePort, parseService } from "./options.js";
import type { Terminal } from "./terminal.js";

/** The version in the package's manifest. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}

/** The whole command line; `done` takes the exit code of the command that ran. */
export function buildProgram(terminal: Terminal, done: Done): Command {
  const program = new Command("flowproof")
    .description("Proves which network flows a set of firewall and proxy configurations lets through.")
    .version(packageVersion())
    .showHelpAfterError("(flowproof --help shows what there is)")
    .configureHelp({ optionDescription: describeOption })
    .addHelpText(
      "after",
      `
Exit codes: 0 all proved, 1 something refuted, 3 undecided, 2 the input cannot be used, 70 a bug.`,
    );
  for (const add of [addProve, addTrace, addTest, addExplain, addDraw, addReport, addAllow, addAudit, addDiff, addInit])
    add(program, terminal, done);
  return program;
}

type Done = (code: ExitCode) => void;

function addProve(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("prove")
    .description("prove the flows a topology requires, or show what stops them")
    .argument("<topology>", "topology file, - for standard input")
    .addOption(
      new Option("--format <format>", "how to print the answer; github and gitlab: as remarks on lines of a change")
        .choices(["text", "json", "github", "gitlab"])
        .default("text"),
    )
    .addOption(new Option("--path <kind>", "only over paths of this kind").choices(["lan", "vpn", "internet", "proxy"]))
    .option("--require <catalogue>", "a catalogue besides the topology's own (repeatable)", collect, [])
    .option("--only <id>", "only the requirement with this id (repeatable)", collect, [])
    .option("--explain", "show every hop of every verdict", false)
    .option("--fix", "after the verdicts, the least changes of the exports that repair them", false)
    .addOption(progressOption())
    .addHelpText("after", examples("prove site/topology.yaml", "prove site/topology.yaml --only ASR-F06 --explain"))
    .action(async (path: string, options: ProveCommandOptions) => {
      const { prove } = await import("./commands/prove.js");
      done(await prove(path, options, terminal));
    });
}

function addTrace(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("trace")
    .description("follow one packet through a topology, hop by hop, and its reply back")
    .argument("<topology>", "topology file, - for standard input")
    .option("--from <component>", "the component that sends it")
    .option("--to <component>", "the component it is for")
    .addOption(new Option("--port <service>", "its service, such as tcp/443 or icmp").argParser(parseService))
    .addOption(new Option("--source-port <port>", "its source port").argParser(parsePort))
    .addOption(new Option("--state <state>", "its connection state").choices(CONNECTION_STATES).default("new"))
    .option("--packet <json>", "a whole packet, in the notation of packet files")
    .addOption(formatOption())
    .option("--explain", "show every stage of every device", false)
    .addHelpText("after", exitCodes("0 it passes on some path, 1 on none, 3 undecided"))
    .addHelpText("after", examples("trace site/topology.yaml --from host-a --to host-b --port tcp/443"))
    .action(async (path: string, options: TraceCommandOptions) => {
      const { trace } = await import("./commands/trace.js");
      done(await trace(path, options, terminal));
    });
}

function addTest(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("test")
    .description("put packets to one firewall and compare with what they expect")
    .argument("<export...>", "exports of one device, - for standard input")
    .requiredOption("--packets <file>", "packets, one JSON object a line, - for standard input")
    .option("--device <name>", "the device to ask, where the exports hold several")
    .addOption(asOption())
    .addOption(formatOption())
    .addHelpText("after", exitCodes("0 every packet is as expected, 1 one is not or cannot be read"))
    .addHelpText("after", examples("test edge.rules --packets edge.jsonl", "test edge.rules ipset.save --packets -"))
    .action(async (paths: string[], options: TestOptions) => {
      const { test } = await import("./commands/test.js");
      done(await test(paths, options, terminal));
    });
}

function addExplain(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("explain")
    .description("show an export with what became of every line in the margin")
    .argument("<export...>", "exports of one device, - for standard input")
    .addOption(asOption())
    .addOption(formatOption())
    .addHelpText("after", examples("explain edge.rules", "az network nsg show -g rg -n web | flowproof explain -"))
    .action(async (paths: string[], options: ExplainOptions) => {
      const { explain } = await import("./commands/explain.js");
      done(await explain(paths, options, terminal));
    });
}

function addDraw(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("draw")
    .description("draw what stands where and which flows arrive, are stopped or may be")
    .argument("<topology>", "topology file, - for standard input")
    .addOption(
      new Option("--format <format>", "how to draw").choices(["svg", "mermaid", "dot", "drawio"]).default("svg"),
    )
    .addOption(new Option("--view <view>", "what to draw").choices(["overview", "matrix"]).default("overview"))
    .option("--requirement <id>", "only the ways of this requirement, with what decides on them")
    .option("--device <name>", "only what crosses this device")
    .option("--only <id>", "only the requirement with this id (repeatable)", collect, [])
    .addOption(progressOption())
    .addHelpText("after", examples("draw site/topology.yaml > site.svg", "draw site/topology.yaml --device edge"))
    .action(async (path: string, options: DrawOptions) => {
      const { draw } = await import("./commands/draw.js");
      done(await draw(path, options, terminal));
    });
}

function addReport(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("report")
    .description("write everything a proof found out as a page that needs no network, or as Markdown")
    .argument("<topology>", "topology file, - for standard input")
    .option("-o, --output <file>", "where to write it (standard output)")
    .addOption(new Option("--format <format>", "how to write it").choices(["html", "markdown"]).default("html"))
    .option("--open", "open the written file", false)
    .option("--audit", "with the audit of the exports, however large they are")
    .option("--no-audit", "without it")
    .option("--repairs", "with changes that prove what is not proved, however large the topology is")
    .option("--no-repairs", "without them")
    .option("--only <id>", "only the requirement with this id (repeatable)", collect, [])
    .addOption(progressOption())
    .addHelpText(
      "after",
      examples(
        "report site/topology.yaml -o site.html --open",
        "report site/topology.yaml --format markdown > comment.md",
      ),
    )
    .action(async (path: string, options: ReportOptions) => {
      const { report } = await import("./commands/report.js");
      done(await report(path, options, packageVersion(), terminal));
    });
}

function addAllow(program: Command, terminal: Terminal, done: Done): void {
  const formats = ["rules", "markdown", "csv", "bicep", "az", "terraform"];
  program
    .command("allow")
    .description("generate the rules the requirements need, proved to accept exactly that")
    .argument("<topology>", "topology file, - for standard input")
    .option("--device <name>", "only for this device")
    .option(
      "--target <vendor>",
      "write for this format instead of that of each device's exports (docs/allow-lists.md lists them)",
    )
    .addOption(
      new Option("--format <format>", "rules, or a request for another team").choices(formats).default("rules"),
    )
    .option("-o, --output <folder>", "write files there instead of printing")
    .option(
      "--widen-names",
      "where a format cannot hold the names of a destination nobody stated the addresses of, open every public address",
      false,
    )
    .option("--fix", "instead, the rules the exports lack: as commands and as a diff", false)
    .option("--tighten", "instead, narrower rules for those that accept more than is needed", false)
    .option("--against <export>", "repair or tighten one export; another file takes the place of --device's")
    .addHelpText("after", exitCodes("0 all is written, 1 something cannot be written or repaired"))
    .addHelpText(
      "after",
      examples("allow site/topology.yaml -o lists", "allow site/topology.yaml --against edge.rules --device edge"),
    )
    .action(async (path: string, options: AllowCommandOptions) => {
      const { allow } = await import("./commands/allow.js");
      done(await allow(path, options, terminal));
    });
}

function addAudit(program: Command, terminal: Terminal, done: Done): void {
  const formats = ["text", "json", "markdown", "sarif", "junit", "csv", "github", "gitlab"];
  program
    .command("audit")
    .description("find the rules of an export that do nothing, too much, or something other than they seem to")
    .argument("[export...]", "exports of one device, - for standard input")
    .option(
      "--topology <file>",
      "audit the devices of this topology (with exports: only theirs), knowing what they are for",
    )
    .option("--check <id>", "only this check (repeatable); docs/audits.md lists them", collect, [])
    .option("--config <file>", "checks, severities, sensitive services and exceptions")
    .option("--baseline <file>", "JSON of an earlier audit: only what is not in it is told")
    .addOption(
      new Option("--severity <least>", "findings below are only counted").choices(FINDING_SEVERITIES).default("info"),
    )
    .addOption(
      new Option("--max <count>", "at most so many findings of each check; for people, so many causes").argParser(
        parseCount,
      ),
    )
    .addOption(asOption())
    .addOption(new Option("--format <format>", "how to print the answer").choices(formats).default("text"))
    .addHelpText("after", exitCodes("0 no error and no warning found, 1 some, 3 a check did not finish"))
    .addHelpText(
      "after",
      examples(
        "audit edge.rules",
        "audit edge.rules --check shadowed-ace --format sarif",
        "audit --topology site/topology.yaml",
      ),
    )
    .action(async (paths: string[], options: AuditOptions) => {
      const { audit } = await import("./commands/audit.js");
      done(await audit(paths, options, terminal, packageVersion()));
    });
}

function addInit(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("init")
    .description("print a topology to go on from, made of a cloud's own exports")
    .argument("<folder>", "folder with the exports, where the topology is to stand too")
    .addOption(new Option("--from <cloud>", "whose exports they are").choices(["azure"]).makeOptionMandatory())
    .addHelpText("after", examples("init --from azure site > site/topology.yaml"))
    .action(async (folder: string, options: InitOptions) => {
      const { init } = await import("./commands/init.js");
      done(await init(folder, options, terminal));
    });
}

function addDiff(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("diff")
    .description("show which packets fare differently after a change, or prove that none does")
    .argument("<before>", "export of a device, - for standard input")
    .argument("<after>", "export after the change; it may be of another format")
    .option("--before-as <vendor>", "read the export before the change as this format")
    .option("--after-as <vendor>", "read the export after the change as this format")
    .option("--before-with <file>", "another export of the device before, such as ipset save (repeatable)", collect, [])
    .option("--after-with <file>", "another export of the device after (repeatable)", collect, [])
    .option("--topology <file>", "also tell which requirements of this topology get another verdict")
    .option("--device <name>", "the device of the topology, where no export tells")
    .option("--expect <file>", "check that this change, and nothing else, is what happens")
    .option(
      "--direction <way>",
      "compare only input, forward, output or forward=input (repeatable)",
      collectDirections,
      [],
    )
    .addOption(new Option("--family <family>", "compare only these addresses").choices(["ipv4", "ipv6"]))
    .option("--in <interface>", "compare only packets that enter by this interface")
    .option("--out <interface>", "compare only packets that leave by it")
    .addOption(formatOption())
    .addHelpText("after", exitCodes("0 proved equal (or as expected), 1 different, 3 undecided"))
    .addHelpText(
      "after",
      examples(
        "diff monday.rules friday.rules",
        "diff edge.rules edge.nft --topology site/topology.yaml",
        "diff old-nsg.json new-nsg.json --expect change.yaml",
      ),
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { diff } = await import("./commands/diff.js");
      done(await diff(before, after, options, terminal));
    });
}

function progressOption(): Option {
  const text = "say on standard error what is being done, also where that is no terminal";
  return new Option("--progress", text).default(false);
}

function asOption(): Option {
  return new Option("--as <vendor>", `read the exports as this format instead of detecting it: ${FORMATS.join(", ")}`);
}

function formatOption(): Option {
  return new Option("--format <format>", "how to print the answer").choices(["text", "json"]).default("text");
}

function exitCodes(codes: string): string {
  return `\nExit codes: ${codes}, 2 the input cannot be used.`;
}

/** The help of an option, with its default only where that says something. */
function describeOption(option: Option): string {
  const isPlain = option.defaultValue === false || Array.isArray(option.defaultValue);
  const shown = isPlain ? Object.assign(Object.create(option), { defaultValue: undefined }) : option;
  return new Help().optionDescription(shown);
}

function examples(...lines: readonly string[]): string {
  const commands = lines.map((line) => `  $ ${line.includes("flowproof") ? line : `flowproof ${line}`}`);
  return `\nExamples:\n${commands.join("\n")}`;
}
