/** Finds rules that are switched off. */
import type { Check } from "../check.js";

export const disabledAce: Check = {
  id: "disabled-ace",
  title: "rule that is switched off",
  severity: "info",
  *run({ device }) {
    const told = new Set<string>();
    for (const { ace } of device.acls.flatMap(({ aces }) => aces.map((ace) => ({ ace })))) {
      const place = `${ace.at.file}:${ace.at.line}:${ace.at.column ?? ""}`;
      if (ace.enabled || ace.isImplied || told.has(place)) continue;
      told.add(place);
      yield {
        subject: ace.at,
        message: `rule \`${ace.name}\` is switched off`,
        evidence: [],
        help: "delete it if nobody will switch it on again",
      };
    }
  },
};
