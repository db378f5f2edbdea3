/** The routes and routing rules of a machine: they decide which way a packet goes, not what the rules say. */
import type { LineAccount, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";

/** Output of `ip route`, `ip rule` or their JSON. */
export interface RouteFile {
  readonly kind: "routes";
  readonly file: string;
  readonly lines: readonly LineAccount[];
}

// Every pattern stays within its line and goes over it once.
const ROUTES =
  /^(?:(?:unicast|blackhole|unreachable|prohibit|local|broadcast|multicast|throw)[ \t]+)?(?:default|[\d.]+(?:\/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:]*(?:\/\d+)?)[ \t]+(?:via[ \t]+\S+[ \t]+)?dev[ \t]+\S/m;
const ROUTE_ORIGIN = /[ \t]proto[ \t]+(?:kernel|static|boot|dhcp|ra|bird|zebra|ospf|bgp)(?:[ \t]|$)/m;
const RULES = /^\d+:[ \t]+(?:not[ \t]+)?from[ \t]+\S+[ \t]/m;

/** How sure it is that the text is one of these. */
export function recogniseRoutes(text: string): Detection {
  if (/^\s*\[/.test(text)) return isRouteJson(text) ? "possible" : "no";
  if (RULES.test(text)) return "certain";
  if (!ROUTES.test(text)) return "no";
  return ROUTE_ORIGIN.test(text) ? "certain" : "possible";
}

/** Only texts that hold the keys of iproute2 are worth parsing. */
function isRouteJson(text: string): boolean {
  const isRoutes = text.includes('"dst"') && text.includes('"dev"');
  const isRules = text.includes('"priority"') && text.includes('"src"') && text.includes('"table"');
  if (!isRoutes && !isRules) return false;
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Accounts for each line; none of them changes what the rules accept. */
export function parseRoutes(text: string, file: string): Parsed<RouteFile> {
  const note = "a route changes nothing about what the rules accept";
  const lines = text.split(/\r?\n/).flatMap((line, index): LineAccount[] => {
    return line.trim() === "" ? [] : [{ line: index + 1, fate: "harmless", note }];
  });
  return { value: { kind: "routes", file, lines }, diagnostics: [] };
}
