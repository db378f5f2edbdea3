/** Turns one rule into aces. */
import type { Matches } from "../../model/matches.js";
import { PROTOCOL_NUMBERS } from "../../model/service.js";
import { describeOption, describeUse } from "./describe.js";
import { finishDraft, MatchDraft, type RuleContext } from "./draft.js";
import {
  type Handler,
  matchAddress,
  matchAddressType,
  matchEgress,
  matchIngress,
  matchRange,
} from "./match-addresses.js";
import { readMark } from "./match-marks.js";
import { matchIcmp, matchPort, matchPorts, matchProtocol, matchSyn, matchTcpFlags } from "./match-services.js";
import { readSetMatch } from "./match-sets.js";
import { readConntrack } from "./match-states.js";
import type { MatchUse, Rule } from "./types.js";

const PORT_HANDLERS = { "--sport": matchPort("sourcePorts"), "--dport": matchPort("destinationPorts") };
const FRAGMENT: Handler = (draft, { negated }, { isTracked }) => {
  // connection tracking puts fragments together, so that -f sees none
  if (isTracked) {
    if (!negated) draft.add("service", { operands: [], negated: false });
  } else draft.fragment = negated ? "first-or-whole" : "later";
  return true;
};

type Handlers = ReadonlyMap<string, Handler>;

function byOption(handlers: Readonly<Record<string, Handler>>): Handlers {
  return new Map(Object.entries(handlers));
}

const OPTIONS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  "": {
    ...{ "-s": matchAddress("source"), "-d": matchAddress("destination"), "-p": matchProtocol },
    ...{ "-i": matchIngress, "-o": matchEgress, "-f": FRAGMENT },
  },
  tcp: { ...PORT_HANDLERS, "--tcp-flags": matchTcpFlags, "--syn": matchSyn },
  udp: PORT_HANDLERS,
  sctp: PORT_HANDLERS,
  dccp: PORT_HANDLERS,
  icmp: { "--icmp-type": matchIcmp(4) },
  icmp6: { "--icmpv6-type": matchIcmp(6) },
  multiport: {
    ...{ "--sports": matchPorts(["sourcePorts"]), "--dports": matchPorts(["destinationPorts"]) },
    "--ports": matchPorts(["sourcePorts", "destinationPorts"]),
  },
  iprange: { "--src-range": matchRange("source"), "--dst-range": matchRange("destination") },
  comment: { "--comment": () => true },
};

/** The options that become packet fields, by module; every other one stays a doubt. */
const HANDLERS: ReadonlyMap<string, Handlers> = new Map(
  Object.entries(OPTIONS).map(([module, handlers]) => [module, byOption(handlers)]),
);

const ADDRESS_TYPES = byOption({
  "--src-type": matchAddressType("source"),
  "--dst-type": matchAddressType("destination"),
});
/** The modules that read the transport header, each with the one protocol that its rules have to ask for. */
const TRANSPORT_MODULES: ReadonlyMap<string, number | undefined> = new Map([
  ...(["tcp", "udp", "sctp", "dccp", "icmp"] as const).map((module) => [module, PROTOCOL_NUMBERS[module]] as const),
  ["icmp6", PROTOCOL_NUMBERS.icmpv6],
  ["multiport", undefined],
]);

/** Reads all options of one use together; where options of a module change each other's meaning. */
const USE_READERS: ReadonlyMap<string, (draft: MatchDraft, use: MatchUse, context: RuleContext) => void> = new Map([
  ["state", readConntrack],
  ["conntrack", readConntrack],
  ["set", readSetMatch],
  ["mark", readMark],
  ["connmark", readMark],
  ["addrtype", readAddressTypes],
]);

function readAddressTypes(draft: MatchDraft, use: MatchUse, context: RuleContext): void {
  // --limit-iface-in and -out ask the addresses of one interface only
  const isPlain = use.options.every(({ name }) => ADDRESS_TYPES.has(name));
  if (isPlain) readOptions(draft, use, context, ADDRESS_TYPES);
  else draft.doubt(describeUse(use));
}

/** Names of the options that become packet fields, e.g. `-m tcp --dport`. */
export const EXACT_OPTIONS: readonly string[] = [
  ...[...HANDLERS].flatMap(([module, handlers]) =>
    [...handlers.keys()].map((option) => (module === "" ? option : `-m ${module} ${option}`)),
  ),
  ...[
    "-m state --state",
    "-m conntrack --ctstate",
    "-m conntrack --ctdir",
    "-m conntrack --ctstatus",
    "-m set --match-set",
  ],
  ...["-m mark --mark", "-m connmark --mark"],
  ...[...ADDRESS_TYPES.keys()].map((option) => `-m addrtype ${option}`),
];

/**
 * The matches of a rule; together they hold iff the rule matches. A rule with words that could not be read may match
 * anything, so nothing is taken from it.
 */
export function matchesOf(rule: Rule, context: RuleContext): Matches[] {
  if (rule.problems.length > 0) return [{ family: context.family, unmodeled: rule.problems }];
  const draft = new MatchDraft();
  for (const use of rule.matches) readUse(draft, use, context);
  return finishDraft(draft, context);
}

function readUse(draft: MatchDraft, use: MatchUse, context: RuleContext): void {
  const isTransport = TRANSPORT_MODULES.has(use.module);
  if (isTransport) draft.readsTransport = true;
  const readWhole = USE_READERS.get(use.module);
  const handlers = HANDLERS.get(use.module);
  const protocol = isTransport ? TRANSPORT_MODULES.get(use.module) : undefined;
  const isForeign = protocol !== undefined && draft.base !== undefined && draft.base.protocol !== protocol;
  if (readWhole !== undefined) readWhole(draft, use, context);
  // The kernel takes no such rule (net/netfilter/xt_tcpudp.c, `.proto`).
  else if (isForeign) draft.doubt(describeUse(use));
  else if (handlers !== undefined) readOptions(draft, use, context, handlers);
  else draft.doubt(describeUse(use));
}

function readOptions(draft: MatchDraft, { module, options }: MatchUse, context: RuleContext, handlers: Handlers): void {
  for (const option of options) {
    const handler = handlers.get(option.name);
    if (handler === undefined || !handler(draft, option, context)) draft.doubt(describeOption(module, option));
  }
}
