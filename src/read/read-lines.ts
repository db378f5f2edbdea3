/** Turns a file (or `-`, standard input) into its lines, piece by piece, however long the file is. */
import { createReadStream } from "node:fs";
import { UsageError } from "../model/usage-error.js";
import { encodingOf } from "./decode-text.js";
import { explainFailure } from "./read-text.js";

const LONGEST_LINE = 1024 * 1024;

/**
 * Yields the lines in batches as they arrive, without their ends; a last line without end counts. Throws UsageError
 * where the file cannot be read, is no text, or has a line above 1 MiB.
 */
export async function* readLines(path: string, label: string): AsyncGenerator<readonly string[]> {
  let rest = "";
  for await (const text of decodedPieces(path, label)) {
    if (text.includes("\0")) throw new UsageError(`\`${label}\` is not text: it holds zero bytes`);
    const lines = (rest + text).split("\n");
    rest = lines.pop() as string;
    if (rest.length > LONGEST_LINE) throw new UsageError(`\`${label}\` has a line longer than 1 MiB`);
    yield lines.map(withoutCarriageReturn);
  }
  if (rest !== "") yield [withoutCarriageReturn(rest)];
}

async function* decodedPieces(path: string, label: string): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  try {
    const stream = path === "-" ? process.stdin : createReadStream(path);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      decoder ??= new TextDecoder(encodingOf(chunk));
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    const failure = await explainFailure(error as NodeJS.ErrnoException, path, label);
    throw new UsageError(failure.message, failure.help);
  }
  if (decoder !== undefined) yield decoder.decode();
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
