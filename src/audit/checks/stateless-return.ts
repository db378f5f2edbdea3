/** Finds rules that let replies in without knowing of a request. */
import { PacketSet } from "../../sets/packet-set.js";
import type { Check } from "../check.js";
import { forAnyService, NEW } from "../openness.js";
import { packetsOf } from "../words.js";

const HIGH = { first: 1024, last: 65535 };
const HIGH_PORTS = PacketSet.fromFields({ states: ["new"], destinationPorts: [HIGH] });
/** So many source ports are more than the ports of services. */
const MANY_PORTS = 1024;
const MOST_BOXES = 50;

export const statelessReturn: Check = {
  id: "stateless-return",
  title: "rule that takes any packet from a service's port for a reply",
  severity: "warning",
  *run({ grants }) {
    for (const { rule, scope } of grants()) {
      const high = scope.intersect(NEW).intersect(HIGH_PORTS);
      if (high.isEmpty || !isForReplies(high) || !forAnyService(scope).isEmpty) continue;
      yield {
        subject: rule.at,
        message: "it accepts new connections to every high port, if only they come from the port of a service",
        evidence: [],
        ...packetsOf(high),
        help: "accept packets of established connections instead; a sender chooses its port as it likes",
      };
    }
  },
};

/** True iff some packets come from few ports and go to all high ones. */
function isForReplies(set: PacketSet): boolean {
  let seen = 0;
  for (const { sourcePorts, destinationPorts } of set.boxes()) {
    if (sourcePorts !== undefined && destinationPorts !== undefined) {
      const isNarrow = sourcePorts.last - sourcePorts.first < MANY_PORTS;
      if (isNarrow && destinationPorts.first <= HIGH.first && destinationPorts.last >= HIGH.last) return true;
    }
    if (++seen === MOST_BOXES) break;
  }
  return false;
}
