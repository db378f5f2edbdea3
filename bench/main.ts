/**
 * Prints what the engine takes for rule sets of growing size: `npm run bench -- [--sizes 1000,10000] [--styles acl,fw]
 * [--runs 5] [--seed 1] [--modes flat,drawn,full,command]`. Seconds are user CPU of a process of its own, start-up included in `total`; medians over the runs.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { STYLES } from "./generate-rules.js";
import type { Measurement } from "./measure.js";

const COLUMNS = ["floor", "parse", "index", "shadowed", "inclusion", "accepted set", "diff", "total"];

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000" },
    styles: { type: "string", default: STYLES.join() },
    runs: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    modes: { type: "string", default: "flat,drawn,full,command" },
  },
});
const sizes = values.sizes.split(",").map(Number);

console.log(
  `seed ${values.seed}, medians of ${values.runs}; seconds of user CPU, MB of peak memory; growth from ${sizes.at(-2) ?? sizes[0]} to ${sizes.at(-1)} rules\n`,
);
const styles = values.styles.split(",");
const modes = new Set(values.modes.split(","));
const flat = styles.filter((style) => style !== "ipv6" && style !== "groups");
if (modes.has("flat")) {
  console.log("All shadowed rules of flat rule sets (ten numbers a line)");
  print("flat", ["read", "index", "shadowed", "total"], flat);
}
if (modes.has("drawn")) {
  console.log("\nAccepted sets of the same rule sets");
  print("drawn", ["read", "index", "accepted set", "total"], flat);
}
if (modes.has("full")) {
  console.log("\nEvery question, from the text of iptables-save on (floor: to read and split the same file)");
  print("full", COLUMNS, styles);
}
if (modes.has("command")) {
  console.log("\nflowproof audit --check shadowed-ace --format json, on the same file (shadowed: its findings)");
  print("command", ["total"], styles);
}

function print(mode: string, columns: readonly string[], styles: readonly string[]): void {
  const table = new Table({
    head: ["rules", ...columns, "MB", "shadowed", "undecided"],
    style: { head: [], border: [] },
  });
  for (const style of styles) {
    const rows = sizes.map((size) => ({ size, measured: measure(style, size, mode) }));
    for (const { size, measured } of rows) {
      const { seconds, megabytes, shadowed, undecided } = measured;
      table.push([
        `${style} ${size}`,
        ...columns.map((name) => secondsText(seconds[name])),
        Math.round(megabytes),
        shadowed,
        undecided,
      ]);
    }
    if (rows.length < 2) continue;
    const [before, last] = rows.slice(-2);
    table.push([`${style} growth`, ...columns.map((name) => growthText(before, last, name)), "", "", ""]);
  }
  console.log(table.toString());
}

interface Row {
  readonly size: number;
  readonly measured: Measurement;
}

/** The exponent with which a column grows from one size to another; nothing where one of them lacks it. */
function growthText(before: Row, last: Row, name: string): string {
  const ratio = (last.measured.seconds[name] ?? 0) / (before.measured.seconds[name] ?? 0);
  return ratio > 0 && Number.isFinite(ratio) ? (Math.log(ratio) / Math.log(last.size / before.size)).toFixed(2) : "";
}

function measure(style: string, size: number, mode: string): Measurement {
  const runs = Array.from({ length: Number(values.runs) }, () => {
    const script = fileURLToPath(new URL("measure.js", import.meta.url));
    const text = execFileSync(process.execPath, [script, style, `${size}`, values.seed, mode], { encoding: "utf8" });
    return JSON.parse(text) as Measurement;
  });
  runs.sort((a, b) => (a.seconds["total"] ?? 0) - (b.seconds["total"] ?? 0));
  return runs[runs.length >> 1];
}

function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  return seconds < 0.01 ? `${(seconds * 1000).toFixed(3)} ms` : seconds.toFixed(2);
}
