/** `netsh advfirewall … show` output to rules and profile settings, in every language whose labels are known. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { readProfileLine, type SettingsDraft, settingsFrom } from "./read-netsh-profile.js";
import { listItems, ruleFromFields } from "./rule-from-fields.js";
import { breakOff, type Field, type Gap, type Profile, type ProfileSettings, type WindowsRule } from "./types.js";
import { fieldOf, profileIn, wordOf } from "./vocabulary.js";

const LABELLED = /^(\S[^:：]{0,60}?)\s*[:：]\s*(.*?)\s*$/;
const RULER = /^\s*-{10,}\s*$/;
const ICMP_ROW = /^\s+(\d{1,3}|\p{L}+)\s+(\d{1,3}|\p{L}+)\s*$/u;
const CLOSING_WORD = /^\p{L}{2,12}\.?$/u;

/** Only `verbose` output has these; without them a rule may be limited to a program and does not show it. */
const VERBOSE_FIELDS: readonly Field[] = ["program", "interface-type", "security"];

/** What the text of one command's output, or of several in one file, tells. */
export interface NetshOutput {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  /** The profiles of `show currentprofile`, told by the command in the text or by the file's name. */
  readonly activeProfiles: readonly Profile[];
  readonly gaps: readonly Gap[];
  readonly diagnostics: readonly Diagnostic[];
}

interface RuleDraft {
  readonly name: string;
  readonly line: number;
  readonly values: Map<Field, string[]>;
  readonly conditions: string[];
  /** The field further lines belong to. */
  last: Field | undefined;
}

/** Reads the whole text; a line that fits nowhere is rejected and, inside a rule, a condition of that rule. */
export function readNetshOutput(text: string, file: string, ledger: LineLedger): NetshOutput {
  const reader = new NetshReader(text.split(/\r?\n/), file, ledger);
  return reader.read();
}

class NetshReader {
  private readonly rules: WindowsRule[] = [];
  private readonly settings: ProfileSettings[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private readonly gaps: Gap[] = [];
  private rule: RuleDraft | undefined;
  private profile: SettingsDraft | undefined;

  constructor(
    private readonly lines: readonly string[],
    private readonly file: string,
    private readonly ledger: LineLedger,
  ) {}

  read(): NetshOutput {
    this.lines.forEach((content, index) => {
      if (content.trim() !== "" && !RULER.test(content)) this.readLine(content, index + 1);
    });
    // netsh prints the action last: a last rule without one was cut off, and rules after it may have been too.
    const cutAt = this.rule !== undefined && !this.rule.values.has("action") ? this.rule.line : undefined;
    this.close();
    const showsCurrent =
      /current[^/\\]*$/i.test(this.file) || this.lines.some((line) => /\bcurrentprofile\b/i.test(line));
    const active = showsCurrent ? this.settings.map(({ profile }) => profile) : [];
    return {
      rules: this.rules,
      settings: this.settings,
      activeProfiles: active,
      gaps: [...this.gaps, ...breakOff(cutAt)],
      diagnostics: this.diagnostics,
    };
  }

  private readLine(content: string, line: number): void {
    const labelled = LABELLED.exec(content);
    const label = labelled?.[1] ?? "";
    const value = labelled?.[2] ?? "";
    if (labelled !== null && this.opensRule(label, value, line)) this.openRule(value, line);
    else if (this.opensProfile(content, value, line)) return;
    else if (this.profile !== undefined) readProfileLine(this.profile, content, line, this.ledger);
    else if (this.rule !== undefined) this.readRuleLine(this.rule, content, label, value, line);
    else this.readOther(content, line);
  }

  /** A rule begins at its name, or at any label with a value that is underlined. */
  private opensRule(label: string, value: string, line: number): boolean {
    return (
      fieldOf(label) === "name" || (value !== "" && fieldOf(label) === undefined && RULER.test(this.lines[line] ?? ""))
    );
  }

  private openRule(name: string, line: number): void {
    this.close();
    this.rule = { name, line, values: new Map(), conditions: [], last: undefined };
    this.ledger.mark(line, "modelled", `rule ${name}`);
  }

  /** A profile's settings begin at an underlined heading that names it. */
  private opensProfile(content: string, value: string, line: number): boolean {
    const underlined = RULER.test(this.lines[line] ?? "") || /^\S.*profil.*[:：]\s*$/i.test(content);
    const profile = underlined && value === "" ? profileIn(content) : undefined;
    if (profile === undefined) return underlined && value === "" && this.opensUnknown(line);
    this.close();
    this.profile = { profile, line };
    this.ledger.mark(line, "modelled", `settings of the ${profile} profile`);
    return true;
  }

  /** What stands under a heading in words nobody knows is of no profile read before. */
  private opensUnknown(line: number): true {
    this.close();
    const reason = "what stands under this heading may be settings of a profile";
    this.ledger.mark(line, "rejected", reason);
    this.gaps.push({ line, reason });
    return true;
  }

  private readRuleLine(rule: RuleDraft, content: string, label: string, value: string, line: number): void {
    const field = label === "" ? undefined : fieldOf(label);
    if (field !== undefined && field !== "name") {
      const isMeant = field !== "idle" && field !== "description";
      if (rule.values.has(field) && isMeant) rule.conditions.push(`${label} is given twice`);
      rule.values.set(field, field === "program" ? [value] : listItems(value));
      rule.last = field;
      this.ledger.mark(line, isMeant ? "modelled" : "harmless", `rule ${rule.name}`);
    } else if (this.continues(rule, content)) {
      this.ledger.mark(line, rule.last === "description" ? "harmless" : "modelled", `rule ${rule.name}`);
    } else if (!CLOSING_WORD.test(content.trim())) this.doubt(rule, label, value, line);
  }

  /** A further value of the field before, a row of the ICMP table, or more of a description. */
  private continues(rule: RuleDraft, content: string): boolean {
    const last = rule.last;
    if (last === "description") return true;
    if (last === undefined || !/^\s{4}/.test(content)) return false;
    const row = last === "protocol" ? ICMP_ROW.exec(content) : null;
    if (row === null) {
      if (last === "protocol") return false;
      rule.values.set(last, [...(rule.values.get(last) ?? []), ...listItems(content)]);
      return true;
    }
    // The row of headings has a word where each other row has a number.
    const [, type = "", code = ""] = row;
    if (/\d/.test(type) || wordOf(type) === "any")
      rule.values.set("icmp", [...(rule.values.get("icmp") ?? []), `${type}:${code}`]);
    else if (!/^\p{L}{3,5}$/u.test(type)) return false;
    return true;
  }

  private doubt(rule: RuleDraft, label: string, value: string, line: number): void {
    if (label !== "" && value === "") {
      this.ledger.mark(line, "harmless", "an empty field");
      return;
    }
    const what = label === "" ? `line ${line} is not understood` : `the field \`${label}: ${value}\` is not known`;
    rule.conditions.push(what);
    this.ledger.mark(line, label === "" ? "rejected" : "approximated", what);
    this.warn("unknown-line", `rule \`${rule.name}\`: ${what}`, line);
  }

  private readOther(content: string, line: number): void {
    if (CLOSING_WORD.test(content.trim()) || /netsh\s+advfirewall/i.test(content)) return;
    this.ledger.mark(line, "rejected", "belongs to no rule and no profile");
    this.warn("unknown-line", "a line that belongs to no rule and no profile", line);
  }

  private warn(slug: string, message: string, line: number): void {
    const at = { file: this.file, line };
    this.diagnostics.push({ code: `windows-firewall/${slug}`, severity: "warning", message, at, effect: "unknown" });
  }

  private close(): void {
    if (this.rule !== undefined)
      this.rules.push(ruleFromFields({ ...this.rule, conditions: withOmissions(this.rule) }));
    if (this.profile !== undefined) this.settings.push(settingsFrom(this.profile));
    this.rule = undefined;
    this.profile = undefined;
  }
}

/** netsh always prints these; where they are missing somebody cut them away, and nothing says what they were. */
function withOmissions({ values, conditions }: RuleDraft): string[] {
  const expected: Field[] = ["profiles", "local-address", "remote-address", "protocol"];
  if (/^(?:tcp|udp)$/i.test(values.get("protocol")?.[0] ?? "")) expected.push("local-port", "remote-port");
  const missing = expected.filter((field) => (values.get(field) ?? []).length === 0);
  const omitted = missing.map((field) => `the export does not show the ${field}`);
  if (VERBOSE_FIELDS.some((field) => values.has(field))) return [...conditions, ...omitted];
  return [...conditions, ...omitted, NOT_VERBOSE];
}

/** Condition of every rule of an export made without `verbose`. */
const NOT_VERBOSE = "the export does not show program, service, interface type and security";
