/** The routes and routing rules of a machine: only those of the local table say something that rules ask for. */
import { type AddressRange, ALL_ADDRESSES, parseAddressRange } from "../../model/address.js";
import type { LineAccount, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";

/** A route for IPv4 that is, or may be, in the local table. */
export interface LocalRoute {
  /** `local`, `broadcast` or another type of routes. */
  readonly type: string;
  readonly range: AddressRange;
  /** True iff the export names the local table; otherwise the route may be of another one. */
  readonly isStated: boolean;
}

/** Output of `ip route`, `ip rule` or their JSON. */
export interface RouteFile {
  readonly kind: "routes";
  readonly file: string;
  readonly localRoutes: readonly LocalRoute[];
  readonly lines: readonly LineAccount[];
}

/** A route as both notations give it. */
interface Route {
  readonly type: string;
  readonly destination: string;
  readonly table?: string | undefined;
}

// Every pattern stays within its line and goes over it once.
const ROUTES =
  /^(?:(?:unicast|blackhole|unreachable|prohibit|local|broadcast|multicast|throw)[ \t]+)?(?:default|[\d.]+(?:\/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:]*(?:\/\d+)?)[ \t]+(?:via[ \t]+(?:inet6[ \t]+)?\S+[ \t]+)?dev[ \t]+\S/m;
const WITHOUT_DEVICE =
  /^(?:(?:blackhole|unreachable|prohibit|throw)[ \t]+(?:default|[\d.]+(?:\/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:]*(?:\/\d+)?)(?:[ \t]|\r?$)|[ \t]+nexthop[ \t]+(?:via|dev)[ \t])/m;
const ROUTE_ORIGIN = /[ \t]proto[ \t]+(?:kernel|static|boot|dhcp|ra|bird|zebra|ospf|bgp)(?:[ \t]|$)/m;
const RULES = /^\d+:[ \t]+(?:not[ \t]+)?from[ \t]+\S+[ \t]/m;
const ROUTE_LINE = /^(?:([a-z]+)[ \t]+)?(default|[\d.]+(?:\/\d+)?)(?:[ \t]|$)/;
const TABLE = /[ \t]table[ \t]+(\S+)/;

const LOCAL_TABLES: ReadonlySet<string> = new Set(["local", "255"]);
/** The types that the kernel itself puts into the local table, and hardly anybody elsewhere. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(["local", "broadcast"]);

/** How sure it is that the text is one of these. */
export function recogniseRoutes(text: string): Detection {
  if (/^\s*\[/.test(text)) return entriesOf(text) === undefined ? "no" : "possible";
  if (RULES.test(text)) return "certain";
  if (ROUTES.test(text)) return ROUTE_ORIGIN.test(text) ? "certain" : "possible";
  return WITHOUT_DEVICE.test(text) || /^Kernel IP(?:v6)? routing table/m.test(text) ? "possible" : "no";
}

/** Accounts for each line: routes of the local table are compared with the addresses, the others change nothing. */
export function parseRoutes(text: string, file: string): Parsed<RouteFile> {
  const entries = entriesOf(text);
  const routes = entries === undefined ? linesOf(text).map(({ line }) => routeInLine(line)) : entries.map(routeInJson);
  const known = routes.filter((route) => route !== undefined);
  const hasLocal = known.some(({ type, table }) => table === undefined && LOCAL_TYPES.has(type));
  const isLocal = (route: Route | undefined): boolean =>
    route !== undefined && (route.table === undefined ? hasLocal : LOCAL_TABLES.has(route.table));
  const lines = linesOf(text).map(({ line, number }): LineAccount => {
    const isCompared = entries === undefined ? isLocal(routeInLine(line)) : known.some(isLocal);
    if (isCompared) return { line: number, fate: "modelled", note: "compared with the addresses of the interfaces" };
    return { line: number, fate: "harmless", note: "a route changes nothing about what the rules accept" };
  });
  return {
    value: { kind: "routes", file, localRoutes: known.filter(isLocal).flatMap(localRoute), lines },
    diagnostics: [],
  };
}

function linesOf(text: string): { line: string; number: number }[] {
  return text.split(/\r?\n/).flatMap((line, index) => (line.trim() === "" ? [] : [{ line, number: index + 1 }]));
}

function routeInLine(line: string): Route | undefined {
  const [, type = "unicast", destination] = ROUTE_LINE.exec(line) ?? [];
  return destination === undefined ? undefined : { type, destination, table: TABLE.exec(line)?.[1] };
}

function routeInJson({ type = "unicast", dst, table }: Readonly<Record<string, unknown>>): Route | undefined {
  if (typeof dst !== "string") return undefined;
  return { type: String(type), destination: dst, ...(table !== undefined && { table: String(table) }) };
}

function localRoute({ type, destination, table }: Route): LocalRoute[] {
  const range = destination === "default" ? ALL_ADDRESSES.ipv4 : parseAddressRange(destination);
  return range?.family === "ipv4" ? [{ type, range, isStated: table !== undefined }] : [];
}

/** The entries in the JSON of iproute2, of which there may be none; undefined iff the text is something else. */
function entriesOf(text: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  // only texts that hold the keys of iproute2 are worth parsing
  if (!/^\s*\[\s*\]\s*$/.test(text) && !text.includes('"dst"') && !text.includes('"priority"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isEntry) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const { dst, dev, type, flags, nexthops, priority, src } = value as Readonly<Record<string, unknown>>;
  const isRoute = typeof dst === "string" && [dev, type, flags, nexthops].some((each) => each !== undefined);
  return isRoute || (typeof priority === "number" && typeof src === "string");
}
