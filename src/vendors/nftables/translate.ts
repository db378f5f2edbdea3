/** Turns the statements that translate into actions. */
import type { Family } from "../../model/address.js";
import type { Translation, TranslationAddresses } from "../../model/nat.js";
import type { PortRange } from "../../model/service.js";
import { describe } from "./describe.js";
import { type Draft, doubted, narrowed } from "./draft.js";
import { applyMatch } from "./match.js";
import { type RuleContext, setContent } from "./rule-context.js";
import type { Element, Expression, Statement } from "./types.js";
import { addressRangeOf, rangesOf } from "./values.js";

type NatStatement = Extract<Statement, { readonly kind: "nat" }>;

/** A translation with the drafts it is for. */
export interface TranslationCase {
  readonly draft: Draft;
  readonly translation: Translation;
}

interface Target {
  readonly draft: Draft;
  readonly addresses?: TranslationAddresses;
  readonly ports?: PortRange;
}

const ANY_PORT: PortRange = { first: 1, last: 65535 };
const FAMILIES: Readonly<Record<string, Family>> = { ip: "ipv4", ip6: "ipv6" };

/** What the statement does to the packets of the drafts, case by case; a packet that its map does not hold goes on. */
export function translationsOf(
  drafts: readonly Draft[],
  statement: NatStatement,
  context: RuleContext,
): TranslationCase[] {
  const { action, addresses, ports, flags } = statement;
  const side = action === "dnat" || action === "redirect" ? "destination" : "source";
  const family = FAMILIES[statement.family ?? ""];
  const fitting = drafts.flatMap((draft) =>
    family === undefined ? [draft] : narrowed(draft, "families", (each) => each === family),
  );
  const start: Target[] = fitting.map((draft) =>
    action === "masquerade" || action === "redirect" ? { draft, addresses: { kind: "interface" } } : { draft },
  );
  const isNetmap = flags.includes("netmap");
  const addressed = addresses === undefined ? start : withAddresses(start, addresses, isNetmap, context);
  const targets = ports === undefined ? addressed : withPorts(addressed, ports, context);
  const isRandom = side === "source" && flags.some((flag) => flag.endsWith("random"));
  return targets.map(({ draft, ...target }) => ({
    draft,
    translation: { side, ...target, ...(isRandom && target.ports === undefined && { ports: ANY_PORT }) },
  }));
}

function withAddresses(
  targets: readonly Target[],
  expression: Expression,
  isNetmap: boolean,
  context: RuleContext,
): Target[] {
  return targets.flatMap((target) =>
    casesOf(target.draft, expression, context).flatMap(({ draft, value }) => addressed(draft, value, isNetmap)),
  );
}

function addressed(draft: Draft, value: Expression | undefined, isNetmap: boolean): Target[] {
  const [addressPart, portPart] = value?.kind === "concat" ? value.parts : [value];
  const range = addressPart && addressRangeOf(addressPart);
  if (range === undefined) {
    const text = value === undefined ? "an address of a map" : describe(value);
    return [{ draft, addresses: { kind: "unresolved", text }, ports: { first: 0, last: 65535 } }];
  }
  const addresses: TranslationAddresses = isNetmap ? { kind: "netmap", range } : { kind: "pool", ranges: [range] };
  const ports = portPart === undefined ? {} : { ports: portRange(portPart) };
  return narrowed(draft, "families", (family) => family === range.family).map((each) => ({
    ...{ draft: each, addresses },
    ...ports,
  }));
}

function withPorts(targets: readonly Target[], expression: Expression, context: RuleContext): Target[] {
  return targets.flatMap((target) =>
    casesOf(target.draft, expression, context).map(({ draft, value }) => ({
      ...target,
      draft,
      ports: value === undefined ? ANY_PORT : portRange(value),
    })),
  );
}

function portRange(expression: Expression): PortRange {
  return rangesOf(expression, "port")?.[0] ?? ANY_PORT;
}

interface Case {
  readonly draft: Draft;
  /** Undefined where the content of the map is not known. */
  readonly value: Expression | undefined;
}

/** The values an expression gives to the packets of a draft: one, or one for each entry of a map. */
function casesOf(draft: Draft, expression: Expression, context: RuleContext): Case[] {
  if (expression.kind !== "map") return [{ draft, value: expression }];
  const groups = mapGroups(expression.map, context);
  if (groups === undefined) return [{ draft: doubted(draft, describe(expression)), value: undefined }];
  return groups.flatMap(({ value, others, elements, shrinks }) => {
    const base = shrinks === undefined ? [draft] : [doubted(draft, shrinks)];
    const right: Expression = { kind: "set", elements: elements ?? others };
    const operator = elements === undefined ? "!=" : "==";
    return applyMatch(base, { left: expression.key, operator, right }, context).map((each) => ({ draft: each, value }));
  });
}

/** The entries of a map that give the same value; `elements` is absent for the entry that all other keys have. */
export interface MapGroup {
  readonly value: Expression;
  readonly elements: readonly Element[] | undefined;
  readonly others: readonly Element[];
  readonly shrinks: string | undefined;
}

/** The groups of a map, the one for all other keys last; undefined iff its content is not known. */
export function mapGroups(map: Expression, context: RuleContext): MapGroup[] | undefined {
  const content = setContent(map, context);
  if (content === undefined || content.unclear !== undefined) return undefined;
  const { elements, shrinks } = content;
  const groups = new Map<string, { value: Expression; elements: Element[] }>();
  const keyed = elements.filter((element) => !isCatchAll(element));
  for (const element of keyed) {
    if (element.value === undefined) return undefined;
    const name = describe(element.value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { value: element.value, elements: [element] });
    else group.elements.push(element);
  }
  const rest = elements.find(isCatchAll)?.value;
  const listed: MapGroup[] = [...groups.values()].map((group) => ({ ...group, others: keyed, shrinks }));
  return rest === undefined ? listed : [...listed, { value: rest, elements: undefined, others: keyed, shrinks }];
}

function isCatchAll({ key }: Element): boolean {
  return key.kind === "value" && key.text === "*" && !key.isQuoted;
}
