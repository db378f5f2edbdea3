/** Finds acls that are larger than their provider admits. */
import type { Ace, Acl } from "../../model/acl.js";
import type { Check } from "../check.js";

/** What a provider admits, by vendor id. */
interface ProviderLimit {
  readonly vendor: string;
  readonly what: string;
  readonly most: number;
  count(acls: readonly Acl[]): number;
}

const LIMITS: readonly ProviderLimit[] = [
  {
    // learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits, "Networking limits"
    ...{ vendor: "azure-nsg", what: "rules of one network security group", most: 1000 },
    count: (acls) => acls.reduce((sum, { aces }) => sum + aces.filter((ace) => !ace.isImplied).length, 0),
  },
  {
    // same page, "Azure Firewall limits": public addresses and destinations of DNAT rules together
    ...{ vendor: "azure-firewall", what: "DNAT rules of one firewall", most: 250 },
    count: (acls) => new Set(acls.flatMap(({ aces }) => aces.flatMap(translatingLine))).size,
  },
];

function translatingLine({ action, at }: Ace): string[] {
  return action.kind === "translate" && action.translation.side === "destination" ? [`${at.file}:${at.line}`] : [];
}

export const providerLimit: Check = {
  id: "provider-limit",
  title: "more than the provider admits",
  severity: "error",
  *run({ device }) {
    for (const { vendor, what, most, count } of LIMITS) {
      const [acl] = device.acls;
      if (vendor !== device.vendor || acl === undefined) continue;
      const number = count(device.acls);
      if (number <= most) continue;
      yield {
        subject: acl.at,
        message: `there are ${number} ${what}, and the provider admits ${most}`,
        evidence: [],
        help: "join rules that differ in one list only, or split what the group protects",
      };
    }
  },
};
