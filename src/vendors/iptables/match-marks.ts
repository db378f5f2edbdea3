/** Matches on marks, targets that change them, and the cases that come of both. */
import type { ConnectionState, Matches } from "../../model/matches.js";
import { forgetMark, MarkCases, type MarkChange, type MarkSide, type MarkTest } from "../netfilter/marks.js";
import { describeUse } from "./describe.js";
import { addStateCases, type MatchDraft, type RuleContext } from "./draft.js";
import { isBuiltInTarget } from "./targets.js";
import { type MatchUse, type Option, type Rule, rulesOf, type Table, type Target } from "./types.js";

const ALL_BITS = 0xffffffff;
const SIDES: Readonly<Record<string, MarkSide>> = { mark: "packet", connmark: "connection" };

/** Fact by which a user states that nothing but the rules marks packets: `packet-marks: rules`. */
export const MARKS_FACT = "packet-marks";

/** Reads one use of `-m mark` or `-m connmark` into the draft; a packet without connection has no mark of one. */
export function readMark(draft: MatchDraft, use: MatchUse, { marks, table, zones }: RuleContext): void {
  const tests = use.options.map((option) => ({ option, test: testOf(use, option) }));
  const side = SIDES[use.module] as MarkSide;
  const isLost = side === "connection" && (table === "raw" || zones !== undefined);
  if (!marks.isFollowed || isLost || tests.some(({ test }) => test === undefined)) {
    draft.doubt(describeUse(use));
    return;
  }
  if (side === "connection") addStateCases(draft, (state) => (isOfConnection(state) ? [] : "never"));
  for (const { option, test } of tests) {
    const tested = { ...marks.tested(test as MarkTest, option.negated), reason: describeUse(use) };
    draft.tags = [...draft.tags, tested];
  }
}

function isOfConnection(state: ConnectionState): boolean {
  return state !== "invalid" && state !== "untracked";
}

/** `--mark 0x1/0xff`: a value with bits outside of its mask is never met. */
function testOf({ module }: MatchUse, { name, values }: Option): MarkTest | undefined {
  const read = name === "--mark" ? readNumbers(values[0]) : undefined;
  const side = SIDES[module];
  if (read === undefined || side === undefined) return undefined;
  const [value, mask = ALL_BITS] = read;
  const isPossible = (value & ~mask) >>> 0 === 0;
  return { side, mask, holds: (bits) => bits === value, values: isPossible ? [value] : [] };
}

/** `0x1/0xff` or `1`; undefined iff it is neither. */
function readNumbers(text = ""): readonly [value: number, mask?: number] | undefined {
  const parts = text
    .split("/")
    .map((part) => (/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(part) ? Number(part) : Number.NaN));
  const isRead = parts.length <= 2 && parts.every((part) => part <= ALL_BITS);
  return isRead ? (parts as [number, number?]) : undefined;
}

/** What a target does to marks; undefined iff it leaves them alone. */
export function markChangeOf({ name, options }: Target, table: string): MarkChange | undefined {
  if (name === "HMARK" || name === "IPMARK" || isMarkedBySet(options)) return forgetMark("packet");
  if (name === "MARK") return marking("packet", options);
  if (name !== "CONNMARK") return undefined;
  const [action] = options;
  const isRestore = action?.name === "--restore-mark";
  // in raw most packets have no connection yet, and those that have one are not told apart
  if (table === "raw") return forgetMark(isRestore ? "packet" : "connection");
  if (isRestore || action?.name === "--save-mark") return copying(isRestore ? "packet" : "connection", options);
  return marking("connection", options);
}

/** `-j SET --map-set NAME src --map-mark` takes the mark from the set's entry for the packet. */
function isMarkedBySet(options: readonly Option[]): boolean {
  return options.some(({ name }) => name === "--map-mark");
}

/** By the option, the bits that are cleared and those that are then flipped (net/netfilter/xt_mark.c, libxt_MARK.c). */
const MARKINGS: Readonly<Record<string, (value: number, mask: number) => readonly [clear: number, flip: number]>> = {
  "--set-xmark": (value, mask) => [mask, value],
  "--set-mark": (value, mask) => [mask | value, value],
  "--and-mark": (bits) => [~bits, 0],
  "--or-mark": (bits) => [bits, bits],
  "--xor-mark": (bits) => [0, bits],
};

function marking(side: MarkSide, [option]: readonly Option[]): MarkChange {
  const read = readNumbers(option?.values[0]);
  const marked = option !== undefined && Object.hasOwn(MARKINGS, option.name) ? MARKINGS[option.name] : undefined;
  if (read === undefined || marked === undefined) return forgetMark(side);
  const [clear, flip] = marked(read[0], read[1] ?? ALL_BITS);
  const kept = ~clear >>> 0;
  return { side, packet: side === "packet" ? kept : 0, connection: side === "connection" ? kept : 0, constant: flip };
}

/** `--save-mark --nfmask 0xff --ctmask 0xff`, or one `--mask` for both. */
function copying(side: MarkSide, options: readonly Option[]): MarkChange {
  const maskOf = (name: string): number | undefined => {
    const option = options.find((each) => each.name === name || each.name === "--mask");
    return option === undefined ? ALL_BITS : readNumbers(option.values[0])?.[0];
  };
  const [nfmask, ctmask] = [maskOf("--nfmask"), maskOf("--ctmask")];
  if (nfmask === undefined || ctmask === undefined || options.some(({ negated }) => negated)) return forgetMark(side);
  return side === "packet"
    ? { side, packet: ~nfmask >>> 0, connection: ctmask, constant: 0 }
    : { side, packet: nfmask, connection: ~ctmask >>> 0, constant: 0 };
}

/** The cases of marks that the rules of all tables make; not followed where something unknown may change them. */
export function markCasesOf(tables: readonly Table[], facts: ReadonlyMap<string, string> | undefined): MarkCases {
  const changes: MarkChange[] = [];
  const tests: MarkTest[] = [];
  let isKnown = tables.every(({ unreadable, isComplete }) => unreadable.length === 0 && isComplete);
  for (const table of tables) {
    for (const rule of rulesOf([table])) {
      const change = rule.target === undefined ? undefined : markChangeOf(rule.target, table.name);
      if (change !== undefined) changes.push(change);
      for (const test of testsOf(rule)) tests.push(test);
      if (mayMarkUnseen(rule, table)) isKnown = false;
    }
  }
  return new MarkCases(changes, isKnown ? tests : [], facts?.get(MARKS_FACT) === "rules");
}

function testsOf({ matches }: Rule): readonly MarkTest[] {
  if (!matches.some(({ module }) => Object.hasOwn(SIDES, module))) return NO_TESTS;
  return matches.flatMap((use) => {
    return Object.hasOwn(SIDES, use.module) ? use.options.flatMap((option) => testOf(use, option) ?? []) : [];
  });
}

const NO_TESTS: readonly MarkTest[] = [];

/** A queue's program, a proxy or a target nobody knows may mark packets too. */
function mayMarkUnseen({ target }: Rule, { chains }: Table): boolean {
  return target !== undefined && !chains.has(target.name) && !isBuiltInTarget(target.name);
}

/** The matches for packets that belong to a connection; in another zone they may belong to none. */
export function ofConnections(all: readonly Matches[], zones: string | undefined): Matches[] {
  const tracked: readonly ConnectionState[] = ["new", "established", "related"];
  return all.map((matches) => ({
    ...matches,
    states: matches.states?.filter(isOfConnection) ?? tracked,
    unmodeled: zones === undefined ? matches.unmodeled : [...matches.unmodeled, zones],
  }));
}
