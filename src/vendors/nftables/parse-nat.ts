/** Reads the statements that translate addresses and ports. */
import type { Cursor } from "./cursor.js";
import { parseConcat, parseMapping } from "./parse-expression.js";
import type { Expression, NatAction, Statement } from "./types.js";

const FLAGS = ["random", "fully-random", "persistent", "netmap"] as const;

/** `dnat ip to 10.0.0.1:80-90 persistent`, `redirect to :8080`, `masquerade random`, … */
export function parseNat(cursor: Cursor, start: number): Statement {
  const action = cursor.next().text as NatAction;
  const family = cursor.at("ip", "ip6") && !isFieldAhead(cursor) ? cursor.name() : undefined;
  const flags: string[] = [];
  while (cursor.at("addr", "port", "prefix", "interval", ".")) {
    // `prefix` maps network to network, whether or not the flag of that name follows
    if (cursor.next().text === "prefix") flags.push("netmap");
  }
  const hasTarget = cursor.skip("to") || (!cursor.isAtEnd && !cursor.at(...FLAGS) && action.endsWith("nat"));
  const addresses = hasTarget && !cursor.at(":") ? parseAddresses(cursor) : undefined;
  const ports = hasTarget && cursor.skip(":") ? parseMapping(cursor) : undefined;
  while (cursor.at(...FLAGS) || (flags.length > 0 && cursor.at(","))) {
    const { text } = cursor.next();
    if (text !== ",") flags.push(text);
  }
  // `redirect to 8080` names a port without a colon
  const isPortOnly = action === "redirect" && addresses !== undefined && ports === undefined;
  const target = isPortOnly ? { ports: addresses } : { ...(addresses && { addresses }), ...(ports && { ports }) };
  return { kind: "nat", action, ...(family && { family }), ...target, flags, text: cursor.textFrom(start) };
}

/** `dnat ip saddr map …` would name a field and no family. */
function isFieldAhead(cursor: Cursor): boolean {
  return /^(?:s|d)addr$/.test(cursor.ahead(1).text);
}

/** An address, a range of them, or a map; IPv6 stands in brackets where a port follows. */
function parseAddresses(cursor: Cursor): Expression {
  if (!cursor.at("[")) return parseMapping(cursor);
  const first = parseBracketed(cursor);
  return cursor.skip("-") ? { kind: "range", first, last: parseBracketed(cursor) } : first;
}

function parseBracketed(cursor: Cursor): Expression {
  if (!cursor.skip("[")) return parseConcat(cursor, "value");
  const inner = parseConcat(cursor, "value");
  cursor.expect("]");
  return inner;
}
