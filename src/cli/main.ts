#!/usr/bin/env node
/** The `flowproof` command: runs one command and turns whatever happens into its exit code. */
import { setFlagsFromString } from "node:v8";
import { CommanderError } from "commander";
import { UsageError } from "../model/usage-error.js";
import { EXIT, type ExitCode } from "./exit-code.js";
import { buildProgram, packageVersion } from "./program.js";
import { openTerminal } from "./terminal.js";

// A run is short: compiling later what turns out to be hot, and less at once, saves a third of it and more
// (docs/decisions/0015-short-runs.md).
setFlagsFromString("--interrupt-budget=400000");
setFlagsFromString("--max-inlined-bytecode-size-cumulative=100");

const terminal = openTerminal();

function reportFailure(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.proved : EXIT.unusable;
  if (error instanceof UsageError) {
    terminal.tell(`flowproof: ${error.message}\n${error.help === undefined ? "" : `  help: ${error.help}\n`}`);
    return EXIT.unusable;
  }
  const message = error instanceof Error ? error.message : String(error);
  terminal.tell(`flowproof ${packageVersion()} has a bug, please report it: ${message.split("\n")[0]}\n`);
  if (process.env["FLOWPROOF_DEBUG"] === "1" && error instanceof Error) terminal.tell(`${error.stack}\n`);
  return EXIT.bug;
}

process.on("uncaughtException", (error) => process.exit(reportFailure(error)));

try {
  const program = buildProgram(terminal, (code) => {
    process.exitCode = code;
  });
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
