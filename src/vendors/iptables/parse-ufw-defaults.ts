/** Turns /etc/default/ufw into what becomes of packets that no rule decides. */
import type { LineAccount, Parsed } from "../../model/diagnostic.js";
import type { RuleFile, UfwDirection, UfwSettings } from "./types.js";

const POLICY = /^DEFAULT_(INPUT|OUTPUT|FORWARD)_POLICY="?(ACCEPT|DROP|REJECT)"?$/;

/** A file of settings: it holds no rules. */
export function parseUfwDefaults(text: string, file: string): Parsed<RuleFile> {
  const lines: LineAccount[] = [];
  let closesIpv6 = false;
  const policies: Partial<Record<UfwDirection, { policy: string; line: number }>> = {};
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    if (raw.trim() === "") return;
    const [, name = "", policy = ""] = POLICY.exec(raw.trim()) ?? [];
    if (/^IPV6="?no"?$/i.test(raw.trim())) {
      closesIpv6 = true;
      lines.push({ line, fate: "modelled", note: "IPv6 is closed but for the machine itself" });
    } else if (policy === "") {
      const isLost = /^DEFAULT_(?:INPUT|OUTPUT|FORWARD)_POLICY=/.test(raw.trim());
      lines.push({ line, fate: isLost ? "rejected" : "harmless", note: isLost ? "no policy" : "decides nothing" });
    } else {
      policies[name.toLowerCase() as UfwDirection] = { policy, line };
      lines.push({ line, fate: "modelled", note: `policy of ${name}` });
    }
  });
  const ufw: UfwSettings = { isActive: true, closesIpv6, policies };
  return { value: { kind: "rules", file, tables: [], lines, ufw }, diagnostics: [] };
}
