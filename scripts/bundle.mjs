// Bundles the command over what the compiler made of it: docs/decisions/0016-the-command-is-bundled.md.
import { readFileSync, rmSync } from "node:fs";
import { build } from "rolldown";

const CHUNKS = "bundle"; // as deep as the modules, which find files of the package from where they are
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const isOfPackage = (id) => Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`));

rmSync(`dist/src/${CHUNKS}`, { recursive: true, force: true });
await build({
  input: { "cli/main": "src/cli/main.ts" },
  platform: "node",
  external: isOfPackage,
  output: { dir: "dist/src", entryFileNames: "[name].js", chunkFileNames: `${CHUNKS}/[name].js`, sourcemap: true },
});
