/** What becomes of destinations of which only names are known, where a target's rules hold addresses alone. */
import type { Need } from "../generate/plan-allow-lists.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Vendor } from "../model/vendor.js";
import { targetsFor } from "./targets.js";

/**
 * `refuse`: no list is written; `widen`: every public address takes the place of the names, with a warning; `tell`: the
 * same without one, for readers who are shown the names. Behind a proxy, which holds them, nothing has to be refused.
 */
export type NameTreatment = "refuse" | "widen" | "tell";

/** Names that a requirement needs and the target of a device cannot hold. */
export interface UnheldNames {
  readonly target: string;
  readonly device: string;
  /** The component they are the names of. */
  readonly destination: string;
  readonly hosts: readonly string[];
  readonly requirement: string;
  /** The proxy that asks for them there. */
  readonly proxy?: string;
  readonly at: SourceRef;
}

/** The names in what requirements need that `target` cannot hold. */
export function unheldNames(needs: readonly Need[], { id, allowLists }: Vendor): UnheldNames[] {
  if (allowLists === undefined || allowLists.holdsNames) return [];
  return needs.flatMap(({ device, hosts, proxy, reason: { requirement, to, at } }) => {
    if (hosts === undefined) return [];
    return [{ target: id, device, destination: to, hosts, requirement, ...(proxy !== undefined && { proxy }), at }];
  });
}

/** True iff there are names for which nothing can be written. */
export function isRefused(unheld: readonly UnheldNames[], treatment: NameTreatment): boolean {
  return treatment === "refuse" && unheld.some(({ proxy }) => proxy === undefined);
}

/** One error or warning for each destination, and for each way to it. */
export function tellUnheldNames(unheld: readonly UnheldNames[], treatment: NameTreatment): Diagnostic[] {
  if (treatment === "tell") return [];
  const ways = new Map<string, UnheldNames[]>();
  for (const one of unheld) {
    const key = JSON.stringify([one.destination, one.proxy]);
    ways.set(key, [...(ways.get(key) ?? []), one]);
  }
  return [...ways.values()].map((way) => (isRefused(way, treatment) ? refuse(way) : warn(way)));
}

function refuse(unheld: readonly UnheldNames[]): Diagnostic {
  const [{ destination, at }] = unheld as [UnheldNames];
  const targets = unique(unheld.map(({ target }) => target)).map((target) => {
    const devices = unique(unheld.filter((one) => one.target === target).map(({ device }) => `\`${device}\``));
    return `${target} (${devices.join(", ")})`;
  });
  return {
    code: "allow/target",
    severity: "error",
    message: `only names are known of \`${destination}\`, and ${targets.join(" and ")} cannot hold them: nothing is written for ${requirementsOf(unheld)}`,
    help: `${remedy(unheld)}; or open every public address with \`--widen-names\``,
    at,
    effect: "none",
  };
}

function warn(unheld: readonly UnheldNames[]): Diagnostic {
  const [{ destination, proxy, at }] = unheld as [UnheldNames];
  const devices = unique(unheld.map(({ device }) => `\`${device}\``)).join(", ");
  const opened = `the rules for ${devices} open every public address`;
  return {
    code: "allow/unknown-destination",
    severity: "warning",
    message: `only names are known of \`${destination}\`: for ${requirementsOf(unheld)} ${opened}${proxy === undefined ? "" : ` to \`${proxy}\`, which holds the names`}`,
    help: remedy(unheld),
    at,
    effect: "none",
  };
}

function requirementsOf(unheld: readonly UnheldNames[]): string {
  return unique(unheld.map(({ requirement }) => requirement)).join(", ");
}

function remedy(unheld: readonly UnheldNames[]): string {
  const hosts = unique(unheld.flatMap((one) => one.hosts.map((host) => `\`${host}\``))).join(", ");
  const able = targetsFor("device").filter(({ allowLists }) => allowLists?.holdsNames);
  const isProxied = unheld.every(({ proxy }) => proxy !== undefined);
  const holders = [...able.map(({ id }) => id), ...(isProxied ? [] : ["a proxy"])].join(" or ");
  return `state the addresses of ${hosts} under \`names\`; or let ${holders} hold the names`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
