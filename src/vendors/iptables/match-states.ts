/** Matches on what connection tracking has concluded: state and conntrack. */
import type { Family } from "../../model/address.js";
import type { ConnectionState } from "../../model/matches.js";
import { STATUS_BITS, statesInZones, statusPasses, type Translations } from "../netfilter/connection-status.js";
import { describeOption, describeTarget } from "./describe.js";
import { addStateCases, type MatchDraft, type RuleContext } from "./draft.js";
import { isBuiltInTarget } from "./targets.js";
import { type MatchUse, type Option, rulesOf, type Table } from "./types.js";

const STATES: Readonly<Record<string, ConnectionState>> = {
  ...{ NEW: "new", ESTABLISHED: "established", RELATED: "related", INVALID: "invalid", UNTRACKED: "untracked" },
};

/** What `--ctstate` also takes: whether the connection has been translated. */
const TRANSLATIONS: ReadonlyMap<string, number> = new Map([
  ["SNAT", STATUS_BITS.snat],
  ["DNAT", STATUS_BITS.dnat],
]);

/** What `--ctstatus` takes. */
const STATUSES: Readonly<Record<string, number>> = {
  ...{ NONE: 0, EXPECTED: STATUS_BITS.expected, SEEN_REPLY: STATUS_BITS["seen-reply"] },
  ...{ ASSURED: STATUS_BITS.assured, CONFIRMED: STATUS_BITS.confirmed },
};

/**
 * Reads one use of `-m state` or `-m conntrack` into the draft. A packet that belongs to no connection (invalid,
 * untracked) is asked for its state only: other options of the same use are not looked at if `--ctstate` is among
 * them, and fail if it is not (net/netfilter/xt_conntrack.c, conntrack_mt).
 */
export function readConntrack(draft: MatchDraft, use: MatchUse, context: RuleContext): void {
  const stateOption = use.options.find(({ name }) => name === "--ctstate" || name === "--state");
  const listed = stateOption && (stateOption.values[0] ?? "").toUpperCase().split(",");
  const isReadable = listed?.every((name) => Object.hasOwn(STATES, name) || TRANSLATIONS.has(name)) ?? true;
  // before tracking has looked at the packet, in raw, these conditions mean something else
  if (context.table === "raw" || !isReadable) {
    for (const option of use.options) draft.doubt(describeOption(use.module, option));
    return;
  }
  const others = use.options.filter((option) => option !== stateOption);
  const caseOf = (state: ConnectionState): readonly string[] | "never" => {
    const byState = stateOption === undefined ? [] : stateCase(state, stateOption, listed ?? [], context);
    if (byState === "never") return "never";
    if (state === "invalid" || state === "untracked") return stateOption === undefined ? "never" : byState;
    const doubts = others.map((option) => connectionDoubt(state, option, context));
    return doubts.includes("never") ? "never" : [...byState, ...doubts.flat().filter((doubt) => doubt !== "never")];
  };
  const { zones } = context;
  addStateCases(draft, zones === undefined ? caseOf : (state) => caseInZones(statesInZones(state).map(caseOf), zones));
}

/** What all states that a packet may have agree on; else it is open which zone it is in. */
function caseInZones(cases: readonly (readonly string[] | "never")[], zones: string): readonly string[] | "never" {
  if (cases.every((one) => one === "never")) return "never";
  const doubts = new Set(cases.flatMap((one) => (one === "never" ? [] : one)));
  return cases.includes("never") ? [...doubts, zones] : [...doubts];
}

function stateCase(
  state: ConnectionState,
  option: Option,
  listed: readonly string[],
  context: RuleContext,
): readonly string[] | "never" {
  if (listed.some((name) => STATES[name] === state)) return option.negated ? "never" : [];
  const bits = listed.reduce((all, name) => all | (TRANSLATIONS.get(name) ?? 0), 0);
  if (bits === 0 || state === "invalid" || state === "untracked") return option.negated ? [] : "never";
  return statusCase(state, option, bits, context);
}

/** Whether the connection's status has one of the bits. */
function statusCase(
  state: ConnectionState,
  option: Option,
  bits: number,
  { translations }: RuleContext,
): readonly string[] | "never" {
  const passes = statusPasses(state, translations, (status) => ((status & bits) !== 0) !== option.negated);
  if (passes === undefined) return [describeOption("conntrack", option)];
  return passes === true ? [] : "never";
}

/** The first packet of a connection goes its original way; of all else this reader knows no more than the rule says. */
function connectionDoubt(state: ConnectionState, option: Option, context: RuleContext): readonly string[] | "never" {
  const names = (option.values[0] ?? "").toUpperCase().split(",");
  if (option.name === "--ctstatus" && names.every((name) => Object.hasOwn(STATUSES, name))) {
    const bits = names.reduce((all, name) => all | (STATUSES[name] as number), 0);
    return statusCase(state, option, bits, context);
  }
  if (option.name !== "--ctdir" || state !== "new") return [describeOption("conntrack", option)];
  return (option.values[0]?.toUpperCase() === "ORIGINAL") !== option.negated ? [] : "never";
}

const TO_DESTINATIONS: ReadonlySet<string> = new Set(["DNAT", "REDIRECT", "NETMAP"]);

/**
 * Which translations the rules of a family may make. Where the nat table is loaded any connection may get another source
 * port, to tell it from others (net/netfilter/nf_nat_core.c, get_unique_tuple), but a destination only by a rule.
 */
export function translationsOf(tables: readonly Table[], family: Family): Translations {
  const nat = tables.filter((table) => table.family === family && table.name === "nat");
  return { source: nat.length > 0, destination: nat.some(mayTranslateDestinations) };
}

/** The words of a rule of the family that puts packets into a zone of connections; undefined: there is none. */
export function zonesOf(tables: readonly Table[], family: Family): string | undefined {
  for (const { target } of rulesOf(tables.filter((table) => table.family === family))) {
    if (target?.name === "CT" && target.options.some(({ name }) => name.startsWith("--zone")))
      return describeTarget(target);
  }
  return undefined;
}

function mayTranslateDestinations(table: Table): boolean {
  if (table.unreadable.length > 0 || !table.isComplete) return true;
  for (const { target } of rulesOf([table])) {
    if (target === undefined || table.chains.has(target.name)) continue;
    if (TO_DESTINATIONS.has(target.name) || !isBuiltInTarget(target.name)) return true;
  }
  return false;
}
