/** Finds ways through a device on which packets that no rule decides are accepted. */
import { walkAcl } from "../../compile/walk-acl.js";
import { parseAddress } from "../../model/address.js";
import type { Direction } from "../../model/device.js";
import type { Packet } from "../../model/flow.js";
import { PacketSet } from "../../sets/packet-set.js";
import type { Root } from "../attachment.js";
import type { AuditContext, Check } from "../check.js";
import { decidingRoots } from "../grants.js";

const DIRECTIONS: readonly Direction[] = ["input", "forward", "output"];

export const missingDefaultDeny: Check = {
  id: "missing-default-deny",
  title: "acl that accepts what no rule decides",
  severity: "warning",
  *run(context) {
    for (const direction of DIRECTIONS) {
      const roots = decidingRoots(context).filter(({ directions }) => directions.includes(direction));
      // Before the last one stands what the device does by itself, and what prepares packets for it.
      const acl = context.compiled.acls.get(roots.at(-1)?.acl ?? "")?.acl;
      const packet = ORDINARY.find((one) => roots.every((each) => isAcceptedByDefault(context, each, one)));
      if (acl === undefined || packet === undefined) continue;
      yield {
        subject: acl.at,
        ...(direction === "output" ? { severity: "info" as const } : {}),
        message: `packets of \`${acl.name}\` that no rule decides are accepted`,
        evidence: [],
        witness: packet,
        help: "let the default drop, and name what is to be accepted",
      };
    }
  },
};

/** True iff no ace decides about the packet, and the default certainly accepts it. */
function isAcceptedByDefault({ compiled }: AuditContext, root: Root, packet: Packet): boolean {
  const { pieces } = walkAcl(compiled.acls, root.acl, compiled.at, PacketSet.fromPacket(packet));
  return pieces.every(
    ({ ace, outcome, doubts }) => ace === undefined && outcome.kind === "accept" && doubts.length === 0,
  );
}

/** First packets of services that no rule is likely to be for; if rules decide about all of them, there is some last rule. */
const ORDINARY: readonly Packet[] = [
  ["203.0.113.77", "10.99.88.77"],
  ["10.99.88.66", "203.0.113.66"],
  ["10.99.88.66", "192.168.199.66"],
].flatMap(([source, destination]) =>
  ([47809, 6] as const).flatMap((port) =>
    [6, 17].map((protocol) => ({
      family: "ipv4" as const,
      source: parseAddress(source as string) ?? [],
      destination: parseAddress(destination as string) ?? [],
      ...{ protocol, sourcePort: 50123, destinationPort: port },
      ...(protocol === 6 ? { tcpFlags: 2 } : {}),
      ...{ state: "new" as const, ingressInterface: "", egressInterface: "", fragment: "first-or-whole" as const },
    })),
  ),
);
