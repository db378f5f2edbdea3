// Rewrites the outputs quoted in the documentation by running the commands they name; with --check only compares.
// A block is marked by a comment before it: <!-- run: flowproof ARGS --> or <!-- run: flowproof ARGS | lines 3-20 -->.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const FILES = ["README.md", "docs/allow-lists.md", "docs/audit.md"];
const BLOCK = /(<!-- run: flowproof ([^\n|]*?)(?: \| lines (\d+)-(\d+))? -->\n```text\n)([\s\S]*?)(```\n)/g;

function outputOf(args, first, last) {
  const env = { ...process.env, COLUMNS: "110", NO_COLOR: "1" };
  const run = spawnSync(process.execPath, ["dist/src/cli/main.js", ...args.split(" ")], { cwd: root, env, encoding: "utf8" });
  if (run.status === 2 || run.status === 70) throw new Error(`flowproof ${args}: ${run.stderr}`);
  const lines = run.stdout.trimEnd().split("\n");
  const shown = first === undefined ? lines : lines.slice(Number(first) - 1, Number(last));
  return `${shown.join("\n")}\n`;
}

let isStale = false;
for (const file of FILES) {
  let text;
  try {
    text = readFileSync(`${root}/${file}`, "utf8");
  } catch {
    continue;
  }
  const fresh = text.replace(BLOCK, (_, head, args, first, last, __, tail) => head + outputOf(args, first, last) + tail);
  if (fresh === text) continue;
  isStale = true;
  if (process.argv.includes("--check")) console.error(`${file} is stale: npm run docs`);
  else writeFileSync(`${root}/${file}`, fresh);
}
process.exitCode = isStale && process.argv.includes("--check") ? 1 : 0;
