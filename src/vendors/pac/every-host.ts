/** Decides for many hosts at once whether a glob fits them. */
import { parseAddress } from "../../model/address.js";

/**
 * The hosts a question is about, where it is about more than one: every name below a suffix (which begins with a dot; empty:
 * every name) but those under one of the labels of `except`, or every address but those of `except`.
 */
export type EveryHost =
  | { readonly kind: "names"; readonly suffix: string; readonly except: readonly string[] }
  | { readonly kind: "addresses"; readonly except: readonly string[] };

/** True: every one of the hosts fits; false: none does; undefined: some may. */
export function fitsEvery(hosts: EveryHost, pattern: string): boolean | undefined {
  if (pattern === "*") return true;
  const isEnd = pattern.startsWith("*");
  const rest = isEnd ? pattern.slice(1) : pattern;
  if (/[*?[\](){}+^$|\\]/.test(rest)) return undefined;
  return hosts.kind === "names" ? fitsNames(hosts, rest, isEnd) : fitsAddresses(hosts.except, rest, isEnd);
}

function fitsNames(
  { suffix, except }: Extract<EveryHost, { readonly kind: "names" }>,
  rest: string,
  isEnd: boolean,
): boolean | undefined {
  if (isEnd && suffix.endsWith(rest)) return true;
  if (!rest.endsWith(suffix) || parseAddress(rest) !== undefined) return false;
  // What stands before the suffix: names that end so all have the label after its last dot there.
  const before = rest.slice(0, rest.length - suffix.length).split(".");
  const isWholeLabel = !isEnd || before.length > 1;
  return isWholeLabel && except.includes(before[before.length - 1] as string) ? false : undefined;
}

// After a dot an address has digits alone, also where an IPv6 address ends like an IPv4 one.
function fitsAddresses(except: readonly string[], rest: string, isEnd: boolean): boolean | undefined {
  if (isEnd) return rest.includes(".") && /[^\d]/.test(rest.slice(rest.lastIndexOf(".") + 1)) ? false : undefined;
  return parseAddress(rest) === undefined || except.includes(rest) ? false : undefined;
}

/** What messages call the hosts. */
export function nameOfEvery(hosts: EveryHost): string {
  if (hosts.kind === "addresses") return "every address";
  return hosts.suffix === "" ? "every name" : `every \`*${hosts.suffix}\``;
}
