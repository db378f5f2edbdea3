// Bundles the command over what the compiler made of it: docs/decisions/0016-the-command-is-bundled.md.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const CHUNKS = "bundle"; // as deep as the modules, which find files of the package from where they are

rmSync(`dist/src/${CHUNKS}`, { recursive: true, force: true });
const { output } = await build({
  input: { run: "src/cli/run.ts" },
  platform: "node",
  external: /elkjs|quickjs/, // large, loaded by few commands, and not for the first answer
  output: {
    ...{ dir: `dist/src/${CHUNKS}`, format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" },
    ...{ strict: true, minify: false, sourcemap: true, dynamicImportInCjs: false },
    // The shape that src/cli/bundle.ts runs.
    ...{ banner: "(function (exports, require, __filename) {", footer: "})" },
  },
});

// Whoever passes the code of a package on passes its licence on.
const modules = output.flatMap((part) => part.moduleIds ?? []);
const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []);
const licences = [...new Set(folders)].sort().map((folder) => {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence to pass on`);
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(`dist/src/${CHUNKS}/LICENCES.txt`, licences.join(`\n${"-".repeat(79)}\n\n`));

// In a process of its own: the flags that it sets hold for all of V8.
execFileSync(process.execPath, ["scripts/keep-compiled.mjs"], { stdio: ["ignore", "ignore", "inherit"] });
