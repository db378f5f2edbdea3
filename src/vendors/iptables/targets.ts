/** Turns the target of a rule into an action. */
import type { Action } from "../../model/acl.js";
import { type AddressRange, type Family, parseAddress, parseAddressRange, singleAddress } from "../../model/address.js";
import type { Translation } from "../../model/nat.js";
import type { PortRange } from "../../model/service.js";
import { isFarEnough, mayGoToLoopback } from "../netfilter/lost-packets.js";
import { describeTarget } from "./describe.js";
import type { Hook } from "./hooks.js";
import type { Target } from "./types.js";

/** Where a target stands; some mean another thing at another hook. */
export interface TargetPlace {
  readonly family: Family;
  readonly table: string;
  readonly hooks: ReadonlySet<Hook>;
}

/** Targets after which the packet goes on to the next rule, unchanged in every field the model has, by what they do. */
export const PASSING_TARGETS: Readonly<Record<string, string>> = {
  ...{ LOG: "logs", NFLOG: "logs", ULOG: "logs", TRACE: "traces", AUDIT: "logs", LOGMARK: "logs", LED: "blinks" },
  ...{
    MARK: "marks the packet",
    CONNMARK: "marks the connection",
    HMARK: "marks the packet",
    IPMARK: "marks the packet",
  },
  ...{ SECMARK: "labels the packet", CONNSECMARK: "labels the connection", CLASSIFY: "sets the queue's class" },
  ...{
    DSCP: "rewrites DSCP",
    TOS: "rewrites TOS",
    ECN: "clears ECN",
    TTL: "rewrites the TTL; bounded where packets may not come far with it",
    HL: "rewrites the hop limit; bounded where packets may not come far with it",
  },
  ...{ TCPMSS: "rewrites the segment size", TCPOPTSTRIP: "strips TCP options", CHECKSUM: "fills in the checksum" },
  ...{ SET: "changes a set", TEE: "copies the packet", RATEEST: "estimates the rate", IDLETIMER: "starts a timer" },
  ...{ ACCOUNT: "counts", CT: "prepares connection tracking (--notrack is exact; --zone leaves states open)" },
};

const REDIRECTING: ReadonlySet<Hook> = new Set(["PREROUTING", "OUTPUT"]);

type Reader = (target: Target, place: TargetPlace) => Action;

const READERS: Readonly<Record<string, Reader>> = {
  ACCEPT: always({ kind: "accept" }),
  DROP: always({ kind: "drop" }),
  REJECT: always({ kind: "reject" }),
  RETURN: always({ kind: "return" }),
  NOTRACK: always({ kind: "notrack" }),
  TTL: (target) => hopLimit(target, "--ttl"),
  HL: (target) => hopLimit(target, "--hl"),
  CT: ({ options }) => ({ kind: options.some(({ name }) => name === "--notrack") ? "notrack" : "pass" }),
  DNAT: readDnat,
  SNAT: (target, place) =>
    translate({ side: "source", ...randomPorts(target), ...destinationOf(target, "--to-source", place) }),
  MASQUERADE: (target) =>
    translate({
      ...{ side: "source", addresses: { kind: "interface" } },
      ...{ ...randomPorts(target), ...portsOf(target, "--to-ports") },
    }),
  REDIRECT: readRedirect,
  NETMAP: readNetmap,
};

/** Names of the targets that are read, in all their options. */
export const EXACT_TARGETS: readonly string[] = Object.keys(READERS).filter(
  (name) => !Object.hasOwn(PASSING_TARGETS, name),
);

/** What the target does; `unknown` for a target this reader does not know, or whose options it cannot read. */
export function actionOf(target: Target, place: TargetPlace): Action {
  const reader = Object.hasOwn(READERS, target.name) ? READERS[target.name] : undefined;
  if (reader !== undefined) return reader(target, place);
  if (Object.hasOwn(PASSING_TARGETS, target.name)) return { kind: "pass" };
  return { kind: "unknown", text: describeTarget(target) };
}

/** True iff the target is one of the kernel's own and not a chain. */
export function isBuiltInTarget(name: string): boolean {
  return Object.hasOwn(READERS, name) || Object.hasOwn(PASSING_TARGETS, name);
}

/** A packet that is routed with the last of its hops is dropped (net/ipv4/ip_forward.c, net/ipv6/ip6_output.c). */
function hopLimit(target: Target, prefix: string): Action {
  const set = optionValue(target, `${prefix}-set`);
  const isEnough =
    optionValue(target, `${prefix}-dec`) === undefined && (set === undefined || isFarEnough(Number(set)));
  return isEnough ? { kind: "pass" } : { kind: "unknown", text: describeTarget(target) };
}

function always(action: Action): Reader {
  return () => action;
}

function translate(translation: Translation): Action {
  return { kind: "translate", translation };
}

function readDnat(target: Target, place: TargetPlace): Action {
  return unlessLost(target, { side: "destination", ...destinationOf(target, "--to-destination", place) }, place);
}

function unlessLost(target: Target, translation: Translation, { hooks }: TargetPlace): Action {
  const isLost = hooks.has("PREROUTING") && mayGoToLoopback(translation);
  return isLost ? { kind: "unknown", text: describeTarget(target) } : translate(translation);
}

function optionValue({ options }: Target, name: string): string | undefined {
  return options.find((option) => option.name === name)?.values[0];
}

/** `--to-destination 10.0.0.1-10.0.0.9:80-90`, `[2001:db8::1]:80`, `:80`; several of them are one pool. */
function destinationOf(target: Target, option: string, { family }: TargetPlace): Partial<Translation> {
  const texts = target.options.filter(({ name }) => name === option).map(({ values }) => values[0] ?? "");
  const read = texts.map((text) => readDestination(text, family));
  const [first] = read;
  if (first === undefined || !read.every((each) => each !== undefined)) return unresolved(describeTarget(target));
  const ranges = read.flatMap(({ range }) => range ?? []);
  return {
    ...(ranges.length > 0 && { addresses: { kind: "pool", ranges } }),
    ...(first.ports !== undefined && { ports: first.ports }),
  };
}

function unresolved(text: string): Partial<Translation> {
  return { addresses: { kind: "unresolved", text }, ports: { first: 0, last: 65535 } };
}

function readDestination(text: string, family: Family): { range?: AddressRange; ports?: PortRange } | undefined {
  const match =
    family === "ipv4" ? /^([^:]*)(?::(.*))?$/.exec(text) : (/^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? [text, text]);
  if (match === null) return undefined;
  const [, addressText = "", portText] = match;
  const range = addressText === "" ? undefined : addressRange(addressText, family);
  const ports = portText === undefined ? undefined : readPorts(portText);
  if ((addressText !== "" && range === undefined) || (portText !== undefined && ports === undefined)) return undefined;
  return { ...(range && { range }), ...(ports && { ports }) };
}

function addressRange(text: string, family: Family): AddressRange | undefined {
  const range = text.includes("/") ? undefined : parseAddressRange(text.replaceAll(/[[\]]/g, ""));
  return range?.family === family ? range : undefined;
}

function randomPorts({ options }: Target): { ports?: PortRange } {
  return options.some(({ name }) => name.startsWith("--random")) ? { ports: { first: 1, last: 65535 } } : {};
}

/** `80` or `80-90`; a shifted base (`80-90/8080`) is left out, so that the port stays open. */
function readPorts(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
  return first <= last && last <= 65535 ? { first, last } : undefined;
}

function portsOf(target: Target, option: string): { ports?: PortRange } {
  const text = optionValue(target, option);
  if (text === undefined) return {};
  return { ports: readPorts(text) ?? { first: 1, last: 65535 } };
}

/** To an address of the interface the packet came in by; a packet made here goes to the loopback address. */
function readRedirect(target: Target, { family, hooks }: TargetPlace): Action {
  const ports = { ...portsOf(target, "--to-ports"), ...portsOf(target, "--to-port") };
  const loopback = singleAddress(parseAddress(family === "ipv4" ? "127.0.0.1" : "::1") as AddressRange["first"]);
  if (!hooks.has("OUTPUT")) return translate({ side: "destination", addresses: { kind: "interface" }, ...ports });
  if (hooks.has("PREROUTING")) return { kind: "unknown", text: describeTarget(target) };
  return translate({ side: "destination", addresses: { kind: "pool", ranges: [loopback] }, ...ports });
}

/** Rewrites the destination before routing and the source after it. */
function readNetmap(target: Target, place: TargetPlace): Action {
  const { family, hooks } = place;
  const range = parseAddressRange(optionValue(target, "--to") ?? "");
  const sides = new Set([...hooks].map((hook) => (REDIRECTING.has(hook) ? "destination" : "source")));
  const [side] = sides;
  if (range?.family !== family || side === undefined || sides.size > 1) {
    return { kind: "unknown", text: describeTarget(target) };
  }
  return unlessLost(target, { side, addresses: { kind: "netmap", range } }, place);
}
