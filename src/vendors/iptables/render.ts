/** Writes an acl as text for `iptables-restore --noflush`, which replaces the rules of one chain in one step. */
import type { Ace, Acl, Action } from "../../model/acl.js";
import { type Family, formatAddress } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Endpoint, Operand } from "../../model/matches.js";
import type { Translation } from "../../model/nat.js";
import { commentOf, inFirstMatchOrder } from "../netfilter/written-rules.js";
import { isHook, isTable } from "./hooks.js";
import { LimitReached } from "./limits.js";
import { ruleTexts } from "./render-matches.js";

/** Where the text puts the rules. */
export interface ChainPlace {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
}

/** The rules of one chain and the policy it ends with. */
export interface WrittenChain {
  readonly place: ChainPlace;
  readonly rules: readonly string[];
  readonly policy: string;
}

/**
 * The text whose chain decides as the acl does about the packets of one family; empty, with an error for each limit, iff
 * there is none. An acl whose rules ask for no connection state stands for a device that lets replies through by itself,
 * so its text accepts packets of known connections first.
 */
export function renderIptables(acl: Acl, sets: readonly DefinedSet[]): Parsed<string> {
  const { value: chain, diagnostics } = writeChain(acl, sets);
  if (chain === undefined) return { value: "", diagnostics };
  return { value: chainsText([chain]), diagnostics: [otherFamily(chain.place, acl)] };
}

/** The chain that decides as the acl does; undefined, with an error for each limit, iff there is none. */
export function writeChain(acl: Acl, sets: readonly DefinedSet[]): Parsed<WrittenChain | undefined> {
  const diagnostics: Diagnostic[] = [];
  const aces = inFirstMatchOrder(acl);
  const attempt = <T>(at: Acl["at"], otherwise: T, write: () => T): T => {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
      diagnostics.push(limitDiagnostic(error, at));
      return otherwise;
    }
  };
  const place = attempt(acl.at, undefined, () => placeOf(acl, aces, sets));
  if (place === undefined) return { value: undefined, diagnostics };
  const rules = aces.flatMap((ace) => attempt(ace.at, [], () => rulesFor(ace, place, sets)));
  const end = attempt(acl.at, undefined, () => endOf(acl, place));
  if (end === undefined || diagnostics.length > 0) return { value: undefined, diagnostics };
  const chain = { place, rules: [...knownConnections(aces), ...rules, ...end.rules], policy: end.policy };
  return { value: chain, diagnostics };
}

/** The chain the acl is named after, else the chain FORWARD of the table filter. */
function placeOf({ name }: Acl, aces: readonly Ace[], sets: readonly DefinedSet[]): ChainPlace {
  const named = /^(ip6 )?(\S+) (\S{1,28})$/.exec(name);
  const families = new Set(aces.flatMap((ace) => familiesOf(ace, sets)));
  if (named !== null && isTable(named[2] as string)) {
    return { family: named[1] === undefined ? "ipv4" : "ipv6", table: named[2] as string, chain: named[3] as string };
  }
  if (families.size > 1) throw new LimitReached("family");
  return { family: families.has("ipv6") ? "ipv6" : "ipv4", table: "filter", chain: "FORWARD" };
}

/** The families an ace is only about. */
function familiesOf({ matches }: Ace, sets: readonly DefinedSet[]): Family[] {
  const members = (operand: Operand<Endpoint>): readonly Operand<Endpoint>[] => {
    const set =
      "setRef" in operand ? sets.find(({ name, kind }) => kind === "prefix" && name === operand.setRef) : undefined;
    return set?.kind === "prefix" ? set.members : [operand];
  };
  const endpoints = [...(matches.source ?? []), ...(matches.destination ?? [])]
    .filter(({ negated }) => !negated)
    .flatMap(({ operands }) => operands.flatMap(members))
    .flatMap((operand) => ("literal" in operand ? [operand.literal] : []));
  const stated = matches.family === undefined ? [] : [matches.family];
  return [...stated, ...endpoints.flatMap((endpoint) => ("family" in endpoint ? [endpoint.family] : []))];
}

function rulesFor(ace: Ace, { family, chain }: ChainPlace, sets: readonly DefinedSet[]): string[] {
  const target = targetOf(ace.action);
  return ruleTexts(ace.matches, family, sets).map((options) =>
    ["-A", chain, options, comment(ace), target].filter((part) => part !== "").join(" "),
  );
}

function comment(ace: Ace): string {
  const plain = commentOf(ace, 255, /["\\$`!]/g);
  return plain === "" ? "" : `-m comment --comment "${plain}"`;
}

function targetOf(action: Action): string {
  switch (action.kind) {
    case "accept":
    case "drop":
    case "reject":
    case "return":
      return `-j ${action.kind.toUpperCase()}`;
    case "notrack":
      return "-j CT --notrack";
    case "pass":
      return "";
    case "translate":
      return translationTarget(action.translation);
    case "jump":
    case "goto":
      throw new LimitReached("jump");
    default:
      throw new LimitReached("action");
  }
}

function translationTarget({ side, addresses, ports }: Translation): string {
  if (side === "source" && ports === undefined && addresses?.kind === "interface") return "-j MASQUERADE";
  const [only, ...others] = addresses?.kind === "pool" ? addresses.ranges : [];
  if (side !== "source" || ports !== undefined || only === undefined || others.length > 0) {
    throw new LimitReached("action");
  }
  const [first, last] = [formatAddress(only.first), formatAddress(only.last)];
  return `-j SNAT --to-source ${first === last ? first : `${first}-${last}`}`;
}

/** The policy of a built-in chain, or the rule that ends a chain of the user. */
function endOf({ defaultAction }: Acl, { table, chain }: ChainPlace): { policy: string; rules: readonly string[] } {
  const target = targetOf(defaultAction);
  const last = target === "" || defaultAction.kind === "return" ? [] : [`-A ${chain} ${target}`];
  if (!isHook(table, chain)) return { policy: "-", rules: last };
  if (defaultAction.kind === "accept") return { policy: "ACCEPT", rules: [] };
  return { policy: "DROP", rules: defaultAction.kind === "drop" ? [] : last };
}

function knownConnections(aces: readonly Ace[]): string[] {
  return aces.some(({ matches }) => matches.states !== undefined)
    ? []
    : ["-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"];
}

/** A text for chains of one table and family. */
export function chainsText(chains: readonly WrittenChain[]): string {
  const { family, table } = (chains[0] as WrittenChain).place;
  const tool = family === "ipv4" ? "iptables" : "ip6tables";
  const rulesOf = ({ place: { chain }, rules }: WrittenChain): string[] =>
    rules.map((rule) => (rule.startsWith("-A ") ? rule : `-A ${chain} ${rule}`));
  return [
    `# Generated by flowproof in the form of ${tool}-save; load with: ${tool}-restore --noflush`,
    `*${table}`,
    ...chains.map(({ place, policy }) => `:${place.chain} ${policy} [0:0]`),
    ...chains.map(({ place }) => `-F ${place.chain}`),
    ...chains.flatMap(rulesOf),
    ...["COMMIT", ""],
  ].join("\n");
}

function otherFamily({ family }: ChainPlace, { at }: Acl): Diagnostic {
  const other = family === "ipv4" ? "IPv6" : "IPv4";
  return {
    ...{ code: "iptables/one-family", severity: "info", effect: "none", at },
    message: `the text says nothing about ${other}, whose packets have rules of their own`,
  };
}

function limitDiagnostic({ limit, message }: LimitReached, at: Acl["at"]): Diagnostic {
  return { code: `iptables/limit-${limit}`, severity: "error", message: `iptables: ${message}`, effect: "none", at };
}
