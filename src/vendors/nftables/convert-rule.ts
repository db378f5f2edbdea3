/** Turns one rule into aces. */
import type { Action } from "../../model/acl.js";
import type { Translation } from "../../model/nat.js";
import { isFarEnough, mayGoToLoopback } from "../netfilter/lost-packets.js";
import { describe } from "./describe.js";
import { type Draft, doubted, freeDraft, narrowed, withoutTags } from "./draft.js";
import { markChangeOf } from "./marks.js";
import { applyMatch, havingValue, tracked } from "./match.js";
import type { RuleContext } from "./rule-context.js";
import { mapGroups, translationsOf } from "./translate.js";
import type { Expression, Rule, Statement, Verdict } from "./types.js";
import { numberOf } from "./values.js";

/** One way the rule matches, with what it then does. */
export interface RuleCase {
  readonly draft: Draft;
  readonly action: Action;
}

/** What a rule does, and what of it the model cannot hold. */
export interface ConvertedRule {
  readonly cases: readonly RuleCase[];
  readonly remarks: readonly Remark[];
}

export interface Remark {
  readonly code: string;
  readonly message: string;
  readonly effect: "unknown" | "may-allow-less";
}

/** The aces of the rule in order; statements run from left to right until one does not hold or decides. */
export function convertRule(
  rule: Rule,
  context: RuleContext,
  aclOf: (chain: string) => string | undefined,
): ConvertedRule {
  const converter = new RuleConverter(context, aclOf);
  for (const statement of rule.statements) {
    if (converter.isDecided) break;
    converter.read(statement);
  }
  return converter.finish();
}

/**
 * A rule asks for marks once, its aces do so one after the other: what comes back from a jump with another mark must not match
 * again. Verdicts that end the chain go before the jump, and where there are jumps to several chains the marks stay open.
 */
function onceForTags(cases: readonly RuleCase[]): readonly RuleCase[] {
  const isTagged = ({ draft }: RuleCase): boolean => withoutTags(draft) !== draft;
  const jumps = cases.filter(({ action }) => action.kind === "jump");
  if (jumps.length === 0 || !cases.some(isTagged)) return cases;
  const chains = new Set(jumps.map(({ action }) => "acl" in action && action.acl));
  if (chains.size > 1) return cases.map((each) => ({ ...each, draft: withoutTags(each.draft) }));
  const [sure, open] = [true, false].map((isSure) =>
    jumps.filter(({ draft }) => (draft.doubts.length === 0) === isSure),
  );
  return [...cases.filter((each) => !jumps.includes(each)), ...(sure ?? []), ...(open ?? [])];
}

/**
 * What may be assigned without another fate of the packet. A field that the model has makes another packet of it; with others,
 * as lengths and the type of the frame, the kernel drops it (net/ipv4/ip_forward.c).
 */
const HARMLESS_FIELDS =
  /^(?:meta (?:mark|priority|nftrace|secmark)|ct .*|ip (?:dscp|ecn|id)|ip6 (?:dscp|ecn|flowlabel)|tcp option .*)$/;
const HOP_LIMITS: ReadonlySet<string> = new Set(["ip ttl", "ip6 hoplimit"]);

function isHarmless(field: string, value: Expression): boolean {
  return HARMLESS_FIELDS.test(field) || (HOP_LIMITS.has(field) && isFarEnough(numberOf(value, "mark") ?? 0));
}

class RuleConverter {
  isDecided = false;
  private drafts: readonly Draft[];
  private readonly cases: RuleCase[] = [];
  private readonly remarks: Remark[] = [];

  constructor(
    private readonly context: RuleContext,
    private readonly aclOf: (chain: string) => string | undefined,
  ) {
    this.drafts = [freeDraft(context.families)];
  }

  finish(): ConvertedRule {
    if (!this.isDecided && this.cases.length === 0) this.decide({ kind: "pass" });
    return { cases: onceForTags(this.cases), remarks: this.remarks };
  }

  read(statement: Statement): void {
    switch (statement.kind) {
      case "match":
        this.drafts = applyMatch(this.drafts, statement, this.context);
        break;
      case "vmap":
        this.readVerdictMap(statement);
        break;
      case "verdict":
        this.decide(this.actionOf(statement.verdict));
        break;
      case "reject":
        this.readReject(statement.demands);
        break;
      case "nat":
        for (const { draft, translation } of translationsOf(this.drafts, statement, this.context)) {
          this.cases.push({ draft, action: this.translating(translation, statement.text) });
        }
        this.isDecided = true;
        break;
      case "notrack":
        this.readNotrack();
        break;
      case "assign":
        this.readAssignment(statement);
        break;
      case "update":
        this.doubt(`there is room in set @${statement.set}`);
        break;
      case "offload":
        this.remark("flowtable", `\`${statement.text}\` lets later packets pass by all chains`, "may-allow-less");
        this.doubt(statement.text);
        break;
      case "condition":
        this.doubt(statement.text);
        break;
      case "pass":
        break;
      case "unknown":
        this.remark("unknown-statement", `what \`${statement.text}\` does to packets is not known`, "unknown");
        this.decide({ kind: "unknown", text: statement.text });
        break;
    }
  }

  private doubt(text: string): void {
    this.drafts = this.drafts.map((draft) => doubted(draft, text));
  }

  private remark(code: string, message: string, effect: Remark["effect"]): void {
    this.remarks.push({ code, message, effect });
  }

  private decide(action: Action): void {
    for (const draft of this.drafts) this.cases.push({ draft, action });
    this.isDecided = true;
  }

  private actionOf(verdict: Verdict): Action {
    if (verdict.kind === "continue") return { kind: "pass" };
    if (verdict.kind !== "jump" && verdict.kind !== "goto") return { kind: verdict.kind };
    const acl = this.aclOf(verdict.chain);
    if (acl !== undefined) return { kind: verdict.kind, acl };
    this.remark("unknown-chain", `there is no chain \`${verdict.chain}\` in the table`, "unknown");
    return { kind: "unknown", text: `${verdict.kind} ${verdict.chain}` };
  }

  private translating(translation: Translation, text: string): Action {
    const isLost = this.context.reach.hooks.has("prerouting") && mayGoToLoopback(translation);
    return isLost ? { kind: "unknown", text } : { kind: "translate", translation };
  }

  private readVerdictMap({ key, map }: Extract<Statement, { readonly kind: "vmap" }>): void {
    const groups = mapGroups(map, this.context);
    if (groups === undefined) {
      this.decide({ kind: "unknown", text: `${describe(key)} vmap ${describe(map)}` });
      return;
    }
    const all = this.drafts;
    for (const { value, elements, others, shrinks } of groups) {
      const right = { kind: "set", elements: elements ?? others } as const;
      const operator = elements === undefined ? "!=" : "==";
      const base = shrinks === undefined ? all : all.map((draft) => doubted(draft, shrinks));
      this.drafts = applyMatch(base, { left: key, operator, right }, this.context);
      if (value.kind === "verdict") this.decide(this.actionOf(value.verdict));
      else this.decide({ kind: "unknown", text: describe(value) });
    }
    this.isDecided = true;
  }

  private readReject(demands: "tcp" | "icmp" | "icmpv6" | undefined): void {
    if (demands === "tcp") {
      this.drafts = this.drafts.flatMap((draft) => narrowed(draft, "protocols", (protocol) => protocol === 6));
    } else if (demands !== undefined) {
      const family = demands === "icmp" ? "ipv4" : "ipv6";
      this.drafts = this.drafts.flatMap((draft) => narrowed(draft, "families", (each) => each === family));
    }
    this.decide({ kind: "reject" });
  }

  /** Once a packet is tracked the statement does nothing (net/netfilter/nft_ct.c, nft_notrack_eval). */
  private readNotrack(): void {
    const { mayBeUntracked, isAlwaysUntracked } = this.context.reach;
    if (!mayBeUntracked) return;
    const doubt = "connection tracking has not looked at the packet yet";
    for (const draft of this.drafts) {
      this.cases.push({ draft: isAlwaysUntracked ? draft : doubted(draft, doubt), action: { kind: "notrack" } });
    }
  }

  /** From here on the packet has another tag: what the rule asked of the one before holds no longer of it. */
  private setMark(field: string, value: Expression): void {
    const change = markChangeOf(field, value);
    const becomes = change === undefined ? undefined : this.context.shared.marks.becomes(change);
    if (becomes === undefined) return;
    const marked = field === "ct mark" ? this.drafts.flatMap((draft) => tracked(draft, this.context)) : this.drafts;
    for (const draft of marked) this.cases.push({ draft, action: { kind: "tag", becomes } });
    this.drafts = this.drafts.map(withoutTags);
  }

  private readAssignment({ field, value, text }: Extract<Statement, { readonly kind: "assign" }>): void {
    // a packet without the header ends the rule here; `ct mark set` without a connection does nothing and goes on
    const written = { kind: "field", name: field } as const;
    const holders = field.startsWith("ct ")
      ? this.drafts
      : this.drafts.flatMap((draft) => havingValue(draft, written, this.context));
    this.drafts = holders.flatMap((draft) => havingValue(draft, value, this.context));
    this.setMark(field, value);
    if (isHarmless(field, value)) return;
    this.remark(
      "rewritten-field",
      `\`${text}\` rewrites the packet, and what later rules make of it is not known`,
      "unknown",
    );
    this.decide({ kind: "unknown", text });
  }
}
