/** Tells by its content whether a text is a rule set of nftables. */
import type { Detection } from "../../model/vendor.js";
import { isAddressExport } from "../netfilter/parse-addresses.js";
import { recogniseRoutes } from "../netfilter/routes.js";

// Every pattern stays within its line and goes over it once: exports are long and need not be what they seem.
const TABLE =
  /^[ \t]*(?:(?:nft[ \t]+)?(?:add|create)[ \t]+)?table[ \t]+(?:(?:ip6?|inet|arp|bridge|netdev)[ \t]+)?[A-Za-z_][^\s{]*[ \t\r]*(?:\{|;|$)/m;
const CHAIN = /^[ \t]*(?:(?:nft[ \t]+)?add[ \t]+)?(?:chain|set|map|flowtable)[ \t]+[^\s{][^{\n]*\{/m;
const COMMAND =
  /^[ \t]*(?:nft[ \t]+)?(?:add|insert|create)[ \t]+(?:rule|chain|element|set|map)[ \t]+(?:ip6?|inet|bridge|netdev|arp)[ \t]/m;
const FLUSH = /^[ \t]*(?:nft[ \t]+)?flush[ \t]+ruleset/m;
const DEFINE = /^[ \t]*define[ \t]+[A-Za-z_][\w/.-]*[ \t]*=/m;
const JSON_TEXT = /^\s*\{\s*"nftables"\s*:\s*\[/;

/** How sure it is that the text is nft's, or the addresses and routes that go with it. */
export function recogniseNftables(text: string): Detection {
  if (isNftJson(text)) return "certain";
  if (COMMAND.test(text) || FLUSH.test(text) || (TABLE.test(text) && CHAIN.test(text))) return "certain";
  if (isAddressExport(text) || recogniseRoutes(text) !== "no") return "possible";
  return TABLE.test(text) || DEFINE.test(text) ? "possible" : "no";
}

/** True iff the text is the JSON that `nft -j` writes and reads. */
export function isNftJson(text: string): boolean {
  return JSON_TEXT.test(text);
}
