/** Tells by its content which export of a Linux packet filter a text is. */
import type { Detection } from "../../model/vendor.js";
import { isAddressExport } from "../netfilter/parse-addresses.js";
import { recogniseRoutes } from "../netfilter/routes.js";

/** The kinds of text this vendor reads. */
export type ExportKind = "rules" | "sets" | "addresses" | "routes" | "ufw-status" | "ufw-defaults";

// Every pattern stays within its line and goes over it once: exports are long and need not be what they seem.
const TABLE = /^[ \t]*\*(?:filter|nat|mangle|raw|security)[ \t\r]*$/m;
const RULE_LINE =
  /^[ \t]*(?:COMMIT[ \t\r]*$|:\S+[ \t]+(?:ACCEPT|DROP|-)(?:[ \t]|\r?$)|(?:\[\d+:\d+\][ \t]*)?(?:-[AINP]|--append)[ \t]+\S)/m;
const CALLS =
  /^[ \t]*(?:sudo[ \t]+)?(?:[\w.-]*\/)*ip6?tables(?:-legacy|-nft)?[ \t]+(?:-w[ \t]+)?(?:-t[ \t]+[a-z]+[ \t]+)?-[AIPNFX](?:[ \t]|\r?$)/m;
const LISTING = /^Chain \S+ \((?:policy [A-Z]+|\d+ references)/m;
const POLICY_COMMAND = /^-P (?:INPUT|FORWARD|OUTPUT) (?:ACCEPT|DROP)\r?$/m;
const SET = /^[ \t]*create[ \t]+\S+[ \t]+(?:hash|bitmap|list):[a-z]/m;
const UFW_STATUS = /^Status: (?:active|inactive)[ \t\r]*$/m;
const UFW_COLUMNS = /^(?:[ \t]+)?To[ \t]+Action[ \t]+From[ \t\r]*$/m;
const UFW_DEFAULTS = /^DEFAULT_(?:INPUT|OUTPUT|FORWARD)_POLICY=/m;

/** Which export the text is and how sure that is; undefined iff it is none this vendor knows. */
export function recogniseExport(text: string): { kind: ExportKind; detection: Detection } | undefined {
  if (TABLE.test(text)) return { kind: "rules", detection: RULE_LINE.test(text) ? "certain" : "possible" };
  if (CALLS.test(text) || POLICY_COMMAND.test(text) || LISTING.test(text))
    return { kind: "rules", detection: "certain" };
  if (UFW_STATUS.test(text)) {
    return {
      kind: "ufw-status",
      detection: UFW_COLUMNS.test(text) || /^Default: /m.test(text) ? "certain" : "possible",
    };
  }
  if (UFW_DEFAULTS.test(text)) return { kind: "ufw-defaults", detection: "certain" };
  if (SET.test(text)) return { kind: "sets", detection: "certain" };
  if (isAddressExport(text)) return { kind: "addresses", detection: "certain" };
  return routes(text);
}

function routes(text: string): { kind: ExportKind; detection: Detection } | undefined {
  const detection = recogniseRoutes(text);
  return detection === "no" ? undefined : { kind: "routes", detection };
}
