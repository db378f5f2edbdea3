/** What a check of an audit is: a pure function from one device to findings. */
import type { CompiledDevice } from "../compile/compile-device.js";
import type { NeededPackets } from "../compile/needed-packets.js";
import type { Reason } from "../model/allow-list.js";
import type { Device, Direction } from "../model/device.js";
import type { CheckDescription, DocumentationPolicy, Finding, SensitiveService } from "../model/finding.js";
import type { Budget } from "../sets/budget.js";
import type { PacketSet } from "../sets/packet-set.js";
import type { Root } from "./attachment.js";
import type { ReachSurvey } from "./reach.js";
import type { Rule } from "./rules.js";

/** An accepting rule that packets reach, where accepting decides: in a stage that also stops packets. */
export interface Grant {
  readonly rule: Rule;
  readonly roots: readonly Root[];
  readonly directions: readonly Direction[];
  /** What it surely matches of the packets that jumps bring to it, whatever rules before it take of them. */
  readonly scope: PacketSet;
}

/** Packets that a requirement needs at the device. */
export interface AuditNeed extends NeededPackets {
  readonly reason: Reason;
}

/** What a topology tells of a device: what has to pass it, and what can come to it at all. */
export interface Demand {
  readonly needs: readonly AuditNeed[];
  readonly possible: Readonly<Record<Direction, PacketSet>>;
}

/** Everything a check may ask of the device it is run on. */
export interface AuditContext {
  readonly device: Device;
  readonly compiled: CompiledDevice;
  /** The rules somebody wrote and nobody disabled, in the order of the exports. */
  readonly rules: readonly Rule[];
  readonly survey: ReachSurvey;
  readonly budget: Budget;
  /** The rules by which packets come through; found once, when first asked for. */
  grants(): readonly Grant[];
  readonly sensitiveServices: readonly SensitiveService[];
  /** Undefined: the configuration asks for none. */
  readonly documentation: DocumentationPolicy | undefined;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Undefined: there is no topology. */
  readonly demand: Demand | undefined;
}

/** A finding before the registry adds what is the same for all findings of a check. */
export type CheckFinding = Omit<Finding, "check" | "device" | "severity" | "packets"> &
  Partial<Pick<Finding, "severity" | "packets">>;

/** One check; `severity` is that of findings that do not state another. */
export interface Check extends CheckDescription {
  /** True iff it asks what has to pass the device, which only a topology tells. */
  readonly asksForDemand?: true;
  /** True iff it asks what the configuration says about documentation. */
  readonly asksForDocumentation?: true;
  /** Throws nothing; what is too complex is left out and tells `onIncomplete`. */
  run(context: AuditContext, onIncomplete: () => void): Iterable<CheckFinding>;
}
