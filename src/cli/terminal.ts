/** Turns the process's streams and environment into the one screen that commands write to. */
import type { Presentation } from "../model/reporter.js";
import { UsageError } from "../model/usage-error.js";

/** Where a command's answer goes, and what the screen is like. */
export interface Terminal {
  presentation(explain: boolean): Presentation;
  /** Writes to standard output and waits while its reader is slow; a reader that has gone is no error. */
  write(text: string): Promise<void>;
  /** Writes to standard error. */
  tell(text: string): void;
  /** Says on standard error what is being done, for a person who waits; a pipe or file gets it only if it is `wanted`. */
  progress(text: string, wanted: boolean): void;
}

/** Columns of an output that is no screen, so that files and pipes get the same text everywhere. */
const PIPE_WIDTH = 100;
const NARROWEST = 40;
const WIDEST = 160;

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  let readerIsGone = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw new UsageError(`standard output cannot be written (${error.code})`);
    readerIsGone = true;
  });
  // Nobody is left to be told that the telling failed.
  stderr.on("error", () => undefined);
  return {
    presentation: (explain) => ({ color: hasColor(stdout, env), width: widthOf(stdout), explain }),
    write: async (text) => {
      if (readerIsGone || stdout.write(text)) return;
      await new Promise<void>((resolve) => {
        for (const event of ["drain", "error", "close"]) stdout.once(event, () => resolve());
      });
    },
    tell: (text) => void stderr.write(text),
    progress: (text, wanted) => void ((wanted || stderr.isTTY === true) && stderr.write(`flowproof: ${text}\n`)),
  };
}

/** FORCE_COLOR decides before NO_COLOR, and both before what the stream is. */
export function hasColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** The stream's columns within what reports are made for. */
export function widthOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  if (stream.isTTY !== true || !stream.columns) return PIPE_WIDTH;
  return Math.min(WIDEST, Math.max(NARROWEST, stream.columns));
}
