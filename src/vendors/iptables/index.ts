/** The iptables vendor: saves of iptables, ip6tables and ipset, with the addresses and routes of the same machine. */
import type { Vendor } from "../../model/vendor.js";
import { convertIptables } from "./convert.js";
import { countedPackets } from "./counters.js";
import { features } from "./features.js";
import { insertAces } from "./insert-aces.js";
import { parseIptables } from "./parse.js";
import { recogniseExport } from "./recognise.js";
import { renderIptables } from "./render.js";
import type { IptablesConfig } from "./types.js";
import { iptablesAllowLists } from "./write-allow-lists.js";

export const iptables: Vendor<IptablesConfig> = {
  id: "iptables",
  title: "Linux iptables and ip6tables",
  docs: [
    "https://man7.org/linux/man-pages/man8/iptables-save.8.html",
    "https://man7.org/linux/man-pages/man8/iptables-extensions.8.html",
    "https://ipset.netfilter.org/ipset.man.html",
  ],
  exportCommand: "iptables-save > rules.v4; ip6tables-save > rules.v6; ipset save > sets; ip -j addr > addresses.json",
  features,
  detect: (text) => recogniseExport(text)?.detection ?? "no",
  parse: parseIptables,
  convert: convertIptables,
  render: renderIptables,
  allowLists: iptablesAllowLists,
  insertAces,
  countedPackets,
};
