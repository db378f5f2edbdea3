/** The rule set that a list of commands leaves behind. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";
import { isHook } from "./hooks.js";
import { boundedValue, resolveElement, resolveExpression, resolveRule } from "./resolve-variables.js";
import type { Command, CommandFile, Element, Expression, HookSpec, Rule, SetSpec, TableName } from "./types.js";

/** A rule at its place in a file. */
export interface PlacedRule {
  readonly rule: Rule;
  readonly file: string;
}

export interface NftChain {
  readonly name: string;
  readonly at: SourceRef;
  hook: HookSpec | undefined;
  policy: string | undefined;
  rules: PlacedRule[];
  /** Why the order or number of its rules is not known. */
  unclear: string | undefined;
}

/** True iff a base chain has no rules and accepts, so that it decides nothing; where filters stand it counts all the same. */
export function isIdle({ hook, rules, policy, unclear }: NftChain): boolean {
  if (hook === undefined || rules.length > 0 || policy === "drop" || unclear !== undefined) return false;
  return hook.type !== "filter" || !FILTERED.has(hook.hook);
}

const CHAIN_TYPES: ReadonlySet<string> = new Set(["filter", "nat", "route"]);

const FILTERED: ReadonlySet<string> = new Set(["input", "forward", "output"]);

/** A set or map. */
export interface NftSet {
  readonly name: string;
  readonly at: SourceRef;
  readonly spec: SetSpec;
  elements: Element[];
  /** Why other elements may be in it. */
  unclear: string | undefined;
}

export interface NftTable extends TableName {
  readonly at: SourceRef;
  readonly chains: Map<string, NftChain>;
  readonly sets: Map<string, NftSet>;
  /** What limits and the like say, by name. */
  readonly objects: Map<string, string>;
  isDormant: boolean;
}

export interface Ruleset {
  readonly tables: ReadonlyMap<string, NftTable>;
  /** Commands that could not be followed: they may have done anything. */
  readonly unread: readonly { readonly text: string; readonly at: SourceRef }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs the commands of all files in order on an empty rule set. */
export function buildRuleset(configs: readonly CommandFile[]): Ruleset {
  const builder = new RulesetBuilder(configs);
  for (const config of configs) builder.runFile(config);
  return builder;
}

/** True iff the file may be the one an include means; of a pattern only its ends are compared. */
function isNamed(file: string, path: string): boolean {
  const pattern = path.split("/").at(-1) ?? path;
  const name = file.split("/").at(-1) ?? file;
  if (!/[*?]/.test(pattern)) return name === pattern;
  const [start = "", end = ""] = [pattern.split(/[*?]/)[0], pattern.split(/[*?]/).at(-1)];
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { readonly kind: Kind }>;

class RulesetBuilder implements Ruleset {
  readonly tables = new Map<string, NftTable>();
  readonly unread: { text: string; at: SourceRef }[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly variables = new Map<string, Expression>();
  private readonly done = new Set<CommandFile>();

  constructor(private readonly configs: readonly CommandFile[]) {}

  /** Each file once: one that another includes is read at that place, where it comes first. */
  runFile(config: CommandFile): void {
    if (this.done.has(config)) return;
    this.done.add(config);
    for (const command of config.commands) this.run(command, config.file);
  }

  private run(command: Command, file: string): void {
    const at: SourceRef = { file, line: command.line };
    switch (command.kind) {
      case "table":
        if (command.flags.includes("dormant")) this.table(command.table, at).isDormant = true;
        else this.table(command.table, at);
        break;
      case "chain":
        this.addChain(command, at);
        break;
      case "rule":
        this.addRule(command, at);
        break;
      case "set":
        this.addSet(command, at);
        break;
      case "object": {
        const { objects } = this.table(command.table, at);
        objects.set(command.name, `${objects.get(command.name) ?? ""}${command.text};`);
        break;
      }
      case "elements":
        this.changeElements(command, at);
        break;
      case "define":
        if (command.value === undefined) this.variables.delete(command.name);
        else this.variables.set(command.name, boundedValue(this.resolved(command.value)));
        break;
      case "include":
        this.include(command, at);
        break;
      case "unread":
        this.unread.push({ text: command.text, at });
        break;
      case "flush":
        this.flush(command, at);
        break;
      case "delete":
        this.delete(command);
        break;
      case "delete-rule":
        this.deleteRule(command, at);
        break;
    }
  }

  private resolved(expression: Expression): Expression {
    return resolveExpression(expression, this.variables);
  }

  private table(name: TableName, at: SourceRef): NftTable {
    const key = `${name.family} ${name.name}`;
    const known = this.tables.get(key);
    if (known !== undefined) return known;
    const created: NftTable = { ...name, at, chains: new Map(), sets: new Map(), objects: new Map(), isDormant: false };
    this.tables.set(key, created);
    return created;
  }

  private chain(table: TableName, name: string, at: SourceRef): NftChain {
    const { chains } = this.table(table, at);
    const known = chains.get(name);
    if (known !== undefined) return known;
    const created: NftChain = { name, at, hook: undefined, policy: undefined, rules: [], unclear: undefined };
    chains.set(name, created);
    return created;
  }

  private addChain({ table, chain: name, hook, policy }: CommandOf<"chain">, at: SourceRef): void {
    const chain = this.chain(table, name, at);
    if (hook !== undefined && !(isHook(hook.hook) && CHAIN_TYPES.has(hook.type)))
      this.unread.push({ text: `chain ${name} of type ${hook.type} at hook ${hook.hook}`, at });
    else if (hook !== undefined) {
      const priority = hook.priority && { priority: this.resolved(hook.priority) };
      chain.hook = { ...hook, ...priority, devices: hook.devices.map((device) => this.resolved(device)) };
    }
    if (policy !== undefined) chain.policy = policy;
  }

  private addRule({ table, chain: name, rule, place }: CommandOf<"rule">, at: SourceRef): void {
    const chain = this.chain(table, name, at);
    const placed = { rule: resolveRule(rule, this.variables), file: at.file };
    if (place.kind === "end") chain.rules.push(placed);
    else if (place.kind === "start") chain.rules.unshift(placed);
    else if (!("index" in place) || chain.rules[place.index] === undefined) {
      chain.rules.push(placed);
      chain.unclear = "a rule placed by a handle that the text does not tell";
    } else if (place.kind === "replace") chain.rules[place.index] = placed;
    else chain.rules.splice(place.index + (place.kind === "after" ? 1 : 0), 0, placed);
  }

  private addSet({ table: tableName, name, spec }: CommandOf<"set">, at: SourceRef): void {
    const table = this.table(tableName, at);
    if (!table.sets.has(name)) table.sets.set(name, { name, at, spec, elements: [], unclear: undefined });
  }

  private changeElements({ table, name, elements, action }: CommandOf<"elements">, at: SourceRef): void {
    const set = this.table(table, at).sets.get(name);
    if (set === undefined) return;
    const given = elements.flatMap((element) => resolveElement(element, this.variables));
    if (action === "add") for (const element of given) set.elements.push(element);
    else set.unclear = "elements are deleted from it";
  }

  private include({ path }: CommandOf<"include">, at: SourceRef): void {
    const included = this.configs.filter(({ file }) => isNamed(file, path));
    for (const config of included) this.runFile(config);
    if (included.length > 0) return;
    this.unread.push({ text: `include "${path}"`, at });
    this.diagnostics.push({
      ...{ code: "nftables/missing-include", severity: "warning", effect: "unknown", at },
      message: `the included file \`${path}\` is not among the exports, so nothing can be said for certain`,
      help: "give the output of `nft list ruleset` instead, or the included files too",
    });
  }

  private flush({ what, table: name, name: object }: CommandOf<"flush">, at: SourceRef): void {
    if (name === undefined) {
      for (const [key, table] of this.tables) {
        if (object === undefined || table.family === object) this.tables.delete(key);
      }
      return;
    }
    const table = this.table(name, at);
    if (what === "set" || what === "map") {
      const set = table.sets.get(object ?? "");
      if (set !== undefined) set.elements = [];
      return;
    }
    for (const chain of table.chains.values()) {
      if (what === "table" || chain.name === object) chain.rules = [];
    }
  }

  private delete({ what, table: name, name: object }: CommandOf<"delete">): void {
    const key = `${name.family} ${name.name}`;
    if (what === "table") this.tables.delete(key);
    else if (what === "chain") this.tables.get(key)?.chains.delete(object ?? "");
    else if (what === "set" || what === "map") this.tables.get(key)?.sets.delete(object ?? "");
  }

  private deleteRule({ table, chain: name, index }: CommandOf<"delete-rule">, at: SourceRef): void {
    const chain = this.chain(table, name, at);
    if (index !== undefined && chain.rules[index] !== undefined) chain.rules.splice(index, 1);
    else chain.unclear = "a rule deleted by a handle that the text does not tell";
  }
}
