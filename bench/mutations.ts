/**
 * Plants bugs in the built engine, one at a time, and runs its tests: each has to be caught.
 * `npm run build && node dist/bench/mutations.js`. Exits 1 if one survives.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

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
    from: "hasTransport(fields) ? [FIRST]",
    to: "hasTransport(fields) ? [FIRST, LATER]",
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
    file: "compile/compile-matches",
    from: "if (matches.unmodeled.length === 0)",
    to: "if (true)",
    bug: "unmodelled conditions hold always",
  },
  {
    file: "compile/pass-stages",
    from: "isChanged ? relation.origin(",
    to: "false ? relation.origin(",
    bug: "untracked packets vanish",
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
    from: 'if (action.kind === "notrack")\n        return true;',
    to: "",
    bug: "changed packets are judged by earlier aces",
  },
  {
    file: "compile/ace-boxes",
    from: "matches.unmodeled.length > 0 ? [] : boxes",
    to: "boxes",
    bug: "a doubtful ace shadows",
  },
  {
    file: "compile/acl-diagram",
    from: '(effect === ACCEPT) === (side === "possibly")',
    to: '(effect === ACCEPT) === (side === "surely")',
    bug: "the bounds are exchanged",
  },
];

const root = fileURLToPath(new URL("../src/", import.meta.url));
const tests = fileURLToPath(new URL("../test/", import.meta.url));
const mocha = fileURLToPath(new URL("../../node_modules/mocha/bin/mocha.js", import.meta.url));
const survivors = MUTATIONS.filter((mutation) => !isCaught(mutation));
console.log(`${MUTATIONS.length - survivors.length} of ${MUTATIONS.length} planted bugs caught`);
process.exitCode = survivors.length === 0 ? 0 : 1;

function isCaught({ file, from, to, bug }: Mutation): boolean {
  const path = `${root}${file}.js`;
  const original = readFileSync(path, "utf8");
  if (!original.includes(from)) {
    console.log(`not found: ${bug} (${file})`);
    return false;
  }
  writeFileSync(
    path,
    original.replace(from, () => to),
  );
  try {
    const specs = [`${tests}sets/*.test.js`, `${tests}compile/*.test.js`];
    const options = ["--max-old-space-size=3000", mocha, "--no-config", "--bail", "--timeout", "60000", ...specs];
    const run = spawnSync(process.execPath, options, { timeout: 240_000 });
    const isFound = run.status !== 0;
    console.log(`${isFound ? "caught" : "SURVIVED"}: ${bug} (${file})`);
    return isFound;
  } finally {
    writeFileSync(path, original);
  }
}
