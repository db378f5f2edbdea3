import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const BUNDLE = new URL("../../src/bundle/", import.meta.url);
const LOADER = new URL("../../src/cli/bundle.js", import.meta.url).href;

describe("the bundle", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flowproof-"));
    write("answer", 'exports.answer = () => require("./part.cjs").number + 1;');
    write("part", "exports.number = 41;");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, code: string): void {
    writeFileSync(join(folder, `${name}.cjs`), `(function (exports, require, __filename) {"use strict";\n${code}\n})`);
  }

  const kept = () => readdirSync(folder).filter((name) => name.endsWith(".compiled"));

  /** What the answer is in another process, and whether V8 compiled less than all of it itself. */
  function answer(then = ""): string {
    const script = `
      const { Bundle } = await import(${JSON.stringify(LOADER)});
      const bundle = new Bundle(${JSON.stringify(folder)});
      process.stdout.write(String(bundle.load("answer.cjs").answer()));
      ${then}`;
    return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", env: {} });
  }

  it("answers from chunks, and keeps what was compiled of them", () => {
    expect(answer()).to.equal("42");
    expect(kept()).to.deep.equal([]);
    expect(answer("bundle.keepCompiled();")).to.equal("42");
    expect(kept()).to.have.length(2);
    expect(answer()).to.equal("42");
  });

  it("compiles a chunk that is newer than what was kept of it, also if both are equally long", () => {
    answer("bundle.keepCompiled();");
    for (const name of kept()) utimesSync(join(folder, name), 1, 1);
    write("part", "exports.number = 42;");
    expect(answer()).to.equal("43");
  });

  it("compiles a chunk whose kept code is cut off", () => {
    answer("bundle.keepCompiled();");
    for (const name of kept()) truncateSync(join(folder, name), 100);
    expect(answer()).to.equal("42");
  });

  it("has kept code of every command's chunks, which V8 takes", () => {
    const folder = fileURLToPath(BUNDLE);
    const names = readdirSync(folder);
    for (const name of ["run", "prove", "audit", "allow", "draw", "report", "diff", "explain", "load-exports"])
      expect(names, name).to.include(`${name}.cjs.${process.version}-${process.arch}.compiled`);
    const script = `
      const { Bundle } = await import(${JSON.stringify(LOADER)});
      const { Script } = await import("node:vm");
      const { readFileSync } = await import("node:fs");
      for (const path of process.argv.slice(1)) {
        const [source, cachedData] = [readFileSync(path, "utf8"), readFileSync(path + "." + process.version + "-" + process.arch + ".compiled")];
        if (new Script(source, { cachedData }).cachedDataRejected) process.stdout.write(path);
      }`;
    const chunks = names.flatMap((name) =>
      name.endsWith(".compiled") ? [join(folder, name.replace(/\.cjs\..*/, ".cjs"))] : [],
    );
    const refused = execFileSync(process.execPath, ["--input-type=module", "-e", script, ...chunks], {
      encoding: "utf8",
      env: {},
    });
    expect(refused).to.equal("");
  });

  it("passes the licences of what it holds on", () => {
    expect(readFileSync(new URL("LICENCES.txt", BUNDLE), "utf8"))
      .to.include("commander")
      .and.to.include("js-yaml");
  });
});
