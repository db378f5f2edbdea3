/** The nftables vendor: listings, scripts and JSON of nft. */
import type { Vendor } from "../../model/vendor.js";
import { convertNftables } from "./convert.js";
import { features } from "./features.js";
import { insertAces } from "./insert-aces.js";
import { parseNftables } from "./parse.js";
import { recogniseNftables } from "./recognise.js";
import { renderNftables } from "./render.js";
import type { NftablesConfig } from "./types.js";
import { nftablesAllowLists } from "./write-allow-lists.js";

function countedPackets(line: string): number | undefined {
  const counted = /\bcounter packets (\d+) bytes \d+/.exec(line)?.[1];
  return counted === undefined ? undefined : Number(counted);
}

export const nftables: Vendor<NftablesConfig> = {
  id: "nftables",
  title: "Linux nftables",
  docs: ["https://www.netfilter.org/projects/nftables/manpage.html", "https://wiki.nftables.org/"],
  exportCommand: "nft list ruleset > rules.nft; ip -j addr > addresses.json",
  features,
  detect: (text) => recogniseNftables(text),
  parse: parseNftables,
  convert: convertNftables,
  render: renderNftables,
  allowLists: nftablesAllowLists,
  insertAces,
  countedPackets,
};
