/** The places where netfilter asks the tables, in the order a packet meets them. */
import type { Direction } from "../../model/device.js";
import type { Chain, Table } from "./types.js";

/** A built-in chain: the hook of the kernel it hangs on. */
export type Hook = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

export interface Place {
  readonly table: string;
  readonly hook: Hook;
}

const HOOKS: ReadonlySet<string> = new Set(["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]);

/**
 * Tables by hook in the order of their priorities: raw -300, mangle -150, nat destination -100, filter 0, security 50,
 * nat source 100 (Linux, include/uapi/linux/netfilter_ipv4.h, enum nf_ip_hook_priorities).
 */
const TABLES: Readonly<Record<Hook, readonly string[]>> = {
  PREROUTING: ["raw", "mangle", "nat"],
  INPUT: ["mangle", "filter", "security", "nat"],
  FORWARD: ["mangle", "filter", "security"],
  OUTPUT: ["raw", "mangle", "nat", "filter", "security"],
  POSTROUTING: ["mangle", "nat"],
};

const HOOKS_ON_WAY: Readonly<Record<Direction, readonly Hook[]>> = {
  forward: ["PREROUTING", "FORWARD", "POSTROUTING"],
  input: ["PREROUTING", "INPUT"],
  output: ["OUTPUT", "POSTROUTING"],
};

/** Every place a packet of the direction comes by, in order. */
export function placesOnWay(direction: Direction): Place[] {
  return HOOKS_ON_WAY[direction].flatMap((hook) => TABLES[hook].map((table) => ({ table, hook })));
}

/** True iff the chain is built into the table, so that its end is its policy. */
export function isHook(table: string, chain: string): chain is Hook {
  return HOOKS.has(chain) && TABLES[chain as Hook].includes(table);
}

/** True iff a built-in chain has no rules and accepts, so that it decides nothing; those of filter count all the same. */
export function isIdle({ name, rules, policy, missing }: Chain, table: Table): boolean {
  const isWhole = missing === undefined && table.isComplete && table.unreadable.length === 0;
  return isHook(table.name, name) && table.name !== "filter" && rules.length === 0 && policy === "ACCEPT" && isWhole;
}

/** True iff the kernel has a table of this name. */
export function isTable(name: string): boolean {
  return Object.values(TABLES).some((tables) => tables.includes(name));
}
