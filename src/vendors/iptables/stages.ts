/** Puts the acls of a device into the order a packet meets them, with what no rule says but the kernel does. */
import type { Ace, Acl } from "../../model/acl.js";
import type { Family } from "../../model/address.js";
import type { Direction, Stage } from "../../model/device.js";
import type { Matches } from "../../model/matches.js";
import type { Service } from "../../model/service.js";
import { aclName } from "./convert-table.js";
import { type Hook, isIdle, placesOnWay } from "./hooks.js";
import { zonesOf } from "./match-states.js";
import type { Table } from "./types.js";

/** An acl that stands for no chain, and where it is asked: before the nat table, or before everything. */
export interface ExtraAcl {
  readonly acl: Acl;
  readonly before: "nat" | "all";
  readonly family: Family;
}

/** Both families, each with rules of its own. */
export const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];
const ENTRIES: ReadonlySet<Hook> = new Set(["PREROUTING", "OUTPUT"]);

/** What the device does besides the rules of its tables. */
export function extraAcls(tables: readonly Table[]): ExtraAcl[] {
  const [any] = tables;
  const absent = FAMILIES.filter((family) => !tables.some((table) => table.family === family));
  const unfiltered = tables.filter(
    ({ family }, at) =>
      tables.findIndex((table) => table.family === family) === at &&
      !tables.some((table) => table.family === family && table.name === "filter"),
  );
  const translated = tables.filter(({ name }) => name === "nat");
  return [
    ...(any === undefined ? [] : absent.map((family) => absentFamily(family, any))),
    ...unfiltered.map((table) => absentFilter(table)),
    ...translated.map((table) => redirects(table)),
    ...translated.flatMap((table) => lostInZones(table, zonesOf(tables, table.family))),
  ];
}

/** The places of the way that can decide. */
export function stagesOf(direction: Direction, tables: readonly Table[], extra: readonly ExtraAcl[]): Stage[] {
  const first = extra.filter(({ before }) => before === "all").map(({ acl }) => filterStage(acl));
  const ordered = placesOnWay(direction).flatMap(({ table: name, hook }) =>
    tables
      .filter((table) => table.name === name)
      .flatMap((table) => [
        ...extra.filter((each) => isAskedAt(each, table, hook)).map(({ acl }) => filterStage(acl)),
        ...stageOf(table, hook),
      ]),
  );
  return [...first, ...ordered];
}

function isAskedAt({ before, family }: ExtraAcl, table: Table, hook: Hook): boolean {
  return before === "nat" && table.name === "nat" && table.family === family && ENTRIES.has(hook);
}

function filterStage({ name }: Acl): Stage {
  return { hook: name, kind: "filter", acl: name };
}

function stageOf(table: Table, hook: Hook): Stage[] {
  const chain = table.chains.get(hook);
  if (chain === undefined || isIdle(chain, table)) return [];
  const acl = aclName(table.family, table.name, hook);
  if (table.name !== "nat") return [{ hook: acl, kind: "filter", acl }];
  return [{ hook: acl, kind: "nat", acl, ...(hook === "OUTPUT" && { routesAnew: true }) }];
}

/** Stands for the rules of a family of which no export was given: what they do to its packets is not known. */
function absentFamily(family: Family, any: Table): ExtraAcl {
  const command = family === "ipv4" ? "iptables-save" : "ip6tables-save";
  const text = `the rules for ${family}: the exports lack the output of ${command}`;
  const ace = { name: command, matches: { family, unmodeled: [] }, action: { kind: "unknown", text } } as const;
  return { acl: passingAcl(`${command} is not given`, any, ace), before: "all", family };
}

/**
 * Stands for the filter table where there are others of its family: it may not be loaded, but what was printed with
 * `-t nat` looks the same.
 */
function absentFilter(table: Table): ExtraAcl {
  const { family } = table;
  const text = `the rules of table filter for ${family}, which the exports lack (an empty one tells that there are none)`;
  const ace = { name: "filter", matches: { family, unmodeled: [] }, action: { kind: "unknown", text } } as const;
  return { acl: passingAcl(`table filter for ${family} is not given`, table, ace), before: "all", family };
}

const REDIRECT: Readonly<Record<Family, Service>> = {
  ipv4: { protocol: 1, icmpTypes: [{ first: 5, last: 5 }] },
  ipv6: { protocol: 58, icmpTypes: [{ first: 137, last: 137 }] },
};

/**
 * Where the nat table is loaded the kernel drops ICMP redirects about connections that are translated, or may still be
 * (net/netfilter/nf_nat_proto.c, nf_nat_icmp_reply_translation).
 */
function redirects(table: Table): ExtraAcl {
  const { family } = table;
  const ace: Pick<Ace, "name" | "matches" | "action"> = {
    name: "ICMP redirects of translated connections",
    matches: {
      ...{ family, states: ["related"] },
      service: [{ operands: [{ literal: REDIRECT[family] }], negated: false }],
      unmodeled: ["the connection that the ICMP redirect is about is translated"],
    },
    action: { kind: "drop" },
  };
  return { acl: passingAcl(aclName(family, "nat", "redirects"), table, ace), before: "nat", family };
}

/**
 * A packet in another zone than its connection's is not translated as that is: it belongs to another one there
 * (net/netfilter/nf_conntrack_core.c, resolve_normal_ct).
 */
function lostInZones(table: Table, zone: string | undefined): ExtraAcl[] {
  if (zone === undefined) return [];
  const { family } = table;
  const matches: Matches = { family, states: ["established", "related"], unmodeled: [zone] };
  const ace = { name: "packets in other zones than their connections", matches, action: { kind: "drop" } } as const;
  return [{ acl: passingAcl(aclName(family, "nat", "zones"), table, ace), before: "nat", family }];
}

function passingAcl(name: string, { file, line }: Table, ace: Pick<Ace, "name" | "matches" | "action">): Acl {
  const at = { file, line, structure: name };
  return {
    ...{ name, evaluation: "first-match", defaultAction: { kind: "accept" }, at },
    aces: [{ ...ace, enabled: true, at, isImplied: true }],
  };
}
