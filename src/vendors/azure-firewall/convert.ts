/** Firewalls and policies to devices: DNAT, then network and application rules in order, then source translation. */
import type { Ace, Acl, Action } from "../../model/acl.js";
import type { Coverage, Device } from "../../model/device.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import { MATCH_ALL } from "../../model/matches.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { NameBook } from "../azure/name-book.js";
import { givenValues, remarkOnDefaults } from "../azure/read-file.js";
import { type ConvertedRule, convertFilterRule, convertNatRule } from "./convert-rule.js";
import { gapsOf, type OrderedRule, RULES_ACL, rulesInOrder, structureOf } from "./order-rules.js";
import { withParameters } from "./parse.js";
import { acesBeforeRules, infrastructureAce, sourceTranslations } from "./platform-rules.js";
import { findRuleSources, type RuleSource } from "./rule-sources.js";
import type { FirewallFile } from "./types.js";

/** Every firewall, and every policy no firewall of the files uses, becomes a device of its own. */
export function convertAzureFirewall(configs: readonly FirewallFile[], options: ConvertOptions): Parsed<Conversion> {
  const values = givenValues(configs);
  const files = configs.map((config) => {
    const read = withParameters(config, values);
    return { ...read, ledger: read.ledger.copy() };
  });
  const names = new NameBook(files, options);
  const ledgers = new Map(files.map(({ file, ledger }) => [file, ledger]));
  const diagnostics: Diagnostic[] = files.flatMap((file) => remarkOnDefaults(file, "azure-firewall"));
  const devices = findRuleSources(files).map((source) =>
    new FirewallConverter(source, names, options, ledgers, diagnostics).device(),
  );
  const coverage: Coverage[] = files.map(({ file, ledger }) => ({
    file,
    vendor: "azure-firewall",
    lines: ledger.accounts({ fate: "harmless", note: "says nothing about packets" }),
  }));
  return { value: { devices, proxies: [], coverage }, diagnostics };
}

class FirewallConverter {
  private readonly reported = new Set<string>();
  private readonly at: SourceRef;

  constructor(
    private readonly source: RuleSource,
    private readonly names: NameBook,
    private readonly options: ConvertOptions,
    private readonly ledgers: ReadonlyMap<string, LineLedger>,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.at = { file: source.file, line: source.line, structure: source.name };
  }

  device(): Device {
    const { name, groups, settings, gaps } = this.source;
    const open = [...gaps, ...gapsOf(groups)];
    for (const { reason, line, file } of open)
      this.warn("missing-rules", `rules may be missing: ${reason}`, { file, line });
    const nat = rulesInOrder(groups, "nat").map((rule) => this.told(rule, convertNatRule(rule, this.names)));
    const network = this.filterAces("network");
    const application = this.filterAces("application");
    const late = nat.flatMap((rule) => rule.late);
    const translated = sourceTranslations(settings, this.options, [...late, ...accepting(application)], this.at);
    return {
      name: name === "unnamed" ? this.options.deviceName : name,
      vendor: "azure-firewall",
      acls: [
        this.acl("platform", acesBeforeRules(settings, this.options, this.at), { kind: "accept" }),
        this.acl("DNAT", [...this.openAces(open, true), ...nat.map(({ ace }) => ace)], { kind: "accept" }),
        this.acl(
          RULES_ACL,
          [
            ...this.openAces(open, false),
            ...nat.map(({ early }) => early),
            ...network,
            ...late,
            ...application,
            infrastructureAce(this.placeOf(RULES_ACL)),
          ],
          { kind: "drop" },
        ),
        this.acl("SNAT", translated, { kind: "accept" }),
      ],
      sets: this.names.takeSets(),
      interfaces: [],
      stages: {
        forward: [
          { hook: "platform", kind: "filter", acl: "platform" },
          { hook: "DNAT", kind: "nat", acl: "DNAT" },
          { hook: "rules", kind: "filter", acl: RULES_ACL },
          { hook: "SNAT", kind: "nat", acl: "SNAT" },
        ],
        input: [],
        output: [],
      },
      tracking: "implicit",
    };
  }

  private filterAces(kind: "network" | "application"): Ace[] {
    return rulesInOrder(this.source.groups, kind).map(
      (rule) => this.told(rule, convertFilterRule(rule, this.names)).ace,
    );
  }

  private acl(name: string, aces: readonly Ace[], defaultAction: Action): Acl {
    return { name, aces, defaultAction, evaluation: "first-match", at: this.placeOf(name) };
  }

  private placeOf(acl: string): SourceRef {
    const { policy, name } = this.source;
    return { ...this.at, structure: structureOf(policy || name, acl) };
  }

  /** Rules that are not written out may translate or decide anything before the ones that are. */
  private openAces(gaps: RuleSource["gaps"], isNat: boolean): Ace[] {
    return gaps.map(({ reason, line, file }) => ({
      name: "rules not written out",
      enabled: true,
      matches: { ...MATCH_ALL, unmodeled: [reason] },
      action: isNat
        ? { kind: "translate", translation: { side: "destination", addresses: { kind: "unresolved", text: reason } } }
        : { kind: "unknown", text: reason },
      at: { file, line },
      isImplied: true,
    }));
  }

  /** Marks the rule's line for each doubt; what several rules have in common is said at the first. */
  private told<T extends ConvertedRule>({ rule, path, file }: OrderedRule, converted: T): T {
    for (const doubt of converted.doubts) {
      this.ledgers.get(file)?.mark(rule.line, "approximated", doubt);
      if (this.reported.has(doubt)) continue;
      this.reported.add(doubt);
      this.warn("open-rule", `rule \`${path}\`: ${doubt}`, { file, line: rule.line }, adviceFor(doubt));
    }
    return converted;
  }

  private warn(slug: string, message: string, at: SourceRef, help?: string): void {
    const told = { code: `azure-firewall/${slug}`, severity: "warning", message, at, effect: "unknown" } as const;
    this.diagnostics.push(help === undefined ? told : { ...told, help });
  }
}

function accepting(aces: readonly Ace[]): Ace[] {
  return aces.filter(({ action }) => action.kind === "accept");
}

function adviceFor(doubt: string): string | undefined {
  if (doubt.includes("stands for is not known"))
    return "state its address ranges, or give the ServiceTags file beside this export";
  if (doubt.includes("IP group")) return "give the export of `az network ip-group list` beside this one";
  return undefined;
}
