/** Turns the chains of one table into acls and says what became of each of its rules. */
import type { Ace, Acl, Action } from "../../model/acl.js";
import type { Family } from "../../model/address.js";
import type { Diagnostic, LineFate } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";
import { convertRule } from "./convert-rule.js";
import { ALL_FAMILIES, matchesOf } from "./draft.js";
import { reachOf } from "./reach.js";
import type { SharedContext } from "./rule-context.js";
import { meaningOf } from "./rule-meaning.js";
import { isIdle, type NftChain, type NftTable, type PlacedRule } from "./ruleset.js";
import type { Expression, Rule } from "./types.js";

/** What became of the lines of one rule. */
export interface RuleAccount {
  readonly file: string;
  readonly first: number;
  readonly last: number;
  readonly fate: LineFate;
  readonly note: string;
}

export interface ConvertedTable {
  readonly acls: readonly Acl[];
  readonly accounts: readonly RuleAccount[];
  readonly diagnostics: readonly Diagnostic[];
}

const FAMILIES_OF_TABLE: Readonly<Record<string, ReadonlySet<Family>>> = {
  ip: new Set(["ipv4"]),
  ip6: new Set(["ipv6"]),
};

/** Name of the acl a chain becomes, e.g. `inet filter input`. */
export function aclName({ family, name }: Pick<NftTable, "family" | "name">, chain: string): string {
  return `${family} ${name} ${chain}`;
}

/** One acl for each chain of the table that may decide. */
export function convertTable(table: NftTable, shared: SharedContext): ConvertedTable {
  const converter = new TableConverter(table, shared);
  const chains = [...table.chains.values()].filter((chain) => !isIdle(chain));
  const acls = chains.map((chain) => converter.convertChain(chain));
  return { acls, accounts: converter.accounts, diagnostics: converter.diagnostics };
}

class TableConverter {
  readonly accounts: RuleAccount[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly families: ReadonlySet<Family>;
  private readonly reach: ReturnType<typeof reachOf>;
  private readonly changing: ReadonlyMap<string, readonly Rule[]>;

  constructor(
    private readonly table: NftTable,
    private readonly shared: SharedContext,
  ) {
    this.families = FAMILIES_OF_TABLE[table.family] ?? ALL_FAMILIES;
    this.reach = reachOf(table);
    this.changing = shared.changing.get(table) ?? new Map();
  }

  convertChain(chain: NftChain): Acl {
    const name = aclName(this.table, chain.name);
    const at = { ...chain.at, structure: name };
    const aces: Ace[] = [...(chain.hook === undefined ? [] : this.passingBy(chain, at))];
    if (chain.hook !== undefined) for (const { text, at: where } of this.shared.unread) aces.push(openAce(text, where));
    if (chain.unclear !== undefined) aces.push(openAce(chain.unclear, at));
    chain.rules.forEach((rule, index) => {
      for (const ace of this.convertRule(chain, rule, `${name} rule ${index + 1}`)) aces.push(ace);
    });
    const defaultAction: Action = chain.hook === undefined ? { kind: "return" } : policyOf(chain);
    return { name, aces, defaultAction, evaluation: "first-match", at };
  }

  /** The packets that a base chain never sees: those of the other family, and of other devices. */
  private passingBy({ hook }: NftChain, at: SourceRef): Ace[] {
    const ace = (name: string, matches: Ace["matches"]): Ace => {
      return { name, enabled: true, matches, action: { kind: "accept" }, at, passesBy: true };
    };
    const others = [...ALL_FAMILIES].filter((family) => !this.families.has(family));
    const aces = others.map((family) => ace(`${family} passes by`, { family, unmodeled: [] }));
    const devices = hook?.devices ?? [];
    if (devices.length === 0) return aces;
    const field = hook?.hook === "egress" ? "egressInterface" : "ingressInterface";
    const names = devices.flatMap(namesIn).map((name) => ({ literal: { name } }));
    return [...aces, ace("other devices pass by", { [field]: [{ operands: names, negated: true }], unmodeled: [] })];
  }

  private convertRule(chain: NftChain, { rule, file }: PlacedRule, structure: string): Ace[] {
    const context = { table: this.table, families: this.families, reach: this.reach(chain.name), shared: this.shared };
    const { cases, remarks } = convertRule(rule, context, (target) =>
      this.table.chains.has(target) ? aclName(this.table, target) : undefined,
    );
    const at: SourceRef = { file, line: rule.line, structure };
    for (const { code, message, effect } of remarks) this.report(at, code, message, effect);
    if (rule.problem !== undefined) this.report(at, "unreadable-rule", rule.problem, "unknown");
    const aces = cases.map(({ draft, action }): Ace => {
      const matches = matchesOf(draft);
      const isOpen = matches.unmodeled.length > 0 || action.kind === "unknown";
      const meaning = isOpen ? { meaning: meaningOf(rule, this.table, this.changing) } : {};
      return { name: structure, enabled: true, matches, action, at, ...wordsAbout(rule), ...meaning };
    });
    this.account(aces, file, rule.line, rule.endLine, structure);
    if (aces.length > 0) return aces;
    // A rule that matches no packet is one all the same: who looks for such rules has to see it.
    return [{ name: structure, enabled: true, matches: NEVER, action: { kind: "pass" }, at, ...wordsAbout(rule) }];
  }

  private account(aces: readonly Ace[], file: string, first: number, last: number, structure: string): void {
    const doubts = new Set(aces.flatMap(({ matches }) => [...matches.unmodeled, ...this.unresolvedIn(matches)]));
    for (const { action } of aces) if (action.kind === "unknown") doubts.add(action.text);
    const where = { file, first, last };
    if (aces.length === 0) this.accounts.push({ ...where, fate: "modelled", note: `${structure}: matches no packet` });
    else if (aces.every(({ action }) => action.kind === "pass")) {
      this.accounts.push({ ...where, fate: "harmless", note: `${structure}: decides nothing` });
    } else if (doubts.size === 0) this.accounts.push({ ...where, fate: "modelled", note: structure });
    else {
      const note = `${structure}: open whether ${[...doubts].join(", ")}`;
      this.accounts.push({ ...where, fate: "approximated", note });
    }
  }

  /** Operands that could not be read, also those in the sets that a rule asks for. */
  private unresolvedIn({ source = [], destination = [] }: Ace["matches"]): string[] {
    return [...source, ...destination].flatMap(({ operands }) =>
      operands.flatMap((operand) => {
        if ("unresolved" in operand) return [operand.unresolved];
        const set = "setRef" in operand ? this.shared.defined.get(`prefix ${operand.setRef}`) : undefined;
        return set?.members.some((member) => "unresolved" in member) === true ? [`members of ${set.name}`] : [];
      }),
    );
  }

  private report(at: SourceRef, code: string, message: string, effect: Diagnostic["effect"]): void {
    const severity = effect === "unknown" ? "error" : "warning";
    this.diagnostics.push({
      code: `nftables/${code}`,
      severity,
      message,
      effect,
      at: { file: at.file, line: at.line },
    });
  }
}

const NEVER: Ace["matches"] = { service: [{ operands: [], negated: false }], unmodeled: [] };

function policyOf({ policy }: NftChain): Action {
  if (policy === "drop") return { kind: "drop" };
  return policy === undefined || policy === "accept"
    ? { kind: "accept" }
    : { kind: "unknown", text: `policy ${policy}` };
}

function namesIn(device: Expression): string[] {
  if (device.kind === "value") return [device.text];
  return device.kind === "set" ? device.elements.flatMap(({ key }) => namesIn(key)) : [];
}

/** Stands for something that may accept, drop or let pass any packet. */
export function openAce(text: string, at: SourceRef): Ace {
  return { name: text, enabled: true, matches: { unmodeled: [] }, action: { kind: "unknown", text }, at };
}

function wordsAbout({ statements }: Rule): Pick<Ace, "remark" | "logs"> {
  const passing = statements.flatMap((statement) => (statement.kind === "pass" ? [statement.text] : []));
  const remark = passing.find((text) => text.startsWith("comment "))?.replace(/^comment\s+"?|"$/g, "");
  const isLog = passing.some((text) => /^log\b/.test(text));
  return { ...(remark === undefined ? {} : { remark }), ...(isLog ? { logs: true } : {}) };
}
