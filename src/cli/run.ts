/** Runs one command and turns whatever happens into its exit code. */
import { CommanderError } from "commander";
import { UsageError } from "../model/usage-error.js";
import { EXIT, type ExitCode } from "./exit-code.js";
import { buildProgram, packageVersion } from "./program.js";
import { openTerminal, type Terminal } from "./terminal.js";

/** Runs the command that the process was started with, to its end. */
export async function runProcess(): Promise<void> {
  const terminal = openTerminal();
  process.on("uncaughtException", (error) => process.exit(reportFailure(error, terminal)));
  process.exitCode = await run(process.argv.slice(2), terminal);
}

/** Runs the command of some arguments. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.proved;
  try {
    const program = buildProgram(terminal, (code) => {
      exitCode = code;
    });
    program.exitOverride();
    for (const command of program.commands) command.exitOverride();
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return reportFailure(error, terminal);
  }
}

function reportFailure(error: unknown, terminal: Terminal): ExitCode {
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
