/** Finds rules that accept every service between some hosts. */
import type { Check } from "../check.js";
import { forAnyService, isForAnyInterface, isForEverything } from "../openness.js";
import { packetsOf } from "../words.js";

export const anyServiceAccept: Check = {
  id: "any-service-accept",
  title: "rule that accepts every service",
  severity: "warning",
  *run({ grants }) {
    for (const { rule, scope, directions } of grants()) {
      const open = forAnyService(scope);
      // A rule for everything is a finding of any-any-accept.
      if (open.isEmpty || isForEverything(scope)) continue;
      // What arrives by a named interface, or leaves, is often meant so.
      const isMeant = !isForAnyInterface(open) || directions.every((direction) => direction === "output");
      yield {
        subject: rule.at,
        ...(isMeant ? { severity: "info" as const } : {}),
        message: "it accepts every TCP and UDP port between its hosts",
        evidence: [],
        ...packetsOf(open),
        help: "name the services it is for",
      };
    }
  },
};
