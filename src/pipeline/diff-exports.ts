/** Turns the exports of a device before and after a change into what the change does. */
import { compareDevices, universeOf } from "../diff/compare-devices.js";
import type { Device } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { DeviceDifference, Difference } from "../model/difference.js";
import type { TextInput } from "../model/inputs.js";
import type { Conversion } from "../model/vendor.js";
import { vendors } from "../vendors/registry.js";
import { loadExports } from "./load-exports.js";
import { sourceLines } from "./source-lines.js";

/** The exports of one side. */
export interface DiffSide {
  readonly inputs: readonly TextInput[];
  /** Vendor id; absent: detected. */
  readonly as?: string;
}

/** The difference; undefined, with an error among the diagnostics, iff a side cannot be used or filters no packets. */
export function diffExports(before: DiffSide, after: DiffSide): Parsed<Difference | undefined> {
  const sides = [before, after].map((side) => ({ side, ...loadSide(side) }));
  const diagnostics = sides.flatMap((side) => side.diagnostics);
  const [first, second] = sides.map(({ value }) => value);
  if (first === undefined || second === undefined) return { value: undefined, diagnostics };
  const pairs = pairDevices(first.devices, second.devices);
  const devices = pairs.map(compareDevicePair);
  const universes = new Set(pairs.flatMap(({ old, young }) => (old && young ? [universeOf(old, young).name] : [])));
  const value = {
    result: resultOf(devices),
    compared: [...universes].join("; "),
    devices,
    coverage: [...first.coverage, ...second.coverage],
    diagnostics,
    sources: sourceLines([...before.inputs, ...after.inputs]),
  };
  return { value, diagnostics };
}

function loadSide({ inputs, as }: DiffSide): Parsed<Conversion | undefined> {
  const loaded = loadExports(inputs, { deviceName: "device", ...(as === undefined ? {} : { vendor: as }) }, vendors);
  if (loaded.value === undefined || loaded.value.devices.length > 0) return loaded;
  const problem: Diagnostic = {
    code: "diff/no-packet-filter",
    severity: "error",
    message: "it holds no packet filter: its rules decide requests",
    at: { file: inputs[0]?.file ?? "", line: 1 },
    effect: "unknown",
  };
  return { value: undefined, diagnostics: [...loaded.diagnostics, problem] };
}

interface Pair {
  readonly old?: Device;
  readonly young?: Device;
}

/** Devices of the same name; where each side has one, these whatever they are called. */
function pairDevices(before: readonly Device[], after: readonly Device[]): Pair[] {
  const [old, young] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && old !== undefined && young !== undefined) return [{ old, young }];
  const kept = before.map((device): Pair => {
    const same = after.find(({ name }) => name === device.name);
    return same === undefined ? { old: device } : { old: device, young: same };
  });
  const added = after.filter(({ name }) => !before.some((device) => device.name === name));
  return [...kept, ...added.map((device) => ({ young: device }))];
}

function compareDevicePair({ old, young }: Pair): DeviceDifference {
  return {
    ...(old === undefined ? {} : { before: old.name }),
    ...(young === undefined ? {} : { after: young.name }),
    directions: old !== undefined && young !== undefined ? compareDevices(old, young) : [],
  };
}

/** A device that only one side has is a difference. */
function resultOf(devices: readonly DeviceDifference[]): Difference["result"] {
  const results = devices.flatMap(({ before, after, directions }) =>
    before === undefined || after === undefined ? ["different"] : directions.map(({ result }) => result),
  );
  if (results.includes("different")) return "different";
  return results.includes("undecided") ? "undecided" : "equal";
}
