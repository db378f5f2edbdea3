/** Files people have at hand that are no export of what a firewall does, and the command that prints one. */

export interface UnreadFormat {
  readonly title: string;
  /** True iff the text is surely a file of this kind. */
  recognises(text: string): boolean;
  /** One line a user can paste to obtain an export that is read. */
  readonly exportCommand: string;
}

const NFT = "nft list ruleset > rules.nft";
const IPTABLES = "iptables-save > rules.v4; ip6tables-save > rules.v6";

/** Tools that write rules of netfilter: what they load depends on their version and on the machine. */
export const UNREAD_FORMATS: readonly UnreadFormat[] = [
  {
    title: "a configuration file of firewalld",
    recognises: (text) => /^\s*(?:<\?xml[^>]*\?>\s*)?<(?:zone|policy|service|ipset|direct|whitelist)[\s>]/.test(text),
    exportCommand: `${NFT} (${IPTABLES} where FirewallBackend is iptables)`,
  },
  {
    title: "a listing of firewall-cmd",
    recognises: (text) =>
      /^\S+(?: \(.*\))?\r?\n +target: /m.test(text) && /^ +(?:services|ports|rich rules):/m.test(text),
    exportCommand: `${NFT} (${IPTABLES} where FirewallBackend is iptables)`,
  },
  {
    title: "a configuration file of Shorewall",
    recognises: (text) =>
      /^\?SECTION [A-Z]+/m.test(text) ||
      /^#(?:ACTION|ZONE|SOURCE|INTERFACE)[ \t]+(?:SOURCE|DEST|TYPE|ZONE|OPTIONS|BROADCAST|INTERFACE)\b/m.test(text),
    exportCommand: IPTABLES,
  },
  {
    title: "the firewall configuration of OpenWrt",
    recognises: (text) => /^config[ \t]+(?:defaults|zone|forwarding|rule|redirect)\b/m.test(text),
    exportCommand: `${NFT} (OpenWrt 22.03 and newer), ${IPTABLES} (older)`,
  },
  {
    title: "a configuration file of ferm",
    recognises: (text) =>
      /^\s*(?:@def\b|domain\s|table\s|chain\s)/m.test(text) && /\bpolicy\s+(?:ACCEPT|DROP);/.test(text),
    exportCommand: IPTABLES,
  },
  {
    title: "commands of ufw",
    recognises: (text) => /^ufw (?:route )?(?:allow|deny|reject|limit)\b/m.test(text),
    exportCommand: IPTABLES,
  },
];
