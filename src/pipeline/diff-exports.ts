/** Turns the exports of a device before and after a change into what the change does. */
import { checkSteps, restUnchanged } from "../diff/check-change.js";
import { compareDevices } from "../diff/compare-devices.js";
import { touchedPackets } from "../diff/expected-packets.js";
import { type Scope, universeOf } from "../diff/universe.js";
import { parseChange } from "../intent/parse-change.js";
import type { AddressRange } from "../model/address.js";
import type { Device, Direction } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { DeviceDifference, Difference, ExpectedChange } from "../model/difference.js";
import type { TextInput } from "../model/inputs.js";
import { UsageError } from "../model/usage-error.js";
import type { Conversion } from "../model/vendor.js";
import { PacketSet } from "../sets/packet-set.js";
import { vendors } from "../vendors/registry.js";
import { loadExports } from "./load-exports.js";
import { sourceLines } from "./source-lines.js";

export type { Scope };

/** The exports of one side. */
export interface DiffSide {
  readonly inputs: readonly TextInput[];
  /** Vendor id; absent: detected. */
  readonly as?: string;
}

export interface DiffRequest {
  readonly scope: Scope;
  /** What the change is meant to do. */
  readonly expect?: TextInput;
}

/** The difference; undefined, with an error among the diagnostics, iff an input cannot be used or filters no packets. */
export function diffExports(before: DiffSide, after: DiffSide, request: DiffRequest): Parsed<Difference | undefined> {
  const sides = [before, after].map(loadSide);
  const [first, second] = sides.map(({ value }) => value);
  const change = readChange(request.expect);
  const diagnostics = [...sides.flatMap((side) => side.diagnostics), ...change.diagnostics];
  const lacksChange = request.expect !== undefined && change.value === undefined;
  if (first === undefined || second === undefined || lacksChange) return { value: undefined, diagnostics };
  const value = {
    ...diffDevices(first.devices, second.devices, { scope: request.scope, names: new Map(), expected: change.value }),
    coverage: [...first.coverage, ...second.coverage],
    diagnostics,
    sources: sourceLines([
      ...before.inputs,
      ...after.inputs,
      ...(request.expect === undefined ? [] : [request.expect]),
    ]),
  };
  return { value, diagnostics };
}

export function readChange(input: TextInput | undefined): Parsed<ExpectedChange | undefined> {
  return input === undefined ? { value: undefined, diagnostics: [] } : parseChange(input);
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

/** How devices are compared. */
export interface DiffPlan {
  readonly scope: Scope;
  readonly names: ReadonlyMap<string, readonly AddressRange[]>;
  readonly expected: ExpectedChange | undefined;
}

/** What changes between the devices of two sides. Throws a `UsageError` where a change is expected of several devices. */
export function diffDevices(
  before: readonly Device[],
  after: readonly Device[],
  plan: DiffPlan,
): Pick<Difference, "result" | "compared" | "devices" | "expected"> {
  const pairs = pairDevices(before, after);
  const devices = pairs.map((pair) => compareDevicePair(pair, plan));
  const universes = new Set(
    pairs.flatMap(({ old, young }) => (old && young ? [universeOf(old, young, plan.scope).name] : [])),
  );
  const expected = plan.expected && checkPair(pairs, devices, plan.expected, plan);
  return { result: resultOf(devices), compared: [...universes].join("; "), devices, ...(expected && { expected }) };
}

interface Pair {
  readonly old?: Device;
  readonly young?: Device;
}

/** Devices of the same name; where each side has one, these whatever they are called. */
function pairDevices(before: readonly Device[], after: readonly Device[]): Pair[] {
  const [old, young] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && old !== undefined && young !== undefined) return [{ old, young }];
  const left = [...after];
  const kept = before.map((device): Pair => {
    const at = left.findIndex(({ name }) => name === device.name);
    const [same] = at < 0 ? [] : left.splice(at, 1);
    return same === undefined ? { old: device } : { old: device, young: same };
  });
  return [...kept, ...left.map((device) => ({ young: device }))];
}

function compareDevicePair({ old, young }: Pair, { scope, names, expected }: DiffPlan): DeviceDifference {
  const excused = (direction: Direction) =>
    PacketSet.unionOf((expected?.expectations ?? []).map((one) => touchedPackets(one, old as Device, direction)));
  return {
    ...(old === undefined ? {} : { before: old.name }),
    ...(young === undefined ? {} : { after: young.name }),
    directions: old !== undefined && young !== undefined ? compareDevices(old, young, { scope, names, excused }) : [],
  };
}

function checkPair(
  [pair, ...others]: readonly Pair[],
  [difference]: readonly DeviceDifference[],
  expected: ExpectedChange,
  { names }: DiffPlan,
): NonNullable<Difference["expected"]> {
  if (pair?.old === undefined || pair.young === undefined || difference === undefined || others.length > 0)
    throw new UsageError("a change is expected of one device, and the exports hold others", "give those of one device");
  const steps = [...checkSteps(pair.old, pair.young, expected, { names }), restUnchanged(difference.directions)];
  return { name: expected.name, steps };
}

/** A device that only one side has is a difference. */
function resultOf(devices: readonly DeviceDifference[]): Difference["result"] {
  const results = devices.flatMap(({ before, after, directions }) =>
    before === undefined || after === undefined ? ["different"] : directions.map(({ result }) => result),
  );
  if (results.includes("different")) return "different";
  return results.includes("undecided") ? "undecided" : "equal";
}
