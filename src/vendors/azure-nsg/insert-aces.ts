/** Puts rules into the JSON of a security group, with numbers before that of a rule, or in its place. */
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { uniqueName } from "../azure/rule-texts.js";
import { commandOf, deletionOf, type TemplateRule } from "./notations.js";
import { FIRST_PRIORITY, LAST_PRIORITY, propertiesOf } from "./render.js";
import { shapesOf } from "./rule-shapes.js";

interface ListedRule {
  readonly name?: unknown;
  readonly priority?: unknown;
  readonly direction?: unknown;
  readonly properties?: ListedRule;
}

const RULES = /^(\s*)"securityRules": \[\r?$/;

/** The text with the rules put in; undefined where it does not hold one group in the form `az` prints. */
export function insertAces(text: string, insertion: Insertion): PatchedText | undefined {
  const { acl, stoppedBy, direction, instead } = insertion;
  const lines = text.split("\n");
  const at = lines.findIndex((line) => RULES.test(line));
  const group = at < 0 || at !== lines.findLastIndex((line) => RULES.test(line)) ? undefined : groupIn(text);
  if (group === undefined) return undefined;
  const written = [...(instead ?? []), ...acl.aces].map((ace) => shapesOf(ace, []));
  const shapes = written.flatMap((each) => each.shapes);
  const side = direction === "input" ? "Inbound" : "Outbound";
  const numbers = freeNumbers(group.rules, side, stoppedBy, shapes.length);
  if (numbers === undefined || written.some(({ refusals }) => refusals.length > 0)) return undefined;
  const names = new Set(group.rules.map(({ name }) => String(name).toLowerCase()));
  const rules = shapes.map((shape, index): TemplateRule => {
    const properties = propertiesOf({ shape, direction: side, priority: numbers[index] as number });
    return { name: uniqueName(shape.name, names), properties };
  });
  const gone = instead === undefined ? undefined : elementNamed(lines, at, stoppedBy);
  if (instead !== undefined && (gone === undefined || stoppedBy === undefined)) return undefined;
  const indent = `${RULES.exec(lines[at] as string)?.[1] ?? ""}  `;
  const added = rules.flatMap((rule) =>
    linesOf(group.isNested ? rule : { name: rule.name, ...rule.properties }, indent),
  );
  const creation = rules.map((rule) => commandOf(group.name, rule));
  const removal = gone === undefined ? [] : [deletionOf(group.name, stoppedBy as string)];
  const ending = text.includes("\r\n") ? "\r" : "";
  const kept = gone === undefined ? lines : withoutElement(lines, gone);
  return {
    text: kept.toSpliced(at + 1, 0, ...added.map((line) => line + ending)).join("\n"),
    commands: [...creation, ...removal],
  };
}

interface Element {
  readonly from: number;
  readonly to: number;
}

/** The lines of the rule with this name in the list that begins at `list`, by the indentation of what `az` prints. */
function elementNamed(lines: readonly string[], list: number, name = ""): Element | undefined {
  const text = `"name": ${JSON.stringify(name)}`;
  const line = lines.findIndex((each, index) => index > list && each.trim().replace(/,$/, "") === text);
  const depth = /^\s*/.exec(lines[line] ?? "")?.[0].length ?? 0;
  const from = lines.findLastIndex(
    (each, index) => index < line && /^\s*\{\s*$/.test(each) && each.search(/\S/) < depth,
  );
  const indent = lines[from]?.search(/\S/);
  const to = lines.findIndex(
    (each, index) => index > line && /^\s*\},?\s*$/.test(each) && each.search(/\S/) === indent,
  );
  return from < 0 || to < 0 ? undefined : { from, to };
}

// Of the last object in the list the comma before it goes, too; what is put in goes before all others and ends in one.
function withoutElement(lines: readonly string[], { from, to }: Element): string[] {
  const isLast = !(lines[to] as string).trimEnd().endsWith(",");
  const isFirst = (lines[from - 1] as string).trimEnd().endsWith("[");
  const before = lines.slice(0, from);
  if (isLast && !isFirst) before[from - 1] = (before[from - 1] as string).replace(/,(\s*)$/, "$1");
  return [...before, ...lines.slice(to + 1)];
}

interface ListedGroup {
  readonly name: string;
  readonly rules: readonly ListedRule[];
  readonly isNested: boolean;
}

function groupIn(text: string): ListedGroup | undefined {
  const group = findGroup(text);
  if (group === undefined || group.rules.length === 0) return undefined;
  const isNested = group.rules.some(({ properties }) => properties !== undefined);
  const rules = group.rules.map(({ name, properties, ...rest }) => ({ ...rest, ...properties, name }));
  return { name: group.name || "GROUP", rules, isNested };
}

function findGroup(text: string): Pick<ListedGroup, "name" | "rules"> | undefined {
  const found: Pick<ListedGroup, "name" | "rules">[] = [];
  try {
    JSON.parse(text, function (this: { name?: unknown }, key, value: unknown) {
      if (key === "securityRules" && Array.isArray(value)) found.push({ name: String(this.name ?? ""), rules: value });
      return value;
    });
  } catch {
    return undefined;
  }
  return found[0];
}

/** Numbers of the direction that no rule has, the highest ones before the rule with this name (absent: before no rule). */
function freeNumbers(
  rules: readonly ListedRule[],
  side: string,
  before: string | undefined,
  count: number,
): number[] | undefined {
  const own = rules.filter(({ direction }) => String(direction).toLowerCase() === side.toLowerCase());
  const taken = new Set(own.map(({ priority }) => Number(priority)));
  const stopping = own.find(({ name }) => name === before);
  const free: number[] = [];
  for (
    let number = Math.min(LAST_PRIORITY, Number(stopping?.priority ?? LAST_PRIORITY));
    free.length < count;
    number--
  ) {
    if (number < FIRST_PRIORITY) return undefined;
    if (!taken.has(number)) free.push(number);
  }
  return free.reverse();
}

function linesOf(rule: unknown, indent: string): string[] {
  const lines = JSON.stringify(rule, undefined, 2).split("\n");
  return lines.map((line, index) => indent + line + (index === lines.length - 1 ? "," : ""));
}
