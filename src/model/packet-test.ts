import type { Packet } from "./flow.js";
import type { SourceRef } from "./source-ref.js";
import type { PacketVerdict } from "./trace.js";
import type { Doubt } from "./verdict.js";

/** What one firewall does with one packet of a packet file. */
export interface PacketResult {
  /** The line of the packet file. */
  readonly at: SourceRef;
  readonly packet: Packet;
  readonly verdict: PacketVerdict;
  /** The line that decides; absent iff no single line does. */
  readonly decidedBy?: SourceRef;
  /** What would decide an undecided packet. */
  readonly because: readonly Doubt[];
  /** The packet as it leaves, iff the firewall changes it. */
  readonly after?: Packet;
  /** What the packet file says must happen. */
  readonly expected?: PacketVerdict;
}
