/** Finds acls that are larger than their provider admits. */
import type { Acl } from "../../model/acl.js";
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
];

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
