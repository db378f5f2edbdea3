/** Matches on what connection tracking has concluded: state and conntrack. */
import type { ConnectionState } from "../../model/matches.js";
import { describeOption } from "./describe.js";
import { addStateCases, type MatchDraft, type RuleContext } from "./draft.js";
import type { MatchUse, Option } from "./types.js";

const STATES: Readonly<Record<string, ConnectionState>> = {
  ...{ NEW: "new", ESTABLISHED: "established", RELATED: "related", INVALID: "invalid", UNTRACKED: "untracked" },
};

/** What `--ctstate` also takes: whether the connection has been translated. */
const TRANSLATIONS: ReadonlySet<string> = new Set(["SNAT", "DNAT"]);

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
  addStateCases(draft, (state) => {
    const byState = stateOption === undefined ? [] : stateCase(state, stateOption, listed ?? []);
    if (byState === "never") return "never";
    if (state === "invalid" || state === "untracked") return stateOption === undefined ? "never" : byState;
    const doubts = others.map((option) => connectionDoubt(state, option));
    return doubts.includes("never") ? "never" : [...byState, ...doubts.flat().filter((doubt) => doubt !== "never")];
  });
}

function stateCase(state: ConnectionState, option: Option, listed: readonly string[]): readonly string[] | "never" {
  if (listed.some((name) => STATES[name] === state)) return option.negated ? "never" : [];
  const mayBeTranslated = listed.some((name) => TRANSLATIONS.has(name)) && state !== "invalid" && state !== "untracked";
  if (mayBeTranslated) return [describeOption("conntrack", option)];
  return option.negated ? [] : "never";
}

/** The first packet of a connection goes its original way; of all else this reader knows no more than the rule says. */
function connectionDoubt(state: ConnectionState, option: Option): readonly string[] | "never" {
  if (option.name !== "--ctdir" || state !== "new") return [describeOption("conntrack", option)];
  return (option.values[0]?.toUpperCase() === "ORIGINAL") !== option.negated ? [] : "never";
}
