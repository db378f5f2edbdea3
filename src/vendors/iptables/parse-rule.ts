/** Turns the words of one rule, after its chain, into matches and a target. */
import { netfilterProtocol } from "../netfilter/protocol-names.js";
import type { OptionPool } from "./option-pool.js";
import { coreOption, IMPLICIT_MODULES, moduleOption, type OptionSpec } from "./option-table.js";
import type { Option, Rule, Target } from "./types.js";

/** The words of a line from the rule's first option on; `quoted` indexes the words of the whole line. */
export interface RuleWords {
  readonly words: readonly string[];
  readonly quoted: ReadonlySet<number>;
  readonly start: number;
}

interface OpenUse {
  readonly module: string;
  readonly options: Option[];
}

const HYPHEN = 45;
const OPTION = /^-(?:-|[a-zA-Z46])/;
const NO_PROBLEMS: readonly string[] = [];
const NO_VALUES: readonly string[] = [];

function isAddressOption(name: string): boolean {
  return name === "-s" || name === "-d";
}

/** Reads a rule word by word; everything it cannot place ends up in `problems`. */
class RuleReader {
  private readonly core: OpenUse = { module: "", options: [] };
  private readonly uses: OpenUse[] = [this.core];
  private readonly problems: string[] = [];
  private target: { kind: Target["kind"]; name: string; options: Option[] } | undefined;
  /** Where an option goes that no module claims: the module or target named last. */
  private owner: Option[] | undefined;
  private negated = false;
  private position: number;

  constructor(
    private readonly input: RuleWords,
    private readonly pool: OptionPool,
  ) {
    this.position = input.start;
  }

  read(line: number): Rule {
    const { words } = this.input;
    while (this.position < words.length) this.readWord(words[this.position++] as string);
    if (this.negated) this.problems.push("`!` without an option after it");
    const problems = this.problems.length === 0 ? NO_PROBLEMS : this.problems;
    const matches = this.uses.map(({ module, options }) => this.pool.use(module, options));
    const weight = this.weight();
    if (this.target === undefined) return { line, matches, problems, weight };
    const { kind, name, options } = this.target;
    return { line, matches, problems, weight, target: this.pool.target(kind, name, options) };
  }

  private readWord(word: string): void {
    if (word === "!" && !this.isQuoted(this.position - 1)) {
      this.negated = !this.negated;
      return;
    }
    if (!this.isOption(this.position - 1)) {
      this.problems.push(`unexpected word \`${word}\``);
      return;
    }
    const core = coreOption(word);
    if (core !== undefined) this.readCore(core.name, this.take(core.arity));
    else this.readModuleOption(word);
    this.negated = false;
  }

  private readCore(name: string, values: readonly string[]): void {
    const value = values[0] ?? "";
    if (this.negated && ["-m", "-j", "-g", "-c"].includes(name)) this.problems.push(`\`!\` before \`${name}\``);
    if (name === "-m") this.openModule(value);
    else if (name === "-j" || name === "-g") this.openTarget(name === "-j" ? "jump" : "goto", value);
    else if (name !== "-c") {
      if (this.core.options.some((option) => option.name === name)) this.problems.push(`\`${name}\` is given twice`);
      this.core.options.push(this.pool.option(name, this.negated, values));
      if (name === "-p" && !this.negated) this.openImplicitModule(value);
    }
  }

  private openModule(module: string): void {
    const use: OpenUse = { module, options: [] };
    this.uses.push(use);
    this.owner = use.options;
  }

  // `-p tcp` makes the options of `-m tcp` available; the use is listed only once it has an option
  private implicit: OpenUse | undefined;
  private openImplicitModule(protocol: string): void {
    const number = netfilterProtocol(protocol);
    const module = number === undefined ? undefined : IMPLICIT_MODULES.get(number);
    if (module !== undefined) this.implicit = { module, options: [] };
  }

  private openTarget(kind: Target["kind"], name: string): void {
    if (this.target !== undefined) this.problems.push(`a second target \`${name}\``);
    this.target ??= { kind, name, options: [] };
    this.owner = this.target.options;
  }

  private readModuleOption(word: string): void {
    for (let i = this.uses.length - 1; i >= 0; i--) {
      const use = this.uses[i] as OpenUse;
      const spec = moduleOption(use.module, word);
      if (spec !== undefined && !use.options.some(({ name }) => name === spec.name)) {
        use.options.push(this.finish(spec));
        return;
      }
    }
    if (this.readImplicit(word)) return;
    const option: Option = { name: word, negated: this.negated, values: this.takeUnknown() };
    if (this.owner === undefined) this.problems.push(`unknown option \`${word}\``);
    else this.owner.push(option);
  }

  private readImplicit(word: string): boolean {
    const spec = this.implicit && moduleOption(this.implicit.module, word);
    if (this.implicit === undefined || spec === undefined) return false;
    if (!this.uses.includes(this.implicit)) this.uses.push(this.implicit);
    const isRepeated = this.implicit.options.some(({ name }) => name === spec.name);
    if (isRepeated) this.problems.push(`\`${spec.name}\` is given twice`);
    this.implicit.options.push(this.finish(spec));
    return true;
  }

  private finish(spec: OptionSpec): Option {
    const values = this.take(spec.arity);
    return this.pool.option(spec.name, this.negated, values);
  }

  private take(arity: number): readonly string[] {
    if (arity === 0) return NO_VALUES;
    const { words } = this.input;
    // until iptables 1.4.3 the `!` stood after the option
    if (words[this.position] === "!" && !this.isQuoted(this.position)) {
      this.negated = !this.negated;
      this.position++;
    }
    const hasOne = arity === 1 && this.position < words.length;
    const values = hasOne ? [words[this.position]] : words.slice(this.position, this.position + arity);
    if (values.length < arity) this.problems.push(`\`${words[this.position - 1]}\` lacks a value`);
    this.position += values.length;
    return values;
  }

  private takeUnknown(): string[] {
    const values: string[] = [];
    const { words } = this.input;
    while (this.position < words.length && !this.isOption(this.position) && !this.isBang(this.position)) {
      values.push(words[this.position++] as string);
    }
    return values;
  }

  private weight(): number {
    let weight = 1;
    for (const { name, values } of this.core.options) {
      const value = values[0] ?? "";
      if (isAddressOption(name) && value.includes(",")) weight *= value.split(",").length;
    }
    return weight;
  }

  private isQuoted(index: number): boolean {
    return this.input.quoted.has(index);
  }

  private isBang(index: number): boolean {
    return this.input.words[index] === "!" && !this.isQuoted(index);
  }

  private isOption(index: number): boolean {
    const word = this.input.words[index] as string;
    return word.charCodeAt(0) === HYPHEN && OPTION.test(word) && !this.isQuoted(index);
  }
}

/** The rule the words say; what cannot be read of it is listed in its `problems`. */
export function parseRule(input: RuleWords, line: number, pool: OptionPool): Rule {
  return new RuleReader(input, pool).read(line);
}
