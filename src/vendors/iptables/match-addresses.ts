/** Matches on addresses and interfaces: -s, -d, -i, -o, iprange and addrtype. */
import {
  type AddressRange,
  ALL_ADDRESSES,
  compareAddresses,
  type Family,
  familyOf,
  isSubrange,
  maskLength,
  parseAddress,
  parseAddressRange,
} from "../../model/address.js";
import type { AnyOf, Endpoint, InterfacePattern, Operand } from "../../model/matches.js";
import { addressesOfType } from "../netfilter/own-addresses.js";
import { anyOf, type MatchDraft, NEVER, type RuleContext } from "./draft.js";
import type { Hook } from "./hooks.js";
import type { Option } from "./types.js";

/** Reads one option into the draft; false iff the option stays a doubt. */
export type Handler = (draft: MatchDraft, option: Option, context: RuleContext) => boolean;

type Side = "source" | "destination";

/** `-s` and `-d`: lists, masks of any form, names. */
export function matchAddress(side: Side): Handler {
  return (draft, option, { family, addresses }) => {
    let condition = addresses.get(option);
    if (condition === undefined && !addresses.has(option)) {
      condition = addressCondition(option, family);
      addresses.set(option, condition);
    }
    if (condition !== undefined) draft.add(side, condition);
    return true;
  };
}

/** Undefined: it holds for every address. */
function addressCondition({ values, negated }: Option, family: Family): AnyOf<Endpoint> | undefined {
  const value = values[0] ?? "";
  const texts = value.includes(",") ? value.split(",").filter((text) => text !== "") : [value];
  const operands = texts.map((text) => addressOperand(text, family));
  const isEvery = !negated && operands.some((operand) => isEveryAddress(operand, family));
  return isEvery ? undefined : anyOf(operands, negated);
}

function isEveryAddress(operand: Operand<Endpoint>, family: Family): boolean {
  if (!("literal" in operand) || !("first" in operand.literal)) return false;
  return isSubrange(ALL_ADDRESSES[family], operand.literal);
}

function addressOperand(text: string, family: Family): Operand<Endpoint> {
  const endpoint = text === "localhost" ? loopback(family) : (parseAddressRange(text) ?? unusualAddress(text));
  if (endpoint === undefined) {
    return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\.?$/i.test(text) ? { literal: { fqdn: text } } : { unresolved: text };
  }
  return endpoint.family === family ? { literal: endpoint } : { unresolved: text };
}

function loopback(family: Family): AddressRange | undefined {
  return parseAddressRange(family === "ipv4" ? "127.0.0.1" : "::1");
}

/** `10/8`, as inet_network(3) completes it, and masks that are no prefix. */
function unusualAddress(text: string): (Endpoint & { readonly family: Family }) | undefined {
  const [address = "", mask = ""] = text.split("/");
  if (/^\d+(?:\.\d+){0,2}$/.test(address)) return parseAddressRange(`${completeOctets(address)}/${mask}`);
  const value = parseAddress(address);
  const bits = parseAddress(mask);
  if (value === undefined || bits === undefined || value.length !== bits.length) return undefined;
  if (maskLength(bits) !== undefined) return undefined;
  const masked = value.map((word, i) => (word & (bits[i] as number)) >>> 0);
  return { family: familyOf(value), value: masked, mask: bits };
}

function completeOctets(text: string): string {
  const octets = text.split(".");
  return [...octets, ...Array<string>(4 - octets.length).fill("0")].join(".");
}

/** `--src-range a-b`: inclusive; a reversed range never matches. */
export function matchRange(side: Side): Handler {
  return (draft, { values, negated }, { family }) => {
    const [firstText = "", lastText = firstText] = (values[0] ?? "").split("-");
    const [first, last] = [parseAddress(firstText), parseAddress(lastText)];
    if (first === undefined || last === undefined || first.length !== last.length) return false;
    if (familyOf(first) !== family) return false;
    const isReversed = compareAddresses(first, last) > 0;
    draft.add(side, anyOf(isReversed ? [] : [{ literal: { family, first, last } }], negated));
    return true;
  };
}

/** `--dst-type LOCAL,…`: what the local routing table says of the address, whatever the interface. */
export function matchAddressType(side: Side): Handler {
  return (draft, { values, negated }, { family, own }) => {
    const condition = addressesOfType((values[0] ?? "").toUpperCase().split(","), family, own);
    if (condition === undefined) return false;
    draft.add(side, negated ? { ...condition, negated: !condition.negated } : condition);
    return true;
  };
}

// Hooks at which the kernel knows no outgoing interface yet, or at which the incoming one is told only by some kernels.
const WITHOUT_EGRESS: readonly Hook[] = ["PREROUTING", "INPUT"];

/** `-i`: a name, or a prefix that ends in `+`; a packet made here has the empty name. */
export const matchIngress: Handler = (draft, option, { hooks }) => {
  const condition = interfaceCondition(option);
  if (condition === undefined || hooks.has("POSTROUTING")) return false;
  draft.add("ingressInterface", condition);
  return true;
};

/** `-o`: as `-i`; before routing every packet has the empty name. */
export const matchEgress: Handler = (draft, option, { hooks }) => {
  const condition = interfaceCondition(option);
  if (condition === undefined) return false;
  if (!hooks.has("PREROUTING")) draft.add("egressInterface", condition);
  else if ([...hooks].every((hook) => WITHOUT_EGRESS.includes(hook))) {
    if (!holdsForNone(condition)) draft.add("egressInterface", NEVER);
  } else return false;
  return true;
};

function interfaceCondition({ values, negated }: Option): AnyOf<InterfacePattern> | undefined {
  const [text = ""] = values;
  // names have at most 15 bytes (IFNAMSIZ), and no one calls an interface $WAN
  if (text === "" || text.includes("$") || new TextEncoder().encode(text).length > 15) return undefined;
  const pattern = text.endsWith("+") ? { prefix: text.slice(0, -1) } : { name: text };
  return anyOf([{ literal: pattern }], negated);
}

function holdsForNone({ operands: [operand], negated }: AnyOf<InterfacePattern>): boolean {
  const matchesEmpty =
    operand !== undefined && "literal" in operand && "prefix" in operand.literal && operand.literal.prefix === "";
  return matchesEmpty !== negated;
}
