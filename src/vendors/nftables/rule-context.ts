/** What a rule's meaning depends on besides its words. */
import type { Family } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import type { Translations } from "../netfilter/connection-status.js";
import type { MarkCases } from "../netfilter/marks.js";
import type { OwnAddresses } from "../netfilter/own-addresses.js";
import type { ChainReach } from "./hooks.js";
import type { NftTable, Ruleset } from "./ruleset.js";
import type { Element, Expression, Rule, SetSpec } from "./types.js";

/** What all tables share. */
export interface SharedContext {
  /** The defined sets of the device, made as rules ask for them. */
  readonly defined: Map<string, DefinedSet>;
  /** Undefined iff the exports do not tell the addresses of the machine. */
  readonly own: OwnAddresses | undefined;
  readonly marks: MarkCases;
  /** What connections may have been through, of either family. */
  readonly translations: Translations;
  /** A statement that puts packets into a zone of connections; undefined: they are all in one. */
  readonly zones: string | undefined;
  /** Commands that could not be followed: they may have put rules into any chain. */
  readonly unread: Ruleset["unread"];
  /** By table and name of a set in it: the rules that change the set. */
  readonly changing: ReadonlyMap<NftTable, ReadonlyMap<string, readonly Rule[]>>;
}

export interface RuleContext {
  readonly table: NftTable;
  readonly families: ReadonlySet<Family>;
  readonly reach: ChainReach;
  readonly shared: SharedContext;
}

/** The elements of a set in place or of a named one, and what makes them uncertain. */
export interface SetContent {
  readonly name: string | undefined;
  readonly elements: readonly Element[];
  /** Why there may be other elements; then nothing is known of the set. */
  readonly unclear: string | undefined;
  /** Why there may be fewer. */
  readonly shrinks: string | undefined;
}

/** The content of what stands on the right of a comparison; undefined iff it is not a set. */
export function setContent(expression: Expression, { table, shared }: RuleContext): SetContent | undefined {
  if (expression.kind === "set") return contentOf(undefined, expression.elements, undefined);
  if (expression.kind !== "reference") return undefined;
  const { name } = expression;
  const set = table.sets.get(name);
  if (set === undefined) return contentOf(name, [], `the exports do not hold set @${name}`);
  const isChanged = set.spec.flags.includes("dynamic") || shared.changing.get(table)?.has(name) === true;
  const unclear = set.unclear ?? (isChanged ? `set @${name}, which rules change` : undefined);
  return contentOf(name, set.elements, unclear, set.spec);
}

function contentOf(
  name: string | undefined,
  elements: readonly Element[],
  unclear: string | undefined,
  spec?: SetSpec,
): SetContent {
  const condition = elements.find((element) => element.condition !== undefined)?.condition ?? spec?.condition;
  const mayExpire = spec?.timeout !== undefined || elements.some((element) => element.expires);
  const shrinks =
    condition ?? (mayExpire ? `elements of ${name === undefined ? "the set" : `@${name}`} expire` : undefined);
  return { name, elements, unclear, shrinks };
}
