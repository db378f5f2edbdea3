/** Gives the expressions of a template the values they certainly have. */
import { type JsonMember, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import {
  type CallExpression,
  type Expression,
  isExpression,
  MAX_EXPRESSION_DEPTH,
  parseExpression,
} from "./expression.js";
import { applyFunction, array, pickValue, scalar } from "./template-functions.js";

/** A template may not grow beyond this number of values: loops and variables that hold each other multiply. */
const MOST_VALUES = 500_000;
const MOST_ROUNDS = 4_096;

/** What a template's parameters are given; undefined: a value that is in none of the files. */
export type ParameterValues = ReadonlyMap<string, JsonValue>;

/** Values made so far, shared by all scopes of a document. */
interface Budget {
  spent: number;
}

/** What the names in the expressions of one template stand for; inside a loop also its index. */
export class TemplateScope {
  private depth = 0;

  private constructor(
    private readonly template: JsonValue,
    private readonly parameters: ParameterValues,
    private readonly loops: ReadonlyMap<string, number>,
    private readonly locals: ReadonlyMap<string, JsonValue>,
    private readonly budget: Budget,
    private readonly known: Map<string, JsonValue | undefined>,
    /** Names of parameters whose default was used. */
    readonly defaults: Set<string>,
  ) {}

  /** `parameters`, by lower-case name, count before the template's own defaults. */
  static of(template: JsonValue, parameters: ParameterValues): TemplateScope {
    return new TemplateScope(template, parameters, new Map(), new Map(), { spent: 0 }, new Map(), new Set());
  }

  /** The scope of a template inside this one; nobody but this one gives it values, so that its defaults are certain. */
  nested(template: JsonValue, parameters: ParameterValues): TemplateScope {
    return new TemplateScope(template, parameters, new Map(), new Map(), this.budget, new Map(), new Set());
  }

  /** This scope in a round of a resource's loop, which `copyIndex()` without name means. */
  inRoundOfResource(loop: string, index: number): TemplateScope {
    return this.inRound(loop, index).inRound("", index);
  }

  private inRound(loop: string, index: number): TemplateScope {
    const loops = new Map([...this.loops, [loop.toLowerCase(), index]]);
    return this.with(loops, this.locals);
  }

  private withLocals(entries: readonly (readonly [string, JsonValue])[]): TemplateScope {
    const locals = new Map([...this.locals, ...entries]);
    return this.with(this.loops, locals);
  }

  private with(loops: ReadonlyMap<string, number>, locals: ReadonlyMap<string, JsonValue>): TemplateScope {
    const { template, parameters, budget, known, defaults } = this;
    return new TemplateScope(template, parameters, loops, locals, budget, known, defaults);
  }

  /** The value with every expression in it replaced that has a certain value; the others stay as they are. */
  resolve(value: JsonValue): JsonValue {
    if (!this.spend(1)) return { ...TOO_LARGE, line: value.line, endLine: value.endLine };
    if (value.kind === "array") return { ...value, items: value.items.map((item) => this.resolve(item)) };
    if (value.kind === "object") return { ...value, members: this.members(value.members) };
    const text = typeof value.value === "string" ? value.value : "";
    const found = isExpression(text) ? this.evaluate(parseExpression(text)) : value;
    return found === undefined || !this.spend(sizeOf(found)) ? value : placed(found, value);
  }

  /** False: the template has made as many values as it may. */
  private spend(values: number): boolean {
    this.budget.spent += values;
    return this.budget.spent <= MOST_VALUES;
  }

  /** True or false iff the value certainly is; undefined: open. */
  truth(value: JsonValue | undefined): boolean | undefined {
    const found = value && this.resolve(value);
    return found?.kind === "scalar" && typeof found.value === "boolean" ? found.value : undefined;
  }

  /** How often a loop runs; undefined: not known, or too often. */
  rounds(copy: JsonValue | undefined): number | undefined {
    const count = jsonMember(copy, "count");
    const found = count && this.resolve(count);
    if (found?.kind !== "scalar" || typeof found.value !== "number") return undefined;
    return Number.isInteger(found.value) && found.value >= 0 && found.value <= MOST_ROUNDS ? found.value : undefined;
  }

  /** A `copy` among properties makes lists of them, after what a list of that name holds already. */
  private members(members: readonly JsonMember[]): JsonMember[] {
    const isLoop = ({ key, value }: JsonMember): boolean => key.toLowerCase() === "copy" && value.kind === "array";
    const plain = members.filter((member) => !isLoop(member));
    const lists = plain.map((member) => ({ ...member, value: this.resolve(member.value) }));
    for (const member of members.filter(isLoop)) {
      for (const loop of jsonItems(member.value)) {
        const made = this.listOfLoop(loop, member);
        const at = lists.findIndex(({ key }) => key === made.key);
        const known = lists[at];
        if (known === undefined) lists.push(made);
        else lists[at] = { ...known, value: lengthened(known.value, made.value) };
      }
    }
    return lists;
  }

  private listOfLoop(loop: JsonValue, { line }: JsonMember): JsonMember {
    const key = listName(loop);
    const own = jsonText(jsonMember(loop, "name")) ?? "";
    const input = jsonMember(loop, "input");
    const rounds = input && this.rounds(loop);
    const place = { line: loop.line, endLine: loop.endLine };
    if (input === undefined || rounds === undefined) return { key, line, value: { ...UNCOUNTED, ...place } };
    const items = Array.from({ length: rounds }, (_, index) => this.inRound(own, index).resolve(input));
    return { key, line: loop.line, value: { kind: "array", items, ...place } };
  }

  private evaluate(expression: Expression | undefined): JsonValue | undefined {
    if (expression === undefined || this.depth > MAX_EXPRESSION_DEPTH || !this.spend(1)) return undefined;
    this.depth++;
    const value = this.valueOf(expression);
    this.depth--;
    return value?.kind === "array" && !this.spend(value.items.length) ? undefined : value;
  }

  private valueOf(expression: Expression): JsonValue | undefined {
    if (expression.kind === "literal") return scalar(expression.value);
    if (expression.kind === "call") return this.call(expression);
    const of = this.evaluate(expression.of);
    const key = this.evaluate(expression.key);
    return of && key && known(pickValue(of, key));
  }

  private call(call: CallExpression): JsonValue | undefined {
    const [first, second] = call.values;
    switch (call.name) {
      case "variables":
      case "parameters":
        return this.named(call.name, jsonText(this.evaluate(first)));
      case "copyindex":
        return this.copyIndex(call);
      case "lambdavariables":
        return this.locals.get(jsonText(this.evaluate(first))?.toLowerCase() ?? "");
      case "map":
        return this.map(first, second);
      case "if":
        return this.choose(call);
      case "and":
      case "or":
        return this.combine(call);
      case "coalesce":
        return this.firstGiven(call);
      case "createarray":
        return array(call.values.map((value) => this.evaluate(value) ?? open(value)));
      case "createobject":
        return this.object(call);
      default: {
        const values = call.values.map((value) => this.evaluate(value));
        return values.every((value) => value !== undefined) ? known(applyFunction(call.name, values)) : undefined;
      }
    }
  }

  private named(kind: "variables" | "parameters", name: string | undefined): JsonValue | undefined {
    const key = `${kind} ${name?.toLowerCase()}`;
    if (name === undefined) return undefined;
    if (!this.known.has(key)) {
      this.known.set(key, undefined); // a name that stands for itself stands for nothing
      this.known.set(key, known(kind === "variables" ? this.variable(name) : this.parameter(name)));
    }
    return this.known.get(key);
  }

  private variable(name: string): JsonValue | undefined {
    const variables = jsonMember(this.template, "variables");
    const members = variables?.kind === "object" ? variables.members : [];
    const loops = members.filter(({ key }) => key.toLowerCase() === "copy").flatMap(({ value }) => jsonItems(value));
    const loop = loops.find((one) => listName(one).toLowerCase() === name.toLowerCase());
    if (loop !== undefined) return this.listOfLoop(loop, { key: name, line: loop.line, value: loop }).value;
    const found = jsonMember(variables, name);
    return found && this.resolve(found);
  }

  private parameter(name: string): JsonValue | undefined {
    // INVARIANT: what is given was resolved where it is given; an expression left in it would mean something else here.
    const given = this.parameters.get(name.toLowerCase());
    const usual = jsonMember(jsonMember(jsonMember(this.template, "parameters"), name), "defaultValue");
    if (given !== undefined || usual === undefined) return given;
    const value = known(this.resolve(usual));
    if (value !== undefined) this.defaults.add(name);
    return value;
  }

  private copyIndex({ values }: CallExpression): JsonValue | undefined {
    const [first, second] = values.map((value) => this.evaluate(value));
    const isNamed = first?.kind === "scalar" && typeof first.value === "string";
    const index = this.loops.get(isNamed ? String(first.value).toLowerCase() : "");
    const offset = isNamed ? second : first;
    return index === undefined ? undefined : scalar(index + Number(jsonText(offset) ?? 0));
  }

  /** `map(list, lambda('item', body))`, perhaps with a second name for the index. */
  private map(list: Expression | undefined, lambda: Expression | undefined): JsonValue | undefined {
    const items = this.evaluate(list);
    if (items?.kind !== "array" || lambda?.kind !== "call" || lambda.name !== "lambda") return undefined;
    const names = lambda.values.slice(0, -1).map((name) => jsonText(this.evaluate(name))?.toLowerCase() ?? "");
    const body = lambda.values.at(-1);
    const results = items.items.map((item, index) => {
      const [own = "", position = ""] = names;
      const round = this.withLocals([
        [own, item] as const,
        ...(position === "" ? [] : [[position, scalar(index)] as const]),
      ]);
      return body && (round.evaluate(body) ?? open(body));
    });
    return array(results.flatMap((result) => result ?? []));
  }

  private choose({ values: [condition, yes, no] }: CallExpression): JsonValue | undefined {
    const found = this.evaluate(condition);
    if (found?.kind !== "scalar" || typeof found.value !== "boolean") return undefined;
    return this.evaluate(found.value ? yes : no);
  }

  private combine({ name, values }: CallExpression): JsonValue | undefined {
    const truths = values
      .map((value) => this.evaluate(value))
      .map((value) => (value?.kind === "scalar" ? value.value : undefined));
    const deciding = name === "or";
    if (truths.includes(deciding)) return scalar(deciding);
    return truths.every((truth) => truth === !deciding) ? scalar(!deciding) : undefined;
  }

  private firstGiven({ values }: CallExpression): JsonValue | undefined {
    for (const value of values) {
      const found = this.evaluate(value);
      if (found === undefined || found.kind !== "scalar" || found.value !== null) return found;
    }
    return scalar(null);
  }

  private object({ values }: CallExpression): JsonValue | undefined {
    const parts = values.map((value, index) => this.evaluate(value) ?? (index % 2 === 1 ? open(value) : undefined));
    return parts.every((part) => part !== undefined) ? applyFunction("createobject", parts) : undefined;
  }
}

/** The property that a loop makes a list of: that of its name, unless it says otherwise. */
function listName(loop: JsonValue): string {
  return jsonText(jsonMember(loop, "property")) ?? jsonText(jsonMember(loop, "name")) ?? "";
}

function lengthened(list: JsonValue, more: JsonValue): JsonValue {
  const items = [list, more].flatMap((part) => (part.kind === "array" ? part.items : [part]));
  return { ...array(items), line: list.line, endLine: list.endLine };
}

const UNCOUNTED = { kind: "scalar", value: "[copy]" } as const;
const TOO_LARGE = { kind: "scalar", value: "[too large]" } as const;

const sizes = new WeakMap<JsonValue, number>();

/** How many values there are in a value; parts that several values share count for each. */
function sizeOf(value: JsonValue): number {
  if (value.kind === "scalar") return 1;
  const size = sizes.get(value);
  if (size !== undefined) return size;
  const parts = value.kind === "array" ? value.items : value.members.map((member) => member.value);
  const counted = parts.reduce((sum, part) => sum + sizeOf(part), 1);
  sizes.set(value, counted);
  return counted;
}

/** An expression without a certain value, as a text that says so. */
function open({ text }: Expression): JsonValue {
  return scalar(`[${text}]`);
}

/** The value unless it is an expression itself, whose value is not certain. */
function known(value: JsonValue | undefined): JsonValue | undefined {
  return value?.kind === "scalar" && typeof value.value === "string" && isExpression(value.value) ? undefined : value;
}

/** What an expression makes stands where it is written; what a variable holds, where that is. */
function placed(found: JsonValue, { line, endLine }: JsonValue): JsonValue {
  if (found.kind !== "scalar" && found.line !== 0) return found;
  if (found.kind === "scalar") return { ...found, line, endLine };
  const inner = { line, endLine, kind: "scalar", value: null } as const;
  if (found.kind === "array") return { ...found, items: found.items.map((item) => placed(item, inner)), line, endLine };
  const members = found.members.map((member) => ({ ...member, line, value: placed(member.value, inner) }));
  return { ...found, members, line, endLine };
}
