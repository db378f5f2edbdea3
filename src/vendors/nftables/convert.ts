/** Turns all exports of one nftables rule set into one device. */
import type { Ace, Acl } from "../../model/acl.js";
import { singleAddress } from "../../model/address.js";
import type { Coverage, DefinedSet, Device, Direction, Stage } from "../../model/device.js";
import type { Parsed } from "../../model/diagnostic.js";
import type { Matches } from "../../model/matches.js";
import type { Service } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import type { Translations } from "../netfilter/connection-status.js";
import type { AddressFile } from "../netfilter/linux-interfaces.js";
import { ownAddresses } from "../netfilter/own-addresses.js";
import { bridgedAcl } from "./bridge.js";
import { aclName, convertTable, openAce, type RuleAccount } from "./convert-table.js";
import { askedAt, type Hook, hooksOnWay } from "./hooks.js";
import { markCasesOf } from "./marks.js";
import { buildRuleset, isIdle, type NftChain, type NftTable, type Ruleset } from "./ruleset.js";
import { setCensus } from "./set-census.js";
import type { CommandFile, HookSpec, NftablesConfig, Rule, Statement } from "./types.js";

/** Families of tables that see IP packets as such. */
const IP_FAMILIES: ReadonlySet<string> = new Set(["ip", "ip6", "inet", "netdev"]);

/** The device behind the rule set; none iff the files hold no table. */
export function convertNftables(configs: readonly NftablesConfig[], options: ConvertOptions): Parsed<Conversion> {
  const files = configs.filter(isCommandFile);
  const interfaces = configs.filter(isAddressFile).flatMap((file) => file.interfaces);
  const own = ownAddresses(
    interfaces,
    configs.flatMap((config) => (config.kind === "routes" ? config.localRoutes : [])),
  );
  const ruleset = buildRuleset(files);
  const tables = [...ruleset.tables.values()];
  const { unread } = ruleset;
  const marks = markCasesOf(tables, unread, options.facts);
  const shared = {
    defined: new Map<string, DefinedSet>(),
    own,
    changing: new Map(tables.map((table) => [table, changingRules(table)])),
    unread,
    marks,
    translations: translationsOf(tables, unread),
    zones: statementsOf(tables).find(isZone)?.text,
  };
  const live = tables.filter(({ family, isDormant }) => IP_FAMILIES.has(family) && !isDormant);
  const converted = live.map((table) => convertTable(table, shared));
  const extra = [
    ...openAcls(ruleset),
    ...redirectAcls(live),
    ...zoneAcls(live, shared.zones),
    ...tables.filter(({ family }) => family === "bridge").flatMap(bridgedAcl),
  ];
  const accounts = [
    ...converted.flatMap((table) => table.accounts),
    ...tables.filter((table) => !live.includes(table)).flatMap(accountsOfOther),
  ];
  const device: Device = {
    ...{ name: options.deviceName, vendor: "nftables", tracking: "explicit" },
    acls: [...extra, ...converted.flatMap(({ acls }) => acls)],
    sets: [...shared.defined.values()],
    interfaces: interfaces.map(({ name, addresses }) => {
      return { name, addresses: addresses.map(({ address }) => singleAddress(address)) };
    }),
    stages: stagesOf(live, extra),
    census: setCensus(tables),
  };
  return {
    value: {
      devices: tables.length === 0 ? [] : [device],
      proxies: [],
      coverage: coverageOf(configs, accounts),
    },
    diagnostics: [...ruleset.diagnostics, ...converted.flatMap((table) => table.diagnostics)],
  };
}

function isCommandFile(config: NftablesConfig): config is CommandFile {
  return config.kind === "commands";
}

function isAddressFile(config: NftablesConfig): config is AddressFile {
  return config.kind === "addresses";
}

/** The rules that add to or delete from sets of the table, by the set's name. */
function changingRules({ chains }: NftTable): ReadonlyMap<string, readonly Rule[]> {
  const rules = new Map<string, Rule[]>();
  for (const { rule } of [...chains.values()].flatMap((chain) => chain.rules)) {
    for (const each of rule.statements) {
      if (each.kind !== "update") continue;
      const known = rules.get(each.set);
      if (known === undefined) rules.set(each.set, [rule]);
      else known.push(rule);
    }
  }
  return rules;
}

/** What stands for commands that could not be followed. */
function openAcls({ unread }: Ruleset): Acl[] {
  return unread.map(({ text, at }, index) => ({
    ...{ name: `unread ${index + 1}`, aces: [openAce(text, at)], evaluation: "first-match" as const, at },
    defaultAction: { kind: "accept" },
  }));
}

/**
 * Where a nat chain is hung any connection may get another source port, to tell it from others (net/netfilter/nf_nat_core.c,
 * get_unique_tuple), but a destination only by a rule.
 */
function translationsOf(tables: readonly NftTable[], unread: Ruleset["unread"]): Translations {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  const statements = statementsOf(tables);
  const isUnclear =
    unread.length > 0 ||
    chains.some(
      ({ unclear, rules }) => unclear !== undefined || rules.some(({ rule }) => rule.problem !== undefined),
    ) ||
    statements.some(({ kind }) => kind === "unknown");
  const toDestinations = statements.some((each) => each.kind === "nat" && /^(?:dnat|redirect)$/.test(each.action));
  return {
    source: isUnclear || chains.some(({ hook }) => hook?.type === "nat"),
    destination: isUnclear || toDestinations,
  };
}

function statementsOf(tables: readonly NftTable[]): Statement[] {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  return chains.flatMap(({ rules }) => rules).flatMap(({ rule }) => rule.statements);
}

function isZone(statement: Statement): statement is Extract<Statement, { readonly kind: "assign" }> {
  return statement.kind === "assign" && /^ct (?:original |reply )?zone$/.test(statement.field);
}

const REDIRECTS: readonly Service[] = [
  { protocol: 1, icmpTypes: [{ first: 5, last: 5 }] },
  { protocol: 58, icmpTypes: [{ first: 137, last: 137 }] },
];

/**
 * Where connections are translated the kernel drops ICMP redirects about those that are, or may still be
 * (net/netfilter/nf_nat_proto.c, nf_nat_icmp_reply_translation).
 */
function redirectAcls(tables: readonly NftTable[]): Acl[] {
  const at = natPlace(tables);
  if (at === undefined) return [];
  const name = "ICMP redirects of translated connections";
  const matches: Matches = {
    states: ["related"],
    service: [{ operands: REDIRECTS.map((literal) => ({ literal })), negated: false }],
    unmodeled: ["the connection that the ICMP redirect is about is translated"],
  };
  const aces: Ace[] = [{ name, enabled: true, matches, action: { kind: "drop" }, at }];
  return [{ name, aces, defaultAction: { kind: "accept" }, evaluation: "first-match", at }];
}

/**
 * Where connections are translated, a packet in another zone than its connection's is not: it belongs to another one there
 * (net/netfilter/nf_conntrack_core.c, resolve_normal_ct).
 */
function zoneAcls(tables: readonly NftTable[], zone: string | undefined): Acl[] {
  const at = natPlace(tables);
  if (at === undefined || zone === undefined) return [];
  const name = "packets in other zones than their connections";
  const matches: Matches = { states: ["established", "related"], unmodeled: [zone] };
  const aces: Ace[] = [{ name, enabled: true, matches, action: { kind: "drop" }, at }];
  return [{ name, aces, defaultAction: { kind: "accept" }, evaluation: "first-match", at }];
}

/** Where a chain that translates is hung; undefined iff none is. */
function natPlace(tables: readonly NftTable[]): SourceRef | undefined {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  return chains.find(({ hook }) => hook?.type === "nat")?.at;
}

function stagesOf(tables: readonly NftTable[], extra: readonly Acl[]): Device["stages"] {
  const stages = (direction: Direction): Stage[] => [
    ...extra.map((acl) => ({ hook: acl.name, kind: "filter" as const, acl: acl.name })),
    ...hooksOnWay(direction).flatMap((hook) => stagesAt(hook, tables)),
  ];
  return { forward: stages("forward"), input: stages("input"), output: stages("output") };
}

/** The base chains of a hook that may decide, in the order they are asked. */
function stagesAt(hook: Hook, tables: readonly NftTable[]): Stage[] {
  const hung: { readonly table: NftTable; readonly chain: NftChain; readonly spec: HookSpec }[] = [];
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      if (chain.hook?.hook === hook && !isIdle(chain)) hung.push({ table, chain, spec: chain.hook });
    }
  }
  const order = (a: HookSpec, b: HookSpec): number => {
    const [placeA, withinA] = askedAt(a);
    const [placeB, withinB] = askedAt(b);
    return placeA - placeB || withinA - withinB;
  };
  // of chains with one priority the kernel asks the one made last first (net/netfilter/core.c, nf_hook_entries_grow)
  return hung
    .reverse()
    .sort((a, b) => order(a.spec, b.spec))
    .map(({ table, chain, spec }) => {
      const acl = aclName(table, chain.name);
      if (spec.type !== "nat") return { hook: acl, kind: "filter", acl };
      // once a chain has translated, the kernel asks no other one of the hook (net/netfilter/nf_nat_core.c, nf_nat_inet_fn)
      const translates = hook === "prerouting" || hook === "output" ? "destination" : "source";
      return { hook: acl, kind: "nat", acl, translates, ...(hook === "output" && { routesAnew: true }) };
    });
}

/** Rules of tables that are switched off, or see no IP packets. */
function accountsOfOther(table: NftTable): RuleAccount[] {
  const isBridge = table.family === "bridge" && !table.isDormant && bridgedAcl(table).length > 0;
  const note = table.isDormant
    ? `table ${table.family} ${table.name} is dormant`
    : isBridge
      ? "what it does to bridged frames is open"
      : `family ${table.family} stops no IP packet`;
  return [...table.chains.values()].flatMap(({ rules }) =>
    rules.map(({ rule, file }) => ({
      ...{ file, first: rule.line, last: rule.endLine, note },
      fate: isBridge ? ("approximated" as const) : ("harmless" as const),
    })),
  );
}

function coverageOf(configs: readonly NftablesConfig[], accounts: readonly RuleAccount[]): Coverage[] {
  const ledgers = new Map(configs.filter(isCommandFile).map(({ file, ledger }) => [file, ledger.copy()]));
  for (const { file, first, last, fate, note } of accounts) ledgers.get(file)?.markRange(first, last, fate, note);
  const otherwise = { fate: "harmless", note: "decides nothing by itself" } as const;
  return configs.map((config) => ({
    ...{ file: config.file, vendor: "nftables" },
    lines: config.kind !== "commands" ? config.lines : (ledgers.get(config.file)?.accounts(otherwise) ?? []),
  }));
}
