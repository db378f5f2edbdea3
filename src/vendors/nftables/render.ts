/** Writes an acl as a script for `nft -f`, which replaces one table of its own in one step. */
import type { Ace, Acl, Action } from "../../model/acl.js";
import { formatAddress } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Translation } from "../../model/nat.js";
import { commentOf, inFirstMatchOrder } from "../netfilter/written-rules.js";
import { LimitReached } from "./limits.js";
import { ruleTexts } from "./render-matches.js";

const TABLE = "inet flowproof";

/**
 * The script whose chain decides as the acl does; empty, with an error for each limit, iff there is none. An acl whose
 * rules ask for no connection state stands for a device that lets replies through by itself, so its text accepts packets
 * of known connections first.
 */
export function renderNftables(acl: Acl, sets: readonly DefinedSet[]): Parsed<string> {
  const { value: chain, diagnostics } = writeChain(acl, sets);
  if (chain === undefined) return { value: "", diagnostics };
  return { value: script([chain]), diagnostics: [besideOthers(acl)] };
}

/** Families of tables that rules can be put into, and of the packets in them; undefined: of both. */
export const TABLES = { inet: undefined, ip: "ipv4", ip6: "ipv6" } as const;

export type TableFamily = keyof typeof TABLES;

/** The lines of the chain that decides as the acl does; undefined, with an error for each limit, iff there is none. */
export function writeChain(acl: Acl, sets: readonly DefinedSet[]): Parsed<readonly string[] | undefined> {
  const { value: rules, diagnostics } = writeRules(acl, sets);
  return { value: rules && chainLines(acl, [...knownConnections(acl.aces), ...rules]), diagnostics };
}

/**
 * The rules by which a chain decides as the acl does; undefined, with an error for each limit, iff there are none.
 * `table`: the family of the chain's table, which may be one that translates; absent: the one we write ourselves.
 */
export function writeRules(
  acl: Acl,
  sets: readonly DefinedSet[],
  table?: TableFamily,
): Parsed<readonly string[] | undefined> {
  const diagnostics: Diagnostic[] = [];
  const attempt = (at: Acl["at"], write: () => string[]): string[] => {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
      diagnostics.push(limitDiagnostic(error, at));
      return [];
    }
  };
  const rules = inFirstMatchOrder(acl).flatMap((ace) => attempt(ace.at, () => rulesFor(ace, sets, table)));
  const end = attempt(acl.at, () => endOf(acl));
  return { value: diagnostics.length > 0 ? undefined : [...rules, ...end], diagnostics };
}

function rulesFor(ace: Ace, sets: readonly DefinedSet[], table: TableFamily | undefined): string[] {
  const { action } = ace;
  const translates = action.kind === "translate" && table !== undefined;
  const verdict = translates ? translationText(action.translation, table) : verdictOf(action);
  return ruleTexts(ace.matches, sets, table && TABLES[table]).map((matches) =>
    [matches, verdict, comment(ace)].filter((part) => part !== "").join(" "),
  );
}

function comment(ace: Ace): string {
  const plain = commentOf(ace, 127, /["\\]/g);
  return plain === "" ? "" : `comment "${plain}"`;
}

function verdictOf({ kind }: Action): string {
  switch (kind) {
    case "accept":
    case "drop":
    case "reject":
    case "return":
      return kind;
    case "pass":
      return "counter";
    default:
      throw new LimitReached("action");
  }
}

/** In a table of both families the statement has to say which one its address is of. */
function translationText({ side, addresses, ports }: Translation, table: TableFamily): string {
  if (side === "source" && ports === undefined && addresses?.kind === "interface") return "masquerade";
  const [only, ...others] = addresses?.kind === "pool" ? addresses.ranges : [];
  if (side !== "source" || ports !== undefined || only === undefined || others.length > 0) {
    throw new LimitReached("action");
  }
  const [first, last] = [formatAddress(only.first), formatAddress(only.last)];
  const own = table === "inet" ? ` ${only.family === "ipv4" ? "ip" : "ip6"}` : "";
  return `snat${own} to ${first === last ? first : `${first}-${last}`}`;
}

/** The rule that ends the chain where its policy cannot. */
function endOf({ defaultAction }: Acl): string[] {
  const verdict = verdictOf(defaultAction);
  return verdict === "reject" ? [verdict] : [];
}

function knownConnections(aces: readonly Ace[]): string[] {
  return aces.some(({ enabled, matches }) => enabled && matches.states !== undefined)
    ? []
    : ["ct state established,related accept"];
}

function chainLines({ name, defaultAction }: Acl, rules: readonly string[]): string[] {
  const hook = /(?:^|\W)(input|output|forward)$/i.exec(name)?.[1]?.toLowerCase() ?? "forward";
  const policy = defaultAction.kind === "drop" || defaultAction.kind === "reject" ? "drop" : "accept";
  return [
    `\tchain ${hook} {`,
    `\t\ttype filter hook ${hook} priority filter; policy ${policy};`,
    ...rules.map((rule) => `\t\t${rule}`),
    "\t}",
  ];
}

/** The table is declared before it is deleted, so that the script loads whether or not there is one already. */
export function script(chains: readonly (readonly string[])[]): string {
  return [
    "#!/usr/sbin/nft -f",
    "# Generated by flowproof; load with: nft -f",
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    ...chains.flat(),
    ...["}", ""],
  ].join("\n");
}

function besideOthers({ at }: Acl): Diagnostic {
  return {
    ...{ code: "nftables/other-tables", severity: "info", effect: "none", at },
    message: `the table \`${TABLE}\` stands beside others, which may still drop what it accepts`,
  };
}

function limitDiagnostic({ limit, message }: LimitReached, at: Acl["at"]): Diagnostic {
  return { code: `nftables/limit-${limit}`, severity: "error", message: `nftables: ${message}`, effect: "none", at };
}
