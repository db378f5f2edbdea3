/**
 * Runs the bundled command with what V8 has compiled of it before, kept in a file beside each chunk: docs/decisions/0018.
 * Another V8, or one with other flags, refuses such a file and compiles the chunk itself.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/** A chunk is a script whose value is this function, as the build wraps it. */
type ChunkBody = (exports: object, require: (name: string) => unknown, filename: string) => void;

// A run is short: compiling later what turns out to be hot, and less at once, saves a third of it and more
// (docs/decisions/0015-short-runs.md). Set before anything is compiled: V8 keeps to the flags it has compiled under.
setFlagsFromString("--interrupt-budget=400000");
setFlagsFromString("--max-inlined-bytecode-size-cumulative=100");

export class Bundle {
  readonly #folder: string;
  readonly #require: NodeJS.Require;
  readonly #exports = new Map<string, object>();
  readonly #scripts = new Map<string, Script>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#require = createRequire(join(folder, "chunk.cjs"));
  }

  /** What the chunk in a file exports. */
  load(file: string): unknown {
    const known = this.#exports.get(file);
    if (known !== undefined) return known;
    const exports = {};
    this.#exports.set(file, exports);
    const path = join(this.#folder, file);
    const script = compile(path);
    this.#scripts.set(path, script);
    const body = script.runInThisContext() as ChunkBody;
    body(exports, (name) => (name.startsWith("./") ? this.load(name.slice(2)) : this.#require(name)), path);
    return exports;
  }

  /** Keeps what has been compiled of the loaded chunks by now, of each the functions that ran. */
  keepCompiled(): void {
    for (const [path, script] of this.#scripts) writeFileSync(compiledBeside(path), script.createCachedData());
  }
}

function compile(path: string): Script {
  const source = readFileSync(path, "utf8");
  const cachedData = readCompiled(path);
  return new Script(source, {
    filename: pathToFileURL(path).href,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/**
 * What was kept of a chunk. V8 takes a source for the one it has compiled if both are equally long, so what is older than its
 * source is not offered; nor is anything while coverage is measured, for V8 counts branches only in what it compiles itself.
 */
function readCompiled(path: string): Buffer | undefined {
  if (process.env["NODE_V8_COVERAGE"] !== undefined) return undefined;
  try {
    const compiled = compiledBeside(path);
    return statSync(compiled).mtimeMs >= statSync(path).mtimeMs ? readFileSync(compiled) : undefined;
  } catch {
    return undefined;
  }
}

/** V8 tells compiled code of another V8 apart, but not that of another Node with an equal V8: the name does. */
function compiledBeside(path: string): string {
  return `${path}.${process.version}-${process.arch}.compiled`;
}
