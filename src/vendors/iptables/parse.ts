/** Reads any export of a Linux packet filter: rules, sets, addresses or routes, told apart by their content. */
import type { Parsed } from "../../model/diagnostic.js";
import { parseAddresses } from "../netfilter/parse-addresses.js";
import { parseRoutes } from "../netfilter/routes.js";
import { parseRules } from "./parse-rules.js";
import { parseSets } from "./parse-sets.js";
import { parseUfwDefaults } from "./parse-ufw-defaults.js";
import { parseUfwStatus } from "./parse-ufw-status.js";
import { recogniseExport } from "./recognise.js";
import type { IptablesConfig } from "./types.js";

/** The export in its own words; a text of no known kind is read as rules, so that each of its lines is reported. */
export function parseIptables(text: string, file: string): Parsed<IptablesConfig> {
  switch (recogniseExport(text)?.kind) {
    case "sets":
      return parseSets(text, file);
    case "addresses":
      return parseAddresses(text, file);
    case "ufw-status":
      return parseUfwStatus(text, file);
    case "ufw-defaults":
      return parseUfwDefaults(text, file);
    case "routes":
      return parseRoutes(text, file);
    default:
      return parseRules(text, file);
  }
}
