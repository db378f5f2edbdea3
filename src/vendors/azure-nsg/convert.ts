/** Security groups to devices: one for each group, with an acl for each direction. */
import type { Ace, Acl } from "../../model/acl.js";
import type { Coverage, Device } from "../../model/device.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import { MATCH_ALL } from "../../model/matches.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { NameBook } from "../azure/name-book.js";
import { givenValues, remarkOnDefaults } from "../azure/read-file.js";
import { type ConvertedRule, convertRule } from "./convert-rule.js";
import { missingDefaultRules } from "./default-rules.js";
import { withParameters } from "./parse.js";
import type { AzureFile, RuleDirection, SecurityGroup, SecurityRule } from "./types.js";

/** Every group of every file becomes a device of its own; the files also say what names stand for. */
export function convertAzureNsg(configs: readonly AzureFile[], options: ConvertOptions): Parsed<Conversion> {
  const values = givenValues(configs);
  const files = configs.map((config) => withParameters(config, values));
  const names = new NameBook(files, options);
  const diagnostics: Diagnostic[] = files.flatMap((file) => remarkOnDefaults(file, "azure-nsg"));
  const devices: Device[] = [];
  const coverage: Coverage[] = [];
  for (const { file, groups, ledger: parsedLedger } of files) {
    const ledger = parsedLedger.copy();
    for (const group of groups) {
      devices.push(new GroupConverter(group, file, names, ledger, diagnostics).device(options.deviceName));
    }
    const lines = ledger.accounts({ fate: "harmless", note: "says nothing about packets" });
    coverage.push({ file, vendor: "azure-nsg", lines });
  }
  return { value: { devices, proxies: [], coverage }, diagnostics };
}

class GroupConverter {
  private readonly rules: readonly SecurityRule[];
  private readonly reported = new Set<string>();

  constructor(
    private readonly group: SecurityGroup,
    private readonly file: string,
    private readonly names: NameBook,
    private readonly ledger: LineLedger,
    private readonly diagnostics: Diagnostic[],
  ) {
    const rules = [...group.rules, ...missingDefaultRules(group.rules, group.line)];
    // INVARIANT: a rule of unknown priority stands first and never matches for certain, which brackets every place.
    this.rules = rules.sort((a, b) => (a.priority ?? -1) - (b.priority ?? -1));
  }

  device(fallbackName: string): Device {
    for (const { reason, line } of this.group.incomplete) {
      this.warn("incomplete-group", `the rules of \`${this.group.name}\` are not all known: ${reason}`, line);
    }
    const acls = [this.acl("inbound"), this.acl("outbound")];
    return {
      name: this.group.name === "unnamed" ? fallbackName : this.group.name,
      vendor: "azure-nsg",
      acls,
      sets: this.names.takeSets(),
      interfaces: [],
      stages: {
        forward: [],
        input: [{ hook: "inbound", kind: "filter", acl: "inbound" }],
        output: [{ hook: "outbound", kind: "filter", acl: "outbound" }],
      },
      tracking: "implicit",
    };
  }

  private acl(direction: RuleDirection): Acl {
    const rules = this.rules.filter((rule) => (rule.direction ?? direction) === direction);
    return {
      name: direction,
      aces: [...this.openAces(), ...tiesOf(rules).flatMap((tie) => this.tiedAces(tie))],
      defaultAction: { kind: "drop" },
      evaluation: "first-match",
      at: { file: this.file, line: this.group.line, structure: `${this.group.name} ${direction}` },
    };
  }

  /** Rules that are not written out may decide anything before the ones that are. */
  private openAces(): Ace[] {
    return this.group.incomplete.map(({ reason, line }) => ({
      name: "rules not written out",
      enabled: true,
      matches: { ...MATCH_ALL, unmodeled: [reason] },
      action: { kind: "unknown", text: reason },
      at: { file: this.file, line, structure: this.group.name },
      isImplied: true,
    }));
  }

  /**
   * "Two security rules with the same priority and direction can introduce a conflict in how the system processes
   * traffic" (overview page): what only rules of one access match is certain, so a rule that may come before another one
   * stands a second time before both, where it is open whether it is asked.
   */
  private tiedAces(tie: readonly SecurityRule[]): Ace[] {
    const early = tie.flatMap((rule, index) => {
      const rivals = tie.slice(0, index).filter((other) => !hasSameAccess(other, rule));
      const reasons = rivals.map(
        (other) => `rule ${other.name} has the same priority ${rule.priority} and another access`,
      );
      return reasons.length === 0 ? [] : [this.ace(rule, reasons)];
    });
    return [...early, ...tie.map((rule) => this.ace(rule, []))];
  }

  private ace(rule: SecurityRule, conditions: readonly string[]): Ace {
    const converted = convertRule(rule, this.names, this.file, conditions);
    this.report(rule, converted);
    return converted.ace;
  }

  /** Marks the rule's line for each doubt; what several rules have in common is said at the first. */
  private report(rule: SecurityRule, { doubts }: ConvertedRule): void {
    for (const doubt of doubts) {
      this.ledger.mark(rule.line, "approximated", doubt);
      if (this.reported.has(doubt)) continue;
      this.reported.add(doubt);
      this.warn("open-rule", `rule \`${rule.name}\` of \`${this.group.name}\`: ${doubt}`, rule.line, adviceFor(doubt));
    }
  }

  private warn(slug: string, message: string, line: number, help?: string): void {
    const diagnostic: Diagnostic = {
      code: `azure-nsg/${slug}`,
      severity: "warning",
      message,
      ...(help !== undefined && { help }),
      at: { file: this.file, line },
      effect: "unknown",
    };
    this.diagnostics.push(diagnostic);
  }
}

/** Runs of rules with one priority; a rule of unknown priority ties with none. */
function tiesOf(rules: readonly SecurityRule[]): SecurityRule[][] {
  const ties: SecurityRule[][] = [];
  for (const rule of rules) {
    const last = ties.at(-1);
    if (last !== undefined && rule.priority !== undefined && last[0]?.priority === rule.priority) last.push(rule);
    else ties.push([rule]);
  }
  return ties;
}

function hasSameAccess(a: SecurityRule, b: SecurityRule): boolean {
  return a.access.toLowerCase() === b.access.toLowerCase();
}

function adviceFor(doubt: string): string | undefined {
  if (doubt.includes("stands for")) return "state its address ranges, or give the ServiceTags file beside this export";
  if (doubt.includes("application security group")) return "state the addresses of its members";
  return undefined;
}
