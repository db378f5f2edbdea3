/** The rules and settings of one machine to a device with an acl for each direction. */
import type { Ace, Acl } from "../../model/acl.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { type ConvertedRule, convertRule, type RuleContext } from "./convert-rule.js";
import { LISTENERS_FACT, parseListeners } from "./listeners.js";
import { ACTIVE_PROFILE_FACT, type ProfileUse, profilesInUse, type Regime, regimeOf } from "./profiles.js";
import { readRpcPorts } from "./rpc-ports.js";
import type { WindowsFile, WindowsRule } from "./types.js";

/** All files are of one machine: rules of one, settings of another. Without any rule there is no device. */
export function convertWindowsFirewall(configs: readonly WindowsFile[], options: ConvertOptions): Parsed<Conversion> {
  return new MachineConverter(configs, options).convert();
}

interface PlacedRule {
  readonly rule: WindowsRule;
  readonly file: string;
  readonly ledger: LineLedger;
}

/** What several rules have in common is said once, at the first. */
interface Remark {
  readonly message: string;
  readonly at: SourceRef;
  readonly lines: Set<string>;
}

class MachineConverter {
  private readonly ledgers: readonly LineLedger[];
  private readonly rules: readonly PlacedRule[];
  private readonly use: ProfileUse;
  private readonly context: Omit<RuleContext, "file">;
  private readonly remarks = new Map<string, Remark>();
  private readonly diagnostics: Diagnostic[] = [];

  constructor(
    private readonly configs: readonly WindowsFile[],
    private readonly options: ConvertOptions,
  ) {
    this.ledgers = configs.map(({ ledger }) => ledger.copy());
    this.rules = configs.flatMap(({ rules, file }, index) =>
      rules.map((rule) => ({ rule, file, ledger: this.ledgers[index] as LineLedger })),
    );
    const shown = configs.flatMap(({ activeProfiles }) => activeProfiles);
    this.use = profilesInUse(options.facts?.get(ACTIVE_PROFILE_FACT), shown);
    this.context = {
      definedSets: options.definedSets ?? new Map(),
      listeners: parseListeners(options.facts?.get(LISTENERS_FACT) ?? "").listeners,
      rpcPorts: readRpcPorts(options.facts),
      sets: new Map(),
    };
  }

  convert(): Parsed<Conversion> {
    const acls = this.rules.length === 0 ? [] : [this.acl("in"), this.acl("out")];
    this.remarkOnSettings();
    const device = {
      name: this.options.deviceName,
      vendor: "windows-firewall",
      acls,
      sets: [...this.context.sets.values()],
      interfaces: [],
      stages: {
        forward: [],
        input: [{ hook: "inbound", kind: "filter", acl: "inbound" }],
        output: [{ hook: "outbound", kind: "filter", acl: "outbound" }],
      },
      tracking: "implicit",
    } as const;
    const coverage = this.configs.map(({ file }, index) => ({
      file,
      vendor: "windows-firewall",
      lines: (this.ledgers[index] as LineLedger).accounts({ fate: "harmless", note: "says nothing about packets" }),
    }));
    const value: Conversion = { devices: acls.length === 0 ? [] : [device], proxies: [], coverage };
    return { value, diagnostics: [...this.diagnostics, ...[...this.remarks.values()].map(remarkDiagnostic)] };
  }

  private acl(direction: "in" | "out"): Acl {
    const settings = this.configs.flatMap((config) => config.settings);
    const regime = regimeOf(direction, settings, this.use.candidates);
    const own = this.rules.filter(({ rule }) => (rule.direction ?? direction) === direction);
    const overrides = own.find(({ rule }) => rule.action === "bypass" && rule.isEnabled !== false);
    return {
      name: direction === "in" ? "inbound" : "outbound",
      aces: [...this.unseen(), ...own.flatMap((placed) => this.aces(placed, direction, regime, overrides?.rule))],
      defaultAction: regime.defaultAction,
      evaluation: "drop-overrides",
      at: this.placeOfDefaults(),
    };
  }

  /** Rules that nobody sees may decide anything. */
  private unseen(): Ace[] {
    return this.configs.flatMap(({ gaps, file }) =>
      gaps.map(({ line, reason: text }) => {
        const at = { file, line };
        this.remark(text, text, at);
        return {
          name: text,
          enabled: true,
          matches: { unmodeled: [text] },
          action: { kind: "unknown", text },
          at,
          isImplied: true,
        } as const;
      }),
    );
  }

  private aces(
    { rule, file, ledger }: PlacedRule,
    direction: "in" | "out",
    regime: Regime,
    overrides: WindowsRule | undefined,
  ): Ace[] {
    const conditions = regime.condition === undefined ? [] : [regime.condition];
    if (rule.direction === undefined) conditions.push("its direction is not known");
    if (rule.action === "block" && overrides !== undefined) {
      // [MS-FASP] 2.2.34: allow-bypass rules take precedence over block rules, and those over allow rules.
      conditions.push(`rule ${overrides.name} overrides block rules for authenticated peers`);
    }
    const scope = this.scope(rule);
    if (scope === "some") conditions.push(`it applies in profile ${rule.profiles?.join(" and ")} only`);
    const converted = convertRule({ ...rule, direction }, { ...this.context, file }, conditions);
    const isAsked = regime.asksRules && scope !== "none";
    if (isAsked && rule.isEnabled !== false) this.report(rule, converted, file, ledger);
    return converted.aces.map((ace) => (isAsked ? ace : { ...ace, enabled: false }));
  }

  /** Under how many of the profiles that may be in use the rule applies. */
  private scope({ profiles }: WindowsRule): "all" | "some" | "none" {
    if (profiles === undefined) return "all";
    const applying = this.use.candidates.filter((candidate) => profiles.includes(candidate));
    if (applying.length === this.use.candidates.length) return "all";
    return applying.length === 0 ? "none" : "some";
  }

  private report(rule: WindowsRule, { doubts }: ConvertedRule, file: string, ledger: LineLedger): void {
    for (const doubt of doubts) {
      ledger.mark(rule.line, "approximated", doubt);
      this.remark(/^(?:program|service) /.test(doubt) ? "program" : doubt, `rule \`${rule.name}\`: ${doubt}`, {
        file,
        line: rule.line,
      });
    }
  }

  private remark(kind: string, message: string, at: SourceRef): void {
    const lines = this.remarks.get(kind)?.lines ?? new Set();
    if (lines.size === 0) this.remarks.set(kind, { message, at, lines });
    lines.add(`${at.file}:${at.line}`);
  }

  private remarkOnSettings(): void {
    if (this.rules.length === 0) {
      this.say(
        "no-rules",
        "warning",
        "there are no rules in it",
        "netsh advfirewall firewall show rule name=all verbose",
      );
      return;
    }
    const bad = parseListeners(this.options.facts?.get(LISTENERS_FACT) ?? "").bad;
    for (const entry of bad) {
      this.say(
        "listeners",
        "warning",
        `\`${entry}\` is no listener`,
        "write `tcp/445=System` or `tcp/135=svchost.exe:rpcss`",
      );
    }
    const known = new Set(this.configs.flatMap(({ settings }) => settings.map(({ profile }) => profile)));
    const assumed = this.use.candidates.filter((profile) => !known.has(profile));
    if (assumed.length > 0) {
      const message = `assumed for profile ${assumed.join(", ")}: on, inbound blocked and outbound allowed by default`;
      this.say("assumed-defaults", "info", message, "give `netsh advfirewall show allprofiles` beside the rules");
    }
    if (!this.use.isKnown && this.rules.some(({ rule }) => this.scope(rule) === "some")) {
      const help = `state the fact \`${ACTIVE_PROFILE_FACT}\`, or give \`netsh advfirewall show currentprofile\``;
      this.say("unknown-profile", "warning", "which profile is in use is not known", help);
    }
    const dynamic = this.rules.find(({ rule }) => rule.action === "allow" && rule.localPorts.some(isDynamicRpc));
    if (dynamic !== undefined) {
      const { first, last } = this.context.rpcPorts;
      const message = `\`RPC\` is read as every port that RPC servers may take: ${first}-${last}`;
      const at = { file: dynamic.file, line: dynamic.rule.line };
      this.diagnostics.push({ code: `${CODE}rpc-ports`, severity: "info", message, at, effect: "may-allow-more" });
    }
  }

  private say(slug: string, severity: Diagnostic["severity"], message: string, help: string): void {
    this.diagnostics.push({ code: CODE + slug, severity, message, help, at: this.place(), effect: "unknown" });
  }

  /** Where the defaults of a profile that may be in use are set; where none are, no line says them. */
  private placeOfDefaults(): SourceRef {
    for (const { file, settings } of this.configs) {
      const used = settings.find(({ profile }) => this.use.candidates.includes(profile));
      if (used !== undefined) return { file, line: used.line };
    }
    return { ...this.place(), isUnwritten: true };
  }

  /** Where the machine's export begins to say something. */
  private place(): SourceRef {
    const [first] = this.rules;
    const [config] = this.configs;
    return first === undefined
      ? { file: config?.file ?? "", line: config?.settings[0]?.line ?? 1 }
      : { file: first.file, line: first.rule.line };
  }
}

const CODE = "windows-firewall/";

function isDynamicRpc(port: string): boolean {
  return port.toLowerCase() === "rpc";
}

function remarkDiagnostic({ message, at, lines }: Remark): Diagnostic {
  const more = lines.size > 1 ? `; ${lines.size - 1} more like it` : "";
  return { code: `${CODE}open-rule`, severity: "warning", message: message + more, at, effect: "unknown" };
}
