/** Finds rules that accept everything from everywhere. */
import { PacketSet } from "../../sets/packet-set.js";
import type { Check } from "../check.js";
import { NEW } from "../openness.js";
import { packetsOf } from "../words.js";

const FAMILIES = [
  { packets: NEW, name: "every packet" },
  { packets: NEW.intersect(PacketSet.fromFields({ family: "ipv4" })), name: "every IPv4 packet" },
  { packets: NEW.intersect(PacketSet.fromFields({ family: "ipv6" })), name: "every IPv6 packet" },
];

export const anyAnyAccept: Check = {
  id: "any-any-accept",
  title: "rule that accepts everything from everywhere",
  severity: "error",
  *run({ grants }) {
    for (const { rule, scope, directions } of grants()) {
      const whole = FAMILIES.find(({ packets }) => scope.includes(packets));
      if (whole === undefined) continue;
      const isOutbound = directions.every((direction) => direction === "output");
      yield {
        subject: rule.at,
        ...(isOutbound ? { severity: "info" as const } : {}),
        message: `it accepts ${whole.name} that no rule before it stops${isOutbound ? ", on its way out" : ""}`,
        evidence: [],
        ...packetsOf(whole.packets),
        help: "name the hosts and services it is for, and let the default drop the rest",
      };
    }
  },
};
