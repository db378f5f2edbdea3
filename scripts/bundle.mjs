// Bundles the command over what the compiler made of it: docs/decisions/0016-the-command-is-bundled.md.
import { rmSync } from "node:fs";
import { build } from "rolldown";

const CHUNKS = "bundle"; // as deep as the modules, which find files of the package from where they are

rmSync(`dist/src/${CHUNKS}`, { recursive: true, force: true });
await build({
  input: { "cli/main": "src/cli/main.ts" },
  platform: "node",
  external: /elkjs|quickjs/, // large, loaded by few commands, and not for the first answer
  output: { dir: "dist/src", entryFileNames: "[name].js", chunkFileNames: `${CHUNKS}/[name].js`, sourcemap: true },
});
