/** Turns the output of `ufw status` into the rules that ufw makes of it. */
import type { Family } from "../../model/address.js";
import type { Diagnostic, LineAccount, LineFate, Parsed } from "../../model/diagnostic.js";
import { splitShellWords } from "../../syntax/shell-words.js";
import { OptionPool } from "./option-pool.js";
import { FAMILIES } from "./stages.js";
import { type OpenTable, openChain, runCommand } from "./table-commands.js";
import type { RuleFile, UfwDirection, UfwSettings } from "./types.js";
import { readUfwRule } from "./ufw-rule.js";

const STATUS = /^Status: (active|inactive)$/;
const DEFAULT = /^Default: /;
const DEFAULTS = /\b(allow|deny|reject) \((incoming|outgoing|routed)\)/g;
const HARMLESS = /^(?:Logging: |New profiles: |To +Action +From$|-+ +-+ +-+$)/;

const DIRECTIONS: Readonly<Record<string, UfwDirection>> = {
  ...{ incoming: "input", outgoing: "output", routed: "forward", IN: "input", OUT: "output", FWD: "forward" },
};
const POLICIES: Readonly<Record<string, string>> = { allow: "ACCEPT", deny: "DROP", reject: "REJECT" };

/** Reads the listing line by line; a line it cannot read may have been any rule. */
export function parseUfwStatus(text: string, file: string): Parsed<RuleFile> {
  const reader = new StatusReader(file);
  text.split(/\r?\n/).forEach((raw, index) => {
    if (raw.trim() !== "") reader.readLine(raw.trim(), index + 1);
  });
  return reader.finish();
}

class StatusReader {
  private readonly tables = new Map<Family, OpenTable>();
  private readonly lines: LineAccount[] = [];
  private readonly pool = new OptionPool();
  private readonly diagnostics: Diagnostic[] = [];
  private isActive = true;
  private showsIpv6 = false;
  private policies: UfwSettings["policies"] = {};
  private first = 0;

  constructor(private readonly file: string) {}

  readLine(line: string, number: number): void {
    this.first ||= number;
    const status = STATUS.exec(line);
    if (status !== null) {
      this.isActive = status[1] === "active";
      this.account(number, "modelled", `ufw is ${status[1]}`);
    } else if (DEFAULT.test(line)) this.readDefaults(line, number);
    else if (HARMLESS.test(line)) this.account(number, "harmless", "no rule");
    else this.readRule(line, number);
  }

  /** The tables of both families: the status shows the rules of each. */
  finish(): Parsed<RuleFile> {
    const { file, lines, diagnostics, isActive, policies } = this;
    const tables = FAMILIES.map((family) => ({ ...this.table(family), family, file }));
    return {
      value: {
        kind: "rules",
        file,
        tables,
        lines,
        ufw: { isActive, closesIpv6: this.showsIpv6 ? false : undefined, policies },
      },
      diagnostics,
    };
  }

  private table(family: Family): OpenTable {
    const known = this.tables.get(family);
    if (known !== undefined) return known;
    const table: OpenTable = {
      ...{ name: "filter", line: this.first, stated: family, chains: new Map(), unreadable: [], isComplete: true },
    };
    for (const direction of ["input", "output", "forward"]) {
      openChain(table, `${family === "ipv4" ? "ufw" : "ufw6"}-user-${direction}`, this.first);
    }
    this.tables.set(family, table);
    return table;
  }

  /** What stands there otherwise, as `disabled (routed)`, says nothing about packets. */
  private readDefaults(line: string, number: number): void {
    const stated = [...line.matchAll(DEFAULTS)].map(([, policy = "", what = ""]) => {
      return [DIRECTIONS[what], { policy: POLICIES[policy], line: number }];
    });
    this.policies = Object.fromEntries(stated) as UfwSettings["policies"];
    this.account(number, "modelled", "what becomes of packets that no rule decides");
  }

  private readRule(line: string, number: number): void {
    const rule = readUfwRule(line);
    if (rule === undefined) {
      for (const family of FAMILIES) this.table(family).unreadable.push(number);
      this.account(number, "rejected", "not a line of `ufw status`");
      this.diagnostics.push({
        ...{ code: "iptables/unreadable-line", severity: "error", message: "not a line of `ufw status`" },
        ...{ effect: "unknown", at: { file: this.file, line: number } },
      });
      return;
    }
    const { family, direction, commands } = rule;
    this.showsIpv6 ||= family === "ipv6";
    const chain = `${family === "ipv4" ? "ufw" : "ufw6"}-user-${DIRECTIONS[direction]}`;
    for (const command of commands) {
      const split = splitShellWords(`-A ${chain} ${command}`);
      runCommand(this.table(family), { split, line: number, doubts: rule.doubts, pool: this.pool });
    }
  }

  private account(line: number, fate: LineFate, note: string): void {
    this.lines.push({ line, fate, note });
  }
}
