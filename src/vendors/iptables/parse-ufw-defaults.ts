/** Turns /etc/default/ufw into what becomes of packets that no rule decides. */
import type { LineAccount, Parsed } from "../../model/diagnostic.js";
import type { RuleFile, UfwDirection, UfwSettings } from "./types.js";

const POLICY = /^DEFAULT_(INPUT|OUTPUT|FORWARD)_POLICY="?(ACCEPT|DROP|REJECT)"?$/;
const IPV6 = /^IPV6="?(yes|YES|[nN]o|NO)"?$/;

/** A file of settings: it holds no rules. */
export function parseUfwDefaults(text: string, file: string): Parsed<RuleFile> {
  const lines: LineAccount[] = [];
  let closesIpv6: boolean | undefined;
  const policies: Partial<Record<UfwDirection, { policy: string; line: number }>> = {};
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    if (raw.trim() === "") return;
    const [, name = "", policy = ""] = POLICY.exec(raw.trim()) ?? [];
    const [, isIpv6Kept] = IPV6.exec(raw.trim()) ?? [];
    if (isIpv6Kept !== undefined) {
      closesIpv6 = /no/i.test(isIpv6Kept);
      const note = closesIpv6 ? "IPv6 is closed but for the machine itself" : "IPv6 has rules of its own";
      lines.push({ line, fate: "modelled", note });
    } else if (policy === "") {
      const isLost = /^(?:DEFAULT_(?:INPUT|OUTPUT|FORWARD)_POLICY|IPV6)=/.test(raw.trim());
      if (raw.trim().startsWith("IPV6=")) closesIpv6 = undefined;
      lines.push({
        line,
        fate: isLost ? "rejected" : "harmless",
        note: isLost ? "no value that is known" : "decides nothing",
      });
    } else {
      policies[name.toLowerCase() as UfwDirection] = { policy, line };
      lines.push({ line, fate: "modelled", note: `policy of ${name}` });
    }
  });
  const ufw: UfwSettings = { isActive: true, closesIpv6, policies };
  return { value: { kind: "rules", file, tables: [], lines, ufw }, diagnostics: [] };
}
