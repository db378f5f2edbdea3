/** Turns the chains of one table into acls and says what became of each of its rules. */
import type { Ace, Acl, Action } from "../../model/acl.js";
import type { Family } from "../../model/address.js";
import type { Diagnostic, LineAccount } from "../../model/diagnostic.js";
import type { AnyOf, Endpoint, Matches } from "../../model/matches.js";
import type { SourceRef } from "../../model/source-ref.js";
import { inFull, recentNames } from "./changing-rules.js";
import { matchesOf } from "./convert-rule.js";
import { describeTarget } from "./describe.js";
import type { RuleContext } from "./draft.js";
import { isHook, isIdle } from "./hooks.js";
import { markChangeOf, ofConnections } from "./match-marks.js";
import { type Reach, reachOf } from "./reach.js";
import { setNames } from "./remarks.js";
import { actionOf, isBuiltInTarget, PASSING_TARGETS } from "./targets.js";
import type { Chain, Rule, Table, Target } from "./types.js";

/** The acls of a table with the fate of every line a rule stands on. */
export interface ConvertedTable {
  readonly acls: readonly Acl[];
  /** For each chain the fates of the lines of its rules, all of one file. */
  readonly lines: readonly ChainLines[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ChainLines {
  readonly file: string;
  readonly lines: readonly LineAccount[];
}

/** What the rules of a table depend on besides the table; the same for all tables of a family. */
export type TableContext = Pick<
  RuleContext,
  "isTracked" | "own" | "sets" | "recent" | "marks" | "translations" | "zones"
>;

/** Name of the acl a chain becomes: `filter FORWARD`, and `ip6 filter FORWARD` for ip6tables. */
export function aclName(family: Family, table: string, chain: string): string {
  return family === "ipv4" ? `${table} ${chain}` : `ip6 ${table} ${chain}`;
}

/** One acl for each chain that may decide; a built-in chain lets the packets of the other family pass, since its table never sees them. */
export function convertTable(table: Table, context: TableContext): ConvertedTable {
  const reach = reachOf(table);
  const lines: ChainLines[] = [];
  const diagnostics: Diagnostic[] = [];
  const shared = { ...context, family: table.family, table: table.name, addresses: new Map() };
  const chains = [...table.chains.values()].filter((chain) => !isIdle(chain, table));
  const acls = chains.map((chain) => {
    const converter = new ChainConverter(table, chain, reach, shared);
    const acl = converter.convert();
    lines.push({ file: converter.file, lines: converter.lines });
    for (const diagnostic of converter.diagnostics) diagnostics.push(diagnostic);
    return acl;
  });
  return { acls, lines, diagnostics };
}

class ChainConverter {
  readonly lines: LineAccount[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  private readonly context: RuleContext;
  private readonly name: string;
  private lostIndex = 0;

  constructor(
    private readonly table: Table,
    private readonly chain: Chain,
    private readonly reach: Reach,
    shared: Omit<RuleContext, "hooks">,
  ) {
    this.context = { ...shared, hooks: reach.hooksOf(chain.name) };
    this.name = aclName(table.family, table.name, chain.name);
    this.file = chain.file ?? table.file;
  }

  convert(): Acl {
    const isBuiltIn = isHook(this.table.name, this.chain.name);
    const aces: Ace[] = isBuiltIn ? [this.otherFamilyAce()] : [];
    const { missing } = this.chain;
    if (missing !== undefined) aces.push(this.openAce(this.chain.line, missing));
    let index = 1;
    for (const rule of this.chain.rules) {
      const lost = this.lostBefore(rule.line);
      if (lost !== undefined) aces.push(this.openAce(lost, `the line ${lost}, which could not be read`));
      for (const ace of this.convertRule(rule, index)) aces.push(ace);
      index += rule.weight;
    }
    const lost = this.lostBefore(Number.POSITIVE_INFINITY);
    if (lost !== undefined) aces.push(this.openAce(lost, `the line ${lost}, which could not be read`));
    if (!this.table.isComplete) aces.push(this.openAce(this.table.line, "the rest of the table, which has no COMMIT"));
    const defaultAction = isBuiltIn ? this.policyAction() : ({ kind: "return" } as const);
    return { name: this.name, aces, defaultAction, evaluation: "first-match", at: this.at(this.chain.line) };
  }

  private at(line: number, structure = this.name): SourceRef {
    return { file: this.file, line, structure };
  }

  private otherFamilyAce(): Ace {
    const family = this.table.family === "ipv4" ? "ipv6" : "ipv4";
    const matches = { family, unmodeled: [] } as const;
    return {
      name: `${family} passes by`,
      enabled: true,
      matches,
      action: { kind: "accept" },
      at: this.at(this.chain.line),
      isImplied: true,
      passesBy: true,
    };
  }

  /** The first line not yet passed that could not be read and stands before the given one; passes all of them. */
  private lostBefore(line: number): number | undefined {
    const { unreadable } = this.table;
    const first = unreadable[this.lostIndex];
    while ((unreadable[this.lostIndex] ?? Number.POSITIVE_INFINITY) < line) this.lostIndex++;
    return first !== undefined && first < line ? first : undefined;
  }

  /** Stands for what may be a rule of this chain and could not be read. */
  private openAce(line: number, text: string): Ace {
    const matches = { family: this.table.family, unmodeled: [text] };
    const action = { kind: "unknown", text } as const;
    return { name: text, enabled: true, matches, action, at: this.at(line), isImplied: true };
  }

  private policyAction(): Action {
    const { policy } = this.chain;
    if (policy === "DROP") return { kind: "drop" };
    return policy === undefined || policy === "ACCEPT"
      ? { kind: "accept" }
      : { kind: "unknown", text: `policy ${policy}` };
  }

  private convertRule(rule: Rule, index: number): Ace[] {
    const structure = `${this.name} rule ${index}`;
    const at = this.at(rule.line, structure);
    const action = this.actionOf(rule);
    const own = matchesOf(rule, this.context);
    // what is written on a connection needs one
    const all =
      action.kind === "tag" && rule.target?.name === "CONNMARK" ? ofConnections(own, this.context.zones) : own;
    this.account(rule, structure, all, action);
    for (const problem of rule.problems) this.report(rule.line, "unreadable-rule", problem);
    const words = { ...wordsAbout(rule), ...this.meaningOf(rule, all) };
    return all.map((matches) => ({ name: structure, enabled: true, matches, action, at, ...words }));
  }

  /** What an open condition may be about: sets, lists of recent addresses, and all of a rule that is not read whole. */
  private meaningOf(rule: Rule, all: readonly Matches[]): Pick<Ace, "meaning"> {
    if (all.every(({ unmodeled }) => unmodeled.length === 0)) return NO_WORDS;
    const { matches, problems } = rule;
    const meaning = [
      ...setNames(matches).map((name) => this.context.sets.contentOf(name)),
      ...recentNames(matches).map((name) => this.context.recent.get(name)),
      ...(problems.length > 0 ? [inFull(rule)] : []),
    ].join("");
    return meaning === "" ? NO_WORDS : { meaning };
  }

  private actionOf(rule: Rule): Action {
    const { target } = rule;
    if (target === undefined) return { kind: "pass" };
    if (isBuiltInTarget(target.name) && target.kind === "jump")
      return this.markingOf(target) ?? actionOf(target, this.context);
    if (!this.table.chains.has(target.name) || isHook(this.table.name, target.name))
      return this.unknownTarget(rule, target);
    if (this.reach.closesCircle(rule)) {
      this.report(rule.line, "circular-jump", `the jump to \`${target.name}\` goes round in a circle`);
      return { kind: "unknown", text: describeTarget(target) };
    }
    return { kind: target.kind, acl: aclName(this.table.family, this.table.name, target.name) };
  }

  private markingOf(target: Target): Action | undefined {
    const change = markChangeOf(target, this.table.name);
    const becomes = change === undefined ? undefined : this.context.marks.becomes(change);
    return becomes === undefined ? undefined : { kind: "tag", becomes };
  }

  private unknownTarget(rule: Rule, target: Target): Action {
    const action = actionOf(target, this.context);
    if (action.kind !== "unknown") return { kind: "unknown", text: describeTarget(target) };
    this.report(rule.line, "unknown-target", `no chain and no known target is called \`${target.name}\``);
    return action;
  }

  private account({ line, target }: Rule, structure: string, all: readonly Matches[], action: Action): void {
    if (this.chain.isImplied) return;
    const doubts = doubtsOf(all);
    if (action.kind === "unknown") doubts.push(action.text);
    if (action.kind === "pass") {
      const does = target === undefined ? "counts" : (PASSING_TARGETS[target.name] ?? "goes on");
      this.lines.push({ line, fate: "harmless", note: `${structure}: only ${does}` });
    } else if (doubts.length === 0) this.lines.push({ line, fate: "modelled", note: structure });
    else this.lines.push({ line, fate: "approximated", note: `${structure}: open whether ${doubts.join(", ")}` });
  }

  private report(line: number, code: string, message: string): void {
    this.diagnostics.push({
      ...{ code: `iptables/${code}`, severity: "error", message, effect: "unknown" },
      at: { file: this.file, line },
    });
  }
}

/** Why it is open whether a rule matches. */
function doubtsOf(all: readonly Matches[]): string[] {
  if (all.every((matches) => matches.unmodeled.length === 0 && isRead(matches))) return [];
  return [...new Set(all.flatMap((matches) => [...matches.unmodeled, ...unreadAddresses(matches)]))];
}

function isRead({ source, destination }: Matches): boolean {
  const isReadList = ({ operands }: AnyOf<Endpoint>) => operands.every((operand) => !("unresolved" in operand));
  return (
    (source === undefined || source.every(isReadList)) && (destination === undefined || destination.every(isReadList))
  );
}

function unreadAddresses({ source = [], destination = [] }: Matches): string[] {
  return [...source, ...destination].flatMap(({ operands }) =>
    operands.flatMap((operand) => ("unresolved" in operand ? [operand.unresolved] : [])),
  );
}

function wordsAbout({ matches, target }: Rule): Pick<Ace, "remark" | "logs"> {
  const isLog = target !== undefined && PASSING_TARGETS[target.name] === "logs";
  if (!isLog && !matches.some(({ module }) => module === "comment")) return NO_WORDS;
  const comments = matches.filter(({ module }) => module === "comment").flatMap(({ options }) => options);
  const remark = comments.flatMap(({ values }) => values).join(" ");
  return { ...(remark === "" ? {} : { remark }), ...(isLog ? { logs: true } : {}) };
}

const NO_WORDS = {};
