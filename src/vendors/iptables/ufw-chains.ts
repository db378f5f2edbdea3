/** Makes of the rule files of ufw the table that ufw loads: its own chains, and how it hangs them on the hooks. */
import type { Family } from "../../model/address.js";
import { splitShellWords } from "../../syntax/shell-words.js";
import { OptionPool } from "./option-pool.js";
import { FAMILIES } from "./stages.js";
import { type OpenTable, runCommand } from "./table-commands.js";
import type { Chain, RuleFile, Table, UfwDirection, UfwSettings } from "./types.js";

const DIRECTIONS: readonly UfwDirection[] = ["input", "output", "forward"];
const BUILT_IN: readonly string[] = ["INPUT", "OUTPUT", "FORWARD"];

/** The files that hold rules; the chains that each fills are called after it. */
const RULE_FILES: readonly string[] = ["before", "after", "user"];

/** What a hook asks in this order (ufw 0.36, ufw-init-functions); the chains that only log are left out where absent. */
const ON_HOOK: readonly string[] = ["before-logging", "before", "after", "after-logging", "reject"];

/** True iff the table is a part of what ufw loads: a save of the machine also has the hooks. */
function isUfwPart({ name, chains }: Table): boolean {
  if (name !== "filter" || BUILT_IN.some((hook) => chains.has(hook))) return false;
  return [...chains.keys()].some((chain) => /^ufw6?-/.test(chain));
}

/** The tables that stand for themselves. */
export function withoutUfw(files: readonly RuleFile[]): Table[] {
  return files.flatMap(({ tables }) => tables.filter((table) => !isUfwPart(table)));
}

/** The table filter of each family of which there are files of ufw. */
export function ufwTables(files: readonly RuleFile[]): Table[] {
  const settings = settingsOf(files);
  const parts = files.flatMap(({ tables }) => tables).filter(isUfwPart);
  const [first] = parts;
  if (first === undefined) return [];
  return FAMILIES.flatMap((family) => {
    if (family === "ipv6" && settings.closesIpv6) return [new UfwTable(family, [first], settings).close()];
    const own = parts.filter((table) => table.family === family);
    return own.length === 0 ? [] : [new UfwTable(family, own, settings).assemble()];
  });
}

interface Settings extends UfwSettings {
  readonly file: string | undefined;
}

function settingsOf(files: readonly RuleFile[]): Settings {
  const stated = files.flatMap(({ ufw, file }) => (ufw === undefined ? [] : [{ ...ufw, file }]));
  const best = stated.find(({ policies }) => Object.keys(policies).length > 0);
  return {
    isActive: stated.every(({ isActive }) => isActive),
    closesIpv6: stated.map(({ closesIpv6 }) => closesIpv6).find((closes) => closes !== undefined),
    policies: best?.policies ?? {},
    file: best?.file,
  };
}

class UfwTable {
  private readonly chains = new Map<string, Chain>();
  private readonly pool = new OptionPool();
  private readonly prefix: string;
  private readonly file: string;
  private readonly line: number;

  constructor(
    private readonly family: Family,
    private readonly parts: readonly Table[],
    private readonly settings: Settings,
  ) {
    this.prefix = family === "ipv4" ? "ufw" : "ufw6";
    [{ file: this.file, line: this.line }] = parts as [Table];
  }

  assemble(): Table {
    for (const part of this.parts) for (const chain of part.chains.values()) this.addChain(part, chain);
    for (const end of ["logging-deny", "logging-allow"]) {
      if (!this.chains.has(`${this.prefix}-${end}`)) this.addImplied(`${this.prefix}-${end}`, []);
    }
    for (const direction of DIRECTIONS) {
      for (const middle of RULE_FILES) this.requireChain(middle, direction);
      if (this.settings.isActive) this.hang(direction);
      else this.addImplied(direction.toUpperCase(), [], "ACCEPT");
    }
    return this.table();
  }

  /** What ufw loads for IPv6 where it is told to leave it alone. */
  close(): Table {
    this.addImplied("INPUT", ["-i lo -j ACCEPT"], "DROP");
    this.addImplied("OUTPUT", ["-o lo -j ACCEPT"], "DROP");
    this.addImplied("FORWARD", [], "DROP");
    return this.table();
  }

  private table(): Table {
    const { family, file, line, chains } = this;
    return { name: "filter", family, file, line, chains, unreadable: [], isComplete: true };
  }

  private addChain({ file, unreadable: [lost], isComplete }: Table, chain: Chain): void {
    const known = this.chains.get(chain.name);
    // a file that names a chain again without rules for it leaves it as it is
    if (known !== undefined && chain.rules.length === 0) return;
    const isTwice = known !== undefined && known.rules.length > 0;
    const missing = [
      ...(isTwice ? [`chain ${chain.name}, which ${known.file} fills too`] : []),
      ...(lost === undefined ? [] : [`line ${lost} of ${file}, which could not be read`]),
      ...(isComplete ? [] : [`the rest of ${file}, which has no COMMIT`]),
    ];
    this.chains.set(chain.name, { ...chain, file, ...(missing.length > 0 && { missing: missing.join(", ") }) });
  }

  private requireChain(middle: string, direction: UfwDirection): void {
    const name = this.nameOf(middle, direction);
    if (this.chains.has(name)) return;
    const file = `/etc/ufw/${middle}${this.family === "ipv4" ? "" : "6"}.rules`;
    this.addImplied(name, [], undefined, `the rules of ${file}, which is not among the exports`);
  }

  private nameOf(middle: string, direction: UfwDirection): string {
    return `${this.prefix}-${middle}-${direction}`;
  }

  /** The chains of one hook, the user's rules at the end of those that come before them, and the policy. */
  private hang(direction: UfwDirection): void {
    const stated = this.settings.policies[direction]?.policy;
    const unknown = "of /etc/default/ufw, which is not among the exports";
    const before = this.chains.get(this.nameOf("before", direction)) as Chain;
    const user = this.rules([`-j ${this.nameOf("user", direction)}`]);
    this.chains.set(before.name, {
      ...before,
      rules: [...before.rules, ...user.map((rule) => ({ ...rule, line: before.line }))],
    });
    if (stated === "REJECT") this.addImplied(this.nameOf("reject", direction), ["-j REJECT"]);
    const skip = this.nameOf("skip-to-policy", direction);
    if (stated !== undefined) this.addImplied(skip, [`-j ${stated}`]);
    else this.addImplied(skip, [], undefined, `the policy ${unknown}`);
    const asked = ON_HOOK.map((middle) => this.nameOf(middle, direction)).filter((name) => this.chains.has(name));
    const isUnsure = this.family === "ipv6" && this.settings.closesIpv6 === undefined;
    const policy = stated === "REJECT" ? "DROP" : (stated ?? unknown);
    this.addImplied(
      direction.toUpperCase(),
      asked.map((name) => `-j ${name}`),
      policy,
      isUnsure ? "what IPV6= in /etc/default/ufw says, which is not among the exports" : undefined,
    );
  }

  private addImplied(name: string, rules: readonly string[], policy?: string, missing?: string): void {
    this.chains.set(name, {
      ...{ name, line: this.line, rules: this.rules(rules), file: this.file, isImplied: true },
      ...(policy !== undefined && { policy }),
      ...(missing !== undefined && { missing }),
    });
  }

  private rules(texts: readonly string[]): Chain["rules"] {
    const table: OpenTable = {
      ...{ name: "filter", line: this.line, stated: this.family, chains: new Map(), unreadable: [], isComplete: true },
    };
    for (const text of texts) {
      runCommand(table, { split: splitShellWords(`-A c ${text}`), line: this.line, doubts: [], pool: this.pool });
    }
    return table.chains.get("c")?.rules ?? [];
  }
}
