/** Reads a rule set of nftables, or the addresses of the machine it is for. */
import type { Parsed } from "../../model/diagnostic.js";
import { isAddressExport, parseAddresses } from "../netfilter/parse-addresses.js";
import { parseRoutes, recogniseRoutes } from "../netfilter/routes.js";
import { parseNftJson } from "./parse-json.js";
import { parseNftText } from "./parse-text.js";
import { isNftJson, recogniseNftables } from "./recognise.js";
import type { NftablesConfig } from "./types.js";

/** The export in its own words, told apart by its content. */
export function parseNftables(text: string, file: string): Parsed<NftablesConfig> {
  if (isAddressExport(text)) return parseAddresses(text, file);
  if (recogniseNftables(text) !== "certain" && recogniseRoutes(text) !== "no") return parseRoutes(text, file);
  if (isNftJson(text)) return parseNftJson(text, file);
  return parseNftText(text, file);
}
