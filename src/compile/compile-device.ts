/** A device made ready for packet sets: `passFirst`, `passLater` and `passReply` push them through it. */
import type { Ace } from "../model/acl.js";
import type { Device, Direction, Stage } from "../model/device.js";
import type { SourceRef } from "../model/source-ref.js";
import { CompiledAcl } from "./compile-acl.js";
import { type CompileOptions, SetResolver } from "./resolve-sets.js";

export type { CompileOptions };

export interface CompiledDevice {
  readonly device: Device;
  readonly options: CompileOptions;
  readonly acls: ReadonlyMap<string, CompiledAcl>;
  /** Turns operands of this device into packet sets. */
  readonly resolver: SetResolver;
  /** True iff its aces ask for tags or change them. */
  readonly hasTags: boolean;
  /** Where to point at when the device's own structure is at fault. */
  readonly at: SourceRef;
}

/** Prepares a device once; packet sets and indexes are built when packets first ask for them. */
export function compileDevice(device: Device, options: CompileOptions = {}): CompiledDevice {
  const resolver = new SetResolver(device.sets, options);
  return {
    device,
    options,
    resolver,
    acls: new Map(device.acls.map((acl) => [acl.name, new CompiledAcl(acl, resolver)])),
    hasTags: device.acls.some(({ aces }) => aces.some(hasTag)),
    at: { file: device.acls[0]?.at.file ?? device.name, line: 1 },
  };
}

function hasTag({ matches, action }: Ace): boolean {
  return matches.tags !== undefined || action.kind === "tag";
}

/** The places in a direction's order at which the translations of known connections are undone for their replies. */
export interface UndoPlaces {
  /** Before this stage the reply gets back its receiver's own address. */
  readonly destination: number;
  /** Before this stage (or after the last) the reply gets the sender address its receiver expects. */
  readonly source: number;
}

/**
 * A device translates destinations before it filters and sources afterwards, so the reply's destination is restored at the
 * first nat stage that is not for sources (none: on arrival) and its source at the last that is not for destinations.
 */
export function undoPlaces(compiled: CompiledDevice, direction: Direction): UndoPlaces {
  const stages = compiled.device.stages[direction];
  const isNatWithout = (side: "source" | "destination") => (stage: Stage) =>
    stage.kind === "nat" && !translatesOnly(compiled, stage.acl, side);
  const destination = stages.findIndex(isNatWithout("source"));
  const source = stages.findLastIndex(isNatWithout("destination"));
  return {
    destination: Math.max(0, destination),
    source: source < 0 || source === destination ? stages.length : source,
  };
}

function translatesOnly(compiled: CompiledDevice, acl: string, side: "source" | "destination"): boolean {
  const sides = new Set<string>();
  const seen = new Set<string>();
  const open = [acl];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { ace } of compiled.acls.get(name)?.aces ?? []) collect(ace, sides, open);
  }
  return sides.size === 1 && sides.has(side);
}

function collect({ action }: Ace, sides: Set<string>, open: string[]): void {
  if (action.kind === "translate") sides.add(action.translation.side);
  if (action.kind === "jump" || action.kind === "goto") open.push(action.acl);
}
