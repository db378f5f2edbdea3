import { alg, Graph } from "@dagrejs/graphlib";
import { expect } from "chai";
import { resolveImport, type SourceFile, sourceFiles } from "./source-files.js";

/**
 * Who may import whom, type imports included; a room may always import itself. `vendors/*` is every vendor folder,
 * and what a vendor's own row allows is the same for each of them.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  sets: ["model"],
  syntax: ["model"],
  intent: ["model", "syntax"],
  "vendors/*": ["model", "syntax", "vendors/azure", "vendors/netfilter"],
  "vendors/registry": ["model", "vendors/*"],
  topology: ["model", "sets"],
  compile: ["model", "sets"],
  prove: ["model", "sets", "compile", "topology"],
  audit: ["model", "sets", "compile", "topology"],
  diff: ["model", "sets", "compile", "topology"],
  generate: ["model", "sets", "compile", "topology"],
  check: ["model", "vendors/*", "vendors/registry"],
  diagram: ["model"],
  report: ["model", "diagram"],
  read: ["model"],
  pipeline: [
    ...["model", "sets", "syntax", "intent", "vendors/*", "vendors/registry", "topology", "compile", "prove"],
    ...["audit", "diff", "generate", "check", "diagram"],
  ],
  cli: ["pipeline", "read", "report", "model"],
  index: ["pipeline", "read", "report", "model", "vendors/registry"],
};

/** The rooms that may use a package; `node:` stands for everything that comes with Node. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "node:": ["read", "cli"],
  "@dagrejs/graphlib": ["topology"],
  "elkjs/lib/elk.bundled.js": ["diagram"],
  "cli-table3": ["report"],
  commander: ["cli"],
  "ip-address": ["model"],
  "js-yaml": ["intent"],
  "quickjs-emscripten-core": ["vendors/pac"],
  "@jitl/quickjs-wasmfile-release-sync": ["vendors/pac"],
  sarif: ["report"],
};

/** Files that are tables of data, where length says nothing. */
const DATA_TABLES: ReadonlySet<string> = new Set();

function roomOf(path: string): string {
  const [first = "", second = ""] = path.replace(/\.ts$/, "").split("/");
  return first === "vendors" ? `vendors/${second}` : first;
}

function rowOf(room: string): readonly string[] | undefined {
  return ROOMS[room] ?? (room.startsWith("vendors/") ? ROOMS["vendors/*"] : undefined);
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const row = rowOf(from) ?? [];
  return row.includes(to) || (to.startsWith("vendors/") && to !== "vendors/registry" && row.includes("vendors/*"));
}

function offences(files: readonly SourceFile[], offends: (file: SourceFile) => readonly string[]): string[] {
  return files.flatMap((file) => offends(file).map((offence) => `${file.path}: ${offence}`));
}

function linesWith(text: string, pattern: RegExp): string[] {
  return text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`line ${index + 1}: ${line.trim()}`] : []));
}

describe("the house", () => {
  const files = sourceFiles();

  it("has a row in the import table for every room", () => {
    expect(offences(files, ({ path }) => (rowOf(roomOf(path)) === undefined ? ["unknown room"] : []))).to.deep.equal(
      [],
    );
  });

  it("imports only downwards, as the table says", () => {
    const wrong = offences(files, ({ path, imports }) =>
      imports.filter((specifier) => {
        const target = resolveImport(path, specifier);
        return target !== undefined && !mayImport(roomOf(path), roomOf(target));
      }),
    );

    expect(wrong).to.deep.equal([]);
  });

  it("imports only files that are there", () => {
    const paths = new Set(files.map(({ path }) => path));
    const missing = offences(files, ({ path, imports }) =>
      imports.filter((specifier) => !paths.has(resolveImport(path, specifier) ?? path)),
    );

    expect(missing).to.deep.equal([]);
  });

  it("has no cycle of imports", () => {
    const graph = new Graph();
    for (const { path, imports } of files) {
      for (const specifier of imports) {
        const target = resolveImport(path, specifier);
        if (target !== undefined) graph.setEdge(path, target);
      }
    }

    expect(alg.findCycles(graph)).to.deep.equal([]);
  });

  it("keeps every package in the rooms it was let into", () => {
    const wrong = offences(files, ({ path, imports }) =>
      imports.filter((specifier) => {
        if (specifier.startsWith(".")) return false;
        const rooms = PACKAGES[specifier.startsWith("node:") ? "node:" : specifier] ?? [];
        return !rooms.includes(roomOf(path));
      }),
    );

    expect(wrong).to.deep.equal([]);
  });

  it("touches files, environment, clock, chance and console only in read and cli", () => {
    const impure = /\b(?:process|console|Buffer|performance|globalThis)\s*[.[]|\bDate\.now\b|new Date\(\)|Math\.random/;
    const pure = files.filter(({ path }) => !["read", "cli"].includes(roomOf(path)));

    expect(offences(pure, ({ code }) => linesWith(code, impure))).to.deep.equal([]);
  });

  it("loads modules only by literal names, but for what loads the chunks of the bundle", () => {
    const computed = /\bimport\((?!"")|\brequire\(/;
    const others = files.filter(({ path }) => path !== "cli/bundle.ts");

    expect(offences(others, ({ code }) => linesWith(code, computed))).to.deep.equal([]);
  });

  it("has no file above 400 lines", () => {
    const long = files.filter(({ path, text }) => !DATA_TABLES.has(path) && text.split("\n").length > 401);

    expect(long.map(({ path }) => path)).to.deep.equal([]);
  });

  it("says what every file is for: a comment at its head or before an export", () => {
    expect(files.filter(({ text }) => !text.includes("/**")).map(({ path }) => path)).to.deep.equal([]);
  });

  it("leaves nothing for later and silences no check", () => {
    const postponed = /\b(?:TODO|FIXME|XXX|HACK)\b|biome-ignore|eslint-disable|@ts-(?:ignore|expect-error|nocheck)/;

    expect(offences(files, ({ text }) => linesWith(text, postponed))).to.deep.equal([]);
  });

  it("has no untyped value", () => {
    const untyped = /(?::|\bas|<|\||&|=)\s*any\b(?!\s*[:(.])|\bany\[\]/;

    expect(offences(files, ({ code }) => linesWith(code, untyped))).to.deep.equal([]);
  });
});
