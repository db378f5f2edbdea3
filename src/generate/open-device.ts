/** A device as it would be if its filters accepted everything, and the packets as its filter sees them. */
import { type CompiledDevice, type CompileOptions, compileDevice } from "../compile/compile-device.js";
import { passFirst } from "../compile/pass-device.js";
import type { Device, Direction, Stage } from "../model/device.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";

export const DIRECTIONS: readonly Direction[] = ["forward", "input", "output"];

/** The way replies take through a device. */
export const REVERSE: Readonly<Record<Direction, Direction>> = { forward: "forward", input: "output", output: "input" };

/** The device without its filters: it only translates, and lets replies through unasked. */
export function openDevice(device: Device): Device {
  const translating = mapStages(device, (stages) => stages.filter(({ kind }) => kind === "nat"));
  return { ...translating, tracking: "implicit" };
}

/** The device with other stages in each direction. */
export function mapStages(
  device: Device,
  change: (stages: readonly Stage[], direction: Direction) => readonly Stage[],
): Device {
  const changed = DIRECTIONS.map((direction) => [direction, change(device.stages[direction], direction)]);
  return { ...device, stages: Object.fromEntries(changed) };
}

/** The stages a packet of the direction meets before the place of the filter: its last filter, else after all others. */
export function stagesBeforeFilter(device: Device, direction: Direction): readonly Stage[] {
  const stages = device.stages[direction];
  const last = stages.findLastIndex(({ kind }) => kind === "filter");
  return last < 0 ? stages.filter((stage) => !translatesSources(device, stage)) : stages.slice(0, last);
}

function translatesSources(device: Device, { acl: name }: Stage): boolean {
  const aces = device.acls.find((acl) => acl.name === name)?.aces ?? [];
  return aces.some(({ action }) => action.kind === "translate" && action.translation.side === "source");
}

/** Tells how packets look when they reach the filter of a device. */
export class FilterView {
  readonly #compiled = new Map<Direction, CompiledDevice>();

  constructor(
    private readonly device: Device,
    private readonly options: CompileOptions,
  ) {}

  /** The packets the filter sees of those that enter the device, when nothing before it refuses any. */
  at(direction: Direction, entering: PacketSet): PacketSet {
    if (this.#before(direction).device.stages[direction].length === 0) return entering;
    const budget = new Budget(VIEW_BUDGET);
    const branches = passFirst(this.#before(direction), direction, entering, budget);
    return PacketSet.unionOf(branches.filter(({ disposition }) => disposition === "accept").map(({ after }) => after));
  }

  #before(direction: Direction): CompiledDevice {
    let compiled = this.#compiled.get(direction);
    if (compiled === undefined) {
      const early = stagesBeforeFilter(this.device, direction).filter(({ kind }) => kind === "nat");
      compiled = compileDevice(
        mapStages(this.device, () => early),
        this.options,
      );
      this.#compiled.set(direction, compiled);
    }
    return compiled;
  }
}

const VIEW_BUDGET = 1_000_000;
