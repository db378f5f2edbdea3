/** The allow-lists of one device as a text for `iptables-restore` and one for `ip6tables-restore`. */
import type { Ace } from "../../model/acl.js";
import type { Family } from "../../model/address.js";
import type { AllowListWriter, PlacedAcl, WrittenText } from "../../model/allow-list.js";
import type { Direction } from "../../model/device.js";
import type { Parsed } from "../../model/diagnostic.js";
import { chainsText, type WrittenChain, writeChain } from "./render.js";

const CHAINS: Readonly<Record<Direction, string>> = { forward: "FORWARD", input: "INPUT", output: "OUTPUT" };

export const iptablesAllowLists: AllowListWriter = {
  tracking: "explicit",
  splitsFamilies: true,
  holdsNames: false,
  aclName: (direction, family) => `${family === "ipv6" ? "ip6 " : ""}filter ${CHAINS[direction]}`,
  write: writeAllowLists,
  notations: [],
};

function writeAllowLists(lists: readonly PlacedAcl[]): Parsed<readonly WrittenText[]> {
  const written = lists.map(({ acl }) => writeChain({ ...acl, aces: acl.aces.flatMap(inParts) }, []));
  const diagnostics = written.flatMap((chain) => chain.diagnostics);
  if (diagnostics.length > 0) return { value: [], diagnostics };
  const chains = written.map(({ value }) => value as WrittenChain);
  const texts = (["ipv4", "ipv6"] as const).flatMap((family) => textOf(chains, family));
  return { value: texts, diagnostics };
}

function textOf(chains: readonly WrittenChain[], family: Family): WrittenText[] {
  const own = chains.filter(({ place }) => place.family === family);
  return own.length === 0 ? [] : [{ ending: family === "ipv4" ? ".v4.rules" : ".v6.rules", text: chainsText(own) }];
}

const PART = 64;

/** An ace of many sources as several of fewer, so that each stays within what one may become. */
function inParts(ace: Ace): Ace[] {
  const { source: [only, ...others] = [] } = ace.matches;
  if (only === undefined || others.length > 0 || only.negated || only.operands.length <= PART) return [ace];
  const parts: Ace[] = [];
  for (let first = 0; first < only.operands.length; first += PART) {
    const operands = only.operands.slice(first, first + PART);
    parts.push({ ...ace, matches: { ...ace.matches, source: [{ operands, negated: false }] } });
  }
  return parts;
}
