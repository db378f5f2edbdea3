/** Turns one path (or `-`, standard input) into text, or into the reason why it cannot be read. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { TextInput } from "../model/inputs.js";
import { nearNames } from "../model/near-names.js";
import { decodeText } from "./decode-text.js";

/** A sentence why a file cannot be read. */
export interface ReadFailure {
  readonly kind: "failed";
  readonly message: string;
  readonly help?: string;
}

/** The outcome of reading one file: its text, with a remark where the decoding was a guess, or why there is none. */
export type ReadOutcome = { readonly kind: "read"; readonly input: TextInput; readonly remark?: string } | ReadFailure;

/** Bytes beyond which an input is refused unread. */
export const EXPORT_LIMIT = 64 * 1024 * 1024;
export const OWN_FORMAT_LIMIT = 4 * 1024 * 1024;

/** The name that stands for standard input in positions. */
export const STDIN_LABEL = "<stdin>";

export interface ReadOptions {
  /** Bytes beyond which the file is refused. */
  readonly limit: number;
  /** With the SHA-256 of the bytes; only who reports them wants that. */
  readonly isDigested?: boolean;
}

/** Reads `path`; `label` is the name its lines are cited by. */
export async function readText(path: string, label: string, options: ReadOptions): Promise<ReadOutcome> {
  const { limit, isDigested = false } = options;
  try {
    const bytes = await readBytes(path, limit);
    if (bytes === undefined) {
      return { kind: "failed", message: `\`${label}\` is larger than ${limit / 1024 / 1024} MiB` };
    }
    const outcome = fromBytes(bytes, label);
    if (!isDigested || outcome.kind === "failed") return outcome;
    return { ...outcome, input: { ...outcome.input, sha256: await sha256Of(bytes) } };
  } catch (error) {
    return explainFailure(error as NodeJS.ErrnoException, path, label);
  }
}

async function readBytes(path: string, limit: number): Promise<Uint8Array | undefined> {
  const stream = path === "-" ? process.stdin : createReadStream(path);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fromBytes(bytes: Uint8Array, label: string): ReadOutcome {
  const decoded = decodeText(bytes);
  if (decoded.kind === "binary") return { kind: "failed", message: `\`${label}\` is not text: ${decoded.reason}` };
  if (decoded.text.trim() === "") return { kind: "failed", message: `\`${label}\` is empty` };
  const input = { file: label, text: decoded.text };
  return decoded.remark === undefined ? { kind: "read", input } : { kind: "read", input, remark: decoded.remark };
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto"); // takes longer to load than most inputs to read
  return createHash("sha256").update(bytes).digest("hex");
}

/** Why the system refused to read a path; an error that is none of the system's is a bug and thrown on. */
export async function explainFailure(error: NodeJS.ErrnoException, path: string, label: string): Promise<ReadFailure> {
  switch (error.code) {
    case "ENOENT":
    case "ENOTDIR":
      return withHelp(`\`${label}\` does not exist`, await namesBeside(path));
    case "EISDIR":
      return withHelp(`\`${label}\` is a directory`, await topologyInside(path, label));
    case "EACCES":
    case "EPERM":
      return { kind: "failed", message: `\`${label}\` may not be read: permission denied` };
    default:
      if (error.code === undefined) throw error;
      return { kind: "failed", message: `\`${label}\` cannot be read (${error.code})` };
  }
}

function withHelp(message: string, help: string | undefined): ReadFailure {
  return help === undefined ? { kind: "failed", message } : { kind: "failed", message, help };
}

async function namesBeside(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => undefined);
  if (names === undefined) return `the directory \`${dirname(path)}\` does not exist either`;
  const near = nearNames(basename(path), names);
  if (near.length > 0) return `did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`;
  return undefined;
}

async function topologyInside(path: string, label: string): Promise<string | undefined> {
  const inside = await stat(join(path, "topology.yaml")).catch(() => undefined);
  return inside?.isFile() ? `did you mean \`${join(label, "topology.yaml")}\`?` : undefined;
}
