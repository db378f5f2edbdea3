/** Finds rules that accept packets no requirement needs, with the narrower rules that would do. */
import { connectionsOf, type UsedPart, usedParts } from "../../compile/needed-packets.js";
import type { Reason } from "../../model/allow-list.js";
import { describeSet } from "../../sets/describe.js";
import { PacketSet } from "../../sets/packet-set.js";
import type { AuditNeed, Check, CheckFinding, Grant } from "../check.js";
import { grantedPackets } from "../grants.js";
import { packetsOf } from "../words.js";

const MOST_REASONS = 8;
const MOST_PARTS = 8;

type Part = UsedPart<AuditNeed>;

export const overPermissive: Check = {
  id: "over-permissive",
  title: "rule that accepts packets no requirement needs",
  severity: "warning",
  asksForDemand: true,
  *run(context, onIncomplete) {
    const { compiled, demand, budget } = context;
    if (demand === undefined) return;
    const used = usedParts(compiled, demand.needs, budget);
    if (used === undefined) return onIncomplete();
    for (const grant of context.grants()) {
      const parts = grant.rule.aces.flatMap(({ ace }) => used.get(ace) ?? []);
      const needed = PacketSet.unionOf(parts.map(connectionsOf));
      const possible = PacketSet.unionOf(grant.directions.map((direction) => demand.possible[direction]));
      const excess = grantedPackets(context, grant, COUNTED.intersect(possible).subtract(needed));
      if (excess === undefined) onIncomplete();
      else if (!excess.isEmpty) yield findingOf(grant, excess, needed.intersect(grant.scope), parts);
    }
  },
};

const LOOPBACKS = [{ name: "lo" }, { name: "lo0" }];
const INTERFACES = ["ingressInterfaces", "egressInterfaces"] as const;
const WHOLE = PacketSet.fromFields({ states: ["new"], fragment: "first-or-whole" });

/** Packets of no known connection; what a machine sends itself is nobody's requirement. */
const COUNTED = INTERFACES.reduce((set, field) => set.subtract(PacketSet.fromFields({ [field]: LOOPBACKS })), WHOLE);

/** The packets as text tells them: that they are new, and their interfaces where the rule names none, goes without saying. */
function shown(packets: PacketSet, { scope }: Grant): PacketSet {
  const unnamed = INTERFACES.filter((field) => scope.forget([field]).equals(scope));
  return packets.forget(["states", ...unnamed]);
}

function findingOf(grant: Grant, excess: PacketSet, needed: PacketSet, parts: readonly Part[]): CheckFinding {
  const reasons = distinctReasons(parts.map(({ need }) => need.reason));
  const enough = describeSet(shown(needed, grant), MOST_PARTS);
  const isIdle = needed.isEmpty;
  return {
    subject: grant.rule.at,
    ...(isIdle ? { severity: "info" as const } : { enough }),
    message: isIdle ? "no requirement needs anything it accepts" : "it accepts more than requirements need",
    evidence: reasons.slice(0, MOST_REASONS).map((reason) => ({ at: reason.at, note: noteOn(reason) })),
    ...packetsOf(excess),
    packets: describeSet(shown(excess, grant), MOST_PARTS),
    help: isIdle
      ? "delete it, or write down what it is for as a requirement"
      : `it would be enough to accept ${enough.join("; ")}`,
  };
}

function noteOn({ requirement, from, to }: Reason): string {
  return `${requirement} from ${from} to ${to} needs some of them`;
}

/** One reason for each requirement. */
function distinctReasons(reasons: readonly Reason[]): Reason[] {
  return [...new Map([...reasons].reverse().map((reason) => [reason.requirement, reason])).values()].reverse();
}
