/**
 * Plants bugs in the built engine, one at a time, and runs its tests: each has to be caught.
 * `npm run mutations [-- --only <parts of files' names>]`. Works on a copy; exits 1 if a bug survives or has no place.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";

interface Mutation {
  readonly file: string;
  /** Text of the built file and what the bug makes of it. */
  readonly from: string;
  readonly to: string;
  readonly bug: string;
}

const MUTATIONS: readonly Mutation[] = [
  {
    file: "sets/algebra",
    from: "if (boundB <= boundA)\n            j++;",
    to: "j++;",
    bug: "edges are skipped in a merge",
  },
  {
    file: "sets/algebra",
    from: "if (b === EMPTY)\n        return a;",
    to: "if (b === EMPTY)\n        return b;",
    bug: "minus nothing is nothing",
  },
  {
    file: "sets/node",
    from: "if (last >= 0 && this.#children[last] === child)",
    to: "if (false)",
    bug: "equal neighbours stay apart",
  },
  {
    file: "sets/intervals",
    from: "first <= end.last + 1",
    to: "first <= end.last + 2",
    bug: "ranges with a gap of one are joined",
  },
  {
    file: "sets/intervals",
    from: "if (high - low > 1)",
    to: "if (high - low > 2)",
    bug: "the middle of a long range gets lost",
  },
  {
    file: "sets/fields",
    from: "const isFirst = hasTransport(fields);",
    to: "const isFirst = false;",
    bug: "later fragments have ports",
  },
  { file: "sets/mirror", from: "[8, 0]", to: "[8, 3]", bug: "an echo is answered with unreachable" },
  {
    file: "sets/project",
    from: "last - first >= hostMask",
    to: "last - first >= hostMask - 1",
    bug: "a network map forgets the wrap",
  },
  {
    file: "sets/bounds",
    from: "surely: possibly.complement()",
    to: "surely: surely.complement()",
    bug: "not maybe is yes",
  },
  {
    file: "sets/cover",
    from: "if (first > inner[k])",
    to: "if (first > inner[k] + 1)",
    bug: "a thin slab is not looked at",
  },
  { file: "sets/cover", from: "above[k] = last + 1;", to: "above[k] = last + 2;", bug: "a slab loses its edge" },
  {
    file: "sets/box-tree",
    from: "if (isFirst || last > bounds[node * width + k + 1])",
    to: "if (isFirst)",
    bug: "bounds of a node are too small",
  },
  {
    file: "sets/action-diagram",
    from: "if (boundA === bound)\n                i++;",
    to: "i++;",
    bug: "a diagram merge runs ahead",
  },
  {
    file: "sets/action-diagram",
    from: "ranges[end - 1] - least < next * size ? end : end - 2",
    to: "end",
    bug: "a range ends with the digit in which it begins",
  },
  {
    file: "sets/diagram-nodes",
    from: "child < 0 ? child : movedTo(child, moved)",
    to: "child",
    bug: "edges lead to where nodes were before a sweep",
  },
  {
    file: "sets/diagram-nodes",
    from: "anyChild |= children[k];",
    to: "anyChild = children[k];",
    bug: "a node counts as total once its last edge is",
  },
  {
    file: "sets/level-products",
    from: "product[node.level] = WHOLE[node.level];",
    to: "",
    bug: "a product keeps ranges of the one before it",
  },
  {
    file: "compile/walk-acl",
    from: "const isSure = bounds.surely === bounds.possibly ||",
    to: "const isSure = true ||",
    bug: "doubts are dropped",
  },
  {
    file: "compile/walk-acl",
    from: 'if (action.kind === "goto" && isOrdered(frame))',
    to: "if (false)",
    bug: "goto comes back like jump",
  },
  { file: "compile/walk-acl", from: "returned.union(rest), [])", to: "rest, [])", bug: "return leaves the policy out" },
  { file: "compile/compile-acl", from: "[...aces].reverse()", to: "[...aces]", bug: "last match is first match" },
  {
    file: "compile/ace-product",
    from: "isExact(bounds) ?",
    to: "true ?",
    bug: "what a group possibly holds is taken for certain",
  },
  {
    file: "compile/compile-matches",
    from: "if (matches.unmodeled.length === 0)",
    to: "if (true)",
    bug: "unmodelled conditions hold always",
  },
  {
    file: "compile/pass-stages",
    from: "mayUntrack && !UNTRACKED.includes(passage.packets)",
    to: "false",
    bug: "untracking changes nothing",
  },
  {
    file: "compile/pass-device",
    from: "passage.packets.subtract(TRANSLATABLE)",
    to: "passage.packets.intersect(TRANSLATABLE)",
    bug: "known connections vanish at a nat stage",
  },
  {
    file: "compile/compile-device",
    from: 'if (action.kind === "translate")\n        sides.add(',
    to: "if (false)\n        sides.add(",
    bug: "replies are restored at the wrong place",
  },
  {
    file: "compile/find-shadowed-aces",
    from: 'return kind === "notrack" || kind === "tag";',
    to: "return false;",
    bug: "changed packets are judged by earlier aces",
  },
  {
    file: "compile/ace-boxes",
    from: "compiled.ace.matches.unmodeled.length > 0 ? NO_SPAN : span",
    to: "span",
    bug: "a doubtful ace shadows",
  },
  {
    file: "compile/ace-product",
    from: "level: FLAGS, ranges: flagRanges(tcpFlags)",
    to: "level: FLAGS, ranges: flagRanges({ mask: 0, value: 0 })",
    bug: "flags are asked for in vain",
  },
  {
    file: "compile/acl-rules",
    from: '(effect === ACCEPT) === (side === "possibly")',
    to: '(effect === ACCEPT) === (side === "surely")',
    bug: "the bounds are exchanged",
  },
  {
    file: "sets/algebra",
    from: "this.#first[slot] === a.id && this.#second[slot] === b.id",
    to: "this.#first[slot] === a.id && this.#results[slot] !== undefined",
    bug: "a memo answers for another operand",
  },
  {
    file: "sets/packet-point",
    from: "first = bound + 1;",
    to: "first = bound;",
    bug: "an example lies beside its set",
  },
  {
    file: "sets/diagram-set",
    from: "child.level > level",
    to: "child !== undefined",
    bug: "levels of a diagram are taken as they come",
  },
  {
    file: "sets/cover",
    from: "this.#tree.findHolding(this.#point, limit, except) < 0",
    to: "this.#tree.findHolding(this.#point, limit - 1, except) < 0",
    bug: "the ace before is not asked",
  },
  {
    file: "compile/product-table",
    from: "Math.min(last, ranges[k + 1])",
    to: "Math.max(last, ranges[k + 1])",
    bug: "a rule near an altered one is cut too wide",
  },
  {
    file: "compile/telling-rules",
    from: "tree.isMet(hulls, i * width, laterFirst(i))",
    to: "false",
    bug: "a rule that keeps packets from a later one is left out",
  },
  {
    file: "compile/product-table",
    from: "if (range.first > last || range.last < first)",
    to: "if (false)",
    bug: "a rule holds what is chosen beside its box",
  },
  {
    file: "compile/altered-rows",
    from: "|| before.actions[i] !== after.actions[j]",
    to: "",
    bug: "a rule that was turned over is not seen",
  },
  {
    file: "compile/compare-acls",
    from: "before.otherwise === after.otherwise",
    to: "true",
    bug: "a default that was turned over is not seen",
  },
  {
    file: "compile/compile-nat",
    from: "within.intersect(set.unassign(fields))",
    to: "within.intersect(set)",
    bug: "what translated packets were is forgotten",
  },
  {
    file: "compile/effective-aces",
    from: "surely = surely.subtract(matches.bounds.possibly);",
    to: "surely = surely.subtract(matches.bounds.surely);",
    bug: "doubtful aces take nothing from those after them",
  },
  {
    file: "compile/redundant-aces",
    from: "later > position &&",
    to: "later > position + 1 &&",
    bug: "the rule right behind takes nothing from a redundant one",
  },
  {
    file: "compile/family-search",
    from: "findOpen(box, 0, limit, i, budget)",
    to: "findOpen(box, 0, limit, -1, budget)",
    bug: "a rule stands in for itself",
  },
  {
    file: "compile/ace-hull",
    from: "if (list.negated)\n        return false;",
    to: "",
    bug: "a negated condition narrows the index",
  },
];

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const root = fileURLToPath(new URL("../../", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "mutations-"));
const chosen = MUTATIONS.filter(({ file }) => values.only.split(",").some((part) => file.includes(part)));
const table = new Table({ head: ["file", "bug", "result", "seconds"], style: { head: [], border: [] } });
let caught = 0;
/** In milliseconds: some planted bugs make a test run for ever. */
let longest = 1_800_000;

try {
  cpSync(join(root, "dist"), join(copy, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(copy, "package.json"));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const begin = Date.now();
  if (!isSound()) throw new Error("the tests fail without any planted bug");
  longest = 3 * (Date.now() - begin) + 30_000;
  for (const mutation of chosen) {
    const start = Date.now();
    const result = resultOf(mutation);
    if (result === "caught") caught++;
    table.push([mutation.file, mutation.bug, result, Math.round((Date.now() - start) / 1000)]);
    console.error(`${result}: ${mutation.bug} (${mutation.file})`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
console.log(table.toString());
console.log(`${caught} of ${chosen.length} planted bugs caught`);
process.exitCode = caught === chosen.length ? 0 : 1;

function resultOf({ file, from, to }: Mutation): "caught" | "SURVIVED" | "NO PLACE FOUND" {
  const path = join(copy, "dist", "src", `${file}.js`);
  const original = readFileSync(path, "utf8");
  if (!original.includes(from)) return "NO PLACE FOUND";
  try {
    writeFileSync(
      path,
      original.replace(from, () => to),
    );
    return isSound() ? "SURVIVED" : "caught";
  } finally {
    writeFileSync(path, original);
  }
}

/** True iff every test of the engine passes; one that does not end has failed. */
function isSound(): boolean {
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const specs = ["sets", "compile"].map((folder) => join(copy, "dist", "test", folder, "*.test.js"));
  const options = ["--max-old-space-size=3000", mocha, "--no-config", "--bail", "--timeout", "600000", ...specs];
  return spawnSync(process.execPath, options, { cwd: copy, timeout: longest }).status === 0;
}
