/** What a check of an audit is: a pure function from one device to findings. */
import type { CompiledDevice } from "../compile/compile-device.js";
import type { Device, Direction } from "../model/device.js";
import type { CheckDescription, Finding, SensitiveService } from "../model/finding.js";
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
}

/** A finding before the registry adds what is the same for all findings of a check. */
export type CheckFinding = Omit<Finding, "check" | "device" | "severity" | "packets"> &
  Partial<Pick<Finding, "severity" | "packets">>;

/** One check; `severity` is that of findings that do not state another. */
export interface Check extends CheckDescription {
  /** Throws nothing; what is too complex is left out and tells `onIncomplete`. */
  run(context: AuditContext, onIncomplete: () => void): Iterable<CheckFinding>;
}
