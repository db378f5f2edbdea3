/** Finds rules that let the internet or whole networks reach sensitive services. */
import type { SensitiveService } from "../../model/finding.js";
import { PacketSet } from "../../sets/packet-set.js";
import type { Check, CheckFinding, Grant } from "../check.js";
import { grantedPackets } from "../grants.js";
import {
  FROM_INTERNET,
  FROM_PRIVATE,
  hasWideSource,
  INTERNET_BITS,
  isForAnyInterface,
  NETWORK_BITS,
  openingsOf,
} from "../openness.js";
import { packetsOf } from "../words.js";

export const exposedService: Check = {
  id: "exposed-service",
  title: "sensitive service that is reachable from the internet or from whole networks",
  severity: "warning",
  *run(context, onIncomplete) {
    const services = context.sensitiveServices.map((service) => ({ service, packets: openingsOf(service) }));
    const any = PacketSet.unionOf(services.map(({ packets }) => packets));
    for (const grant of context.grants()) {
      if (grant.directions.every((direction) => direction === "output") || !grant.scope.overlaps(any)) continue;
      // Most rules are for few hosts: only for the others is it worth while to find out what rules before them leave.
      if (!hasWideSource(grant.scope.intersect(any), NETWORK_BITS)) continue;
      const open = grantedPackets(context, grant, any);
      if (open === undefined) onIncomplete();
      const finding = open && exposureOf(grant, open, services);
      if (finding !== undefined) yield finding;
    }
  },
};

interface Openings {
  readonly service: SensitiveService;
  readonly packets: PacketSet;
}

function exposureOf(grant: Grant, open: PacketSet, services: readonly Openings[]): CheckFinding | undefined {
  const fromInternet = open.intersect(FROM_INTERNET);
  if (hasWideSource(fromInternet, INTERNET_BITS)) {
    // Where a rule for every address names an interface, that says who it is for, and not to us.
    if (!isForAnyInterface(grant.scope)) return undefined;
    return findingOf(grant, fromInternet, services, "error", "the internet reaches");
  }
  const fromNetworks = open.intersect(FROM_PRIVATE);
  if (hasWideSource(fromNetworks, NETWORK_BITS) && grant.directions.includes("input")) {
    return findingOf(grant, fromNetworks, services, "warning", "whole networks reach");
  }
  return undefined;
}

function findingOf(
  { rule }: Grant,
  open: PacketSet,
  services: readonly Openings[],
  severity: "error" | "warning",
  who: string,
): CheckFinding {
  const names = new Set(services.filter(({ packets }) => packets.overlaps(open)).map(({ service }) => service.name));
  const shown = [...names].slice(0, 6).join(", ");
  const rest = names.size - Math.min(6, names.size);
  return {
    subject: rule.at,
    severity,
    message: `${who} ${shown}${rest > 0 ? ` and ${rest} more sensitive services` : ""} by it`,
    evidence: [],
    ...packetsOf(open),
    help: "name the hosts that manage, or bring them in over a VPN or a bastion",
  };
}
