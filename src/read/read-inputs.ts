/** Turns what a user names on the command line into the texts the stages work on. */
import { readdir } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { NamedFiles, ProveInputs, TextInput } from "../model/inputs.js";
import { nearNames } from "../model/near-names.js";
import type { Mention } from "../model/topology.js";
import { UsageError } from "../model/usage-error.js";
import {
  EXPORT_LIMIT,
  OWN_FORMAT_LIMIT,
  type ReadFailure,
  type ReadOptions,
  type ReadOutcome,
  readText,
  STDIN_LABEL,
} from "./read-text.js";

const PACKAGE_ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Reads one file a user named (`-`: standard input); throws UsageError where it cannot be read. */
export async function readInput(path: string, limit: number = EXPORT_LIMIT): Promise<Parsed<TextInput>> {
  return used(await readText(path, labelOf(path), { limit }));
}

function labelOf(path: string): string {
  return path === "-" ? STDIN_LABEL : path;
}

function used(outcome: ReadOutcome): Parsed<TextInput> {
  if (outcome.kind === "failed") throw new UsageError(outcome.message, outcome.help);
  return { value: outcome.input, diagnostics: remarks(outcome) };
}

/** Reads several files a user named, as `readInput` does. */
export async function readAllInputs(paths: readonly string[]): Promise<Parsed<readonly TextInput[]>> {
  const read = await Promise.all(paths.map((path) => readInput(path)));
  return { value: read.map(({ value }) => value), diagnostics: read.flatMap(({ diagnostics }) => diagnostics) };
}

/**
 * Reads a topology, the files `namedBy` finds in it and the catalogues of `required` (shipped names, or paths from the
 * working directory). Throws UsageError for what the command line names; what the topology names becomes diagnostics.
 * `isDigested`: every text with the SHA-256 of its bytes.
 */
export async function readProveInputs(
  path: string,
  required: readonly string[],
  namedBy: (topology: TextInput) => NamedFiles,
  isDigested = false,
): Promise<ProveInputs> {
  const own = { limit: OWN_FORMAT_LIMIT, isDigested };
  const exported = { limit: EXPORT_LIMIT, isDigested };
  const topology = used(await readText(path, labelOf(path), own));
  const directory = path === "-" ? "." : dirname(path);
  const named = namedBy(topology.value);
  const exports = await readNamed(named.exports, (name) => readText(...beside(directory, name), exported));
  const catalogues = await readNamed(named.catalogues, (name) => readCatalogue(name, directory, own));
  const extra = await Promise.all(required.map(async (name) => used(await readCatalogue(name, ".", own))));
  return {
    topology: topology.value,
    exports: exports.texts,
    catalogues: [...catalogues.texts.values(), ...extra.map(({ value }) => value)],
    diagnostics: [topology, exports, catalogues, ...extra].flatMap(({ diagnostics }) => diagnostics),
  };
}

function beside(directory: string, name: string): [string, string] {
  const path = isAbsolute(name) ? name : join(directory, name);
  return [path, path];
}

interface NamedTexts {
  readonly texts: ReadonlyMap<string, TextInput>;
  readonly diagnostics: readonly Diagnostic[];
}

async function readNamed(files: readonly Mention[], read: (name: string) => Promise<ReadOutcome>): Promise<NamedTexts> {
  const unique = [...new Map(files.map((file) => [file.name, file])).values()];
  const outcomes = await Promise.all(unique.map(async (file) => ({ file, outcome: await read(file.name) })));
  const texts = new Map<string, TextInput>();
  const diagnostics: Diagnostic[] = [];
  for (const { file, outcome } of outcomes) {
    if (outcome.kind === "failed") diagnostics.push(unreadable(file, outcome));
    else {
      texts.set(file.name, outcome.input);
      diagnostics.push(...remarks(outcome));
    }
  }
  return { texts, diagnostics };
}

function unreadable({ at }: Mention, outcome: ReadFailure): Diagnostic {
  const { message, help } = outcome;
  const told = { code: "read/unreadable", severity: "error", message, at, effect: "unknown" } as const;
  return help === undefined ? told : { ...told, help };
}

function remarks({ input, remark }: ReadOutcome & { kind: "read" }): Diagnostic[] {
  if (remark === undefined) return [];
  const at = { file: input.file, line: 1 };
  return [{ code: "read/encoding", severity: "warning", message: remark, at, effect: "unknown" }];
}

async function readCatalogue(name: string, directory: string, options: ReadOptions): Promise<ReadOutcome> {
  if (/[./\\]/.test(name)) return readText(...beside(directory, name), options);
  const label = `requirements/${name}.yaml`;
  const outcome = await readText(join(PACKAGE_ROOT, label), label, options);
  return outcome.kind === "read" ? outcome : unknownCatalogue(name);
}

async function unknownCatalogue(name: string): Promise<ReadOutcome> {
  const files = await readdir(join(PACKAGE_ROOT, "requirements")).catch(() => []);
  const shipped = files.filter((file) => file.endsWith(".yaml")).map((file) => file.slice(0, -".yaml".length));
  const near = nearNames(name, shipped);
  const guess = near.length > 0 ? `did you mean \`${near[0]}\`? ` : "";
  const help = `${guess}shipped: ${shipped.sort().join(", ")}; a file of your own is named with its \`.yaml\``;
  return { kind: "failed", message: `no catalogue called \`${name}\` is shipped`, help };
}
