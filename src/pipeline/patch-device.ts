/** Puts rules into the exports of a device, or replaces some, and reads the device again. */
import { acesOfFault, type Fault, isNamed } from "../generate/fault.js";
import type { Tightening } from "../generate/tighten-ace.js";
import { fieldsWithin, widenedEntries } from "../generate/widen-list.js";
import type { Repair } from "../model/allow-analysis.js";
import type { Insertion, Reason } from "../model/allow-list.js";
import type { Device } from "../model/device.js";
import type { ProveInputs, TextInput } from "../model/inputs.js";
import type { DeviceNode } from "../model/topology.js";
import { loadTopology } from "./load-topology.js";
import { vendorOf } from "./targets.js";

/** Changed exports of one device, and the device as they make it. */
export interface Changed {
  readonly node: DeviceNode;
  readonly repairs: readonly Repair[];
  readonly texts: ReadonlyMap<string, TextInput>;
  readonly patched: Device;
}

/** Exports changed so that faults are mended; without texts, none is. */
export interface DevicePatch extends Changed {
  readonly faults: readonly Fault[];
  /** Faults whose rules cannot be put into an export of its form. */
  readonly unplaced: readonly Fault[];
  /** What the faults say and the rules that mend them cannot: they are about every value of it. */
  readonly widening: readonly string[];
}

/** The patch that mends as many of the faults as the form of the exports allows. */
export function patchDevice(
  node: DeviceNode,
  device: Device,
  faults: readonly Fault[],
  inputs: ProveInputs,
): DevicePatch {
  const unknown = vendorOf(device.vendor)?.allowLists?.widens ?? [];
  const changes = faults.map((exact) => {
    const fault = { ...exact, entries: widenedEntries(exact.entries, unknown) };
    return { exact, fault, insertion: insertionOf(fault), reasons: exact.entries.flatMap((entry) => entry.reasons) };
  });
  const { applied, changed } = change(node, device, changes, inputs);
  const mended = applied.map(({ exact }) => exact);
  return {
    ...changed,
    faults: applied.map(({ fault }) => fault),
    unplaced: faults.filter((fault) => !mended.includes(fault)),
    widening: [
      ...fieldsWithin(
        mended.flatMap(({ entries }) => entries),
        unknown,
      ),
      ...(mended.some(isNamed) ? ["the addresses that names have"] : []),
    ],
  };
}

/** The exports with narrower rules in the place of some; undefined iff one of them cannot be replaced in their form. */
export function replaceAces(
  node: DeviceNode,
  device: Device,
  rules: readonly Tightening[],
  inputs: ProveInputs,
): Changed | undefined {
  const changes = rules.map((rule) => ({ insertion: replacementOf(device, rule), reasons: rule.reasons }));
  const { applied, changed } = change(node, device, changes, inputs);
  return applied.length < rules.length ? undefined : changed;
}

interface Change {
  readonly insertion: Insertion;
  readonly reasons: readonly Reason[];
}

// From the last line to the first, so that the lines that are still to be found stay where they are.
function change<C extends Change>(
  node: DeviceNode,
  device: Device,
  changes: readonly C[],
  inputs: ProveInputs,
): { readonly applied: readonly C[]; readonly changed: Changed } {
  const texts = new Map<string, TextInput>();
  const commands = new Map<string, string[]>();
  const applied: C[] = [];
  for (const one of [...changes].sort((a, b) => b.insertion.at.line - a.insertion.at.line)) {
    for (const [name, input] of candidates(node, one.insertion, inputs)) {
      const current = texts.get(name) ?? input;
      const patch = vendorOf(device.vendor)?.insertAces?.(current.text, one.insertion);
      if (patch === undefined) continue;
      texts.set(name, { ...current, text: patch.text });
      commands.set(name, [...(commands.get(name) ?? []), ...patch.commands]);
      applied.push(one);
      break;
    }
  }
  const exports = new Map([...inputs.exports, ...texts]);
  const patched =
    texts.size === 0 ? undefined : loadTopology({ ...inputs, exports }).context?.devices.get(node.name)?.device;
  if (patched === undefined) {
    return { applied: [], changed: { node, repairs: [], texts: new Map(), patched: device } };
  }
  const reasons = applied.flatMap((one) => one.reasons);
  const requirements = [...new Set(reasons.map(({ requirement }) => requirement))];
  const repairs = [...texts].map(([name, { file, text }]): Repair => {
    const before = inputs.exports.get(name)?.text ?? "";
    return { device: node.name, file, before, after: text, commands: commands.get(name) ?? [], requirements };
  });
  return { applied, changed: { node, repairs, texts, patched } };
}

// The file that holds the line which decides, then the device's others: defaults may be told apart from the rules.
function candidates(node: DeviceNode, { at }: Insertion, inputs: ProveInputs): [string, TextInput][] {
  const own = node.exports.flatMap(({ file }): [string, TextInput][] => {
    const input = inputs.exports.get(file);
    return input === undefined ? [] : [[file, input]];
  });
  const isDeciding = ([, { file }]: [string, TextInput]): boolean => file === at.file;
  return [...own.filter(isDeciding), ...own.filter((each) => !isDeciding(each))];
}

function insertionOf(fault: Fault): Insertion {
  const { direction, place, narrowing } = fault;
  const { acl: name, ace, at } = place;
  return {
    ...{ direction, at },
    acl: { name, aces: acesOfFault(fault), ...FIRST_MATCH, at },
    ...(ace !== undefined && { stoppedBy: ace }),
    ...(narrowing && { instead: narrowing.aces }),
  };
}

const FIRST_MATCH = { defaultAction: { kind: "drop" }, evaluation: "first-match" } as const;

function replacementOf({ stages }: Device, { acl: name, ace, instead }: Tightening): Insertion {
  const isIn = (direction: "input" | "output"): boolean => stages[direction].some(({ acl }) => acl === name);
  const direction = isIn("input") ? "input" : isIn("output") ? "output" : "forward";
  const { at } = ace;
  return { direction, at, acl: { name, aces: [], ...FIRST_MATCH, at }, stoppedBy: ace.name, instead };
}
