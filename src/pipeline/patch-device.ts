/** Puts rules that mend faults into the exports of a device, and reads the device again. */
import { acesOfFault, type Fault } from "../generate/fault.js";
import type { Repair } from "../model/allow-analysis.js";
import type { PatchedText } from "../model/allow-list.js";
import type { Device } from "../model/device.js";
import type { ProveInputs, TextInput } from "../model/inputs.js";
import type { DeviceNode } from "../model/topology.js";
import { loadTopology } from "./load-topology.js";
import { vendorOf } from "./targets.js";

/** What is changed about one device, and the device as its changed exports make it. */
export interface DevicePatch {
  readonly node: DeviceNode;
  readonly faults: readonly Fault[];
  /** Faults whose rules cannot be put into an export of its form. */
  readonly unplaced: readonly Fault[];
  readonly repairs: readonly Repair[];
  readonly texts: ReadonlyMap<string, TextInput>;
  readonly patched: Device;
}

/** The patch that mends as many of the faults as the form of the exports allows; without texts, none. */
export function patchDevice(
  node: DeviceNode,
  device: Device,
  faults: readonly Fault[],
  inputs: ProveInputs,
): DevicePatch {
  const texts = new Map<string, TextInput>();
  const commands = new Map<string, string[]>();
  const mended: Fault[] = [];
  // From the last line to the first, so that the lines that are still to be found stay where they are.
  for (const fault of [...faults].sort((a, b) => b.place.at.line - a.place.at.line)) {
    for (const [name, input] of candidates(node, fault, inputs)) {
      const current = texts.get(name) ?? input;
      const patch = insert(device.vendor, current, fault);
      if (patch === undefined) continue;
      texts.set(name, { ...current, text: patch.text });
      commands.set(name, [...(commands.get(name) ?? []), ...patch.commands]);
      mended.push(fault);
      break;
    }
  }
  const unplaced = faults.filter((fault) => !mended.includes(fault));
  if (texts.size === 0) return { node, faults: [], unplaced, repairs: [], texts, patched: device };
  const exports = new Map([...inputs.exports, ...texts]);
  const patched = loadTopology({ ...inputs, exports }).context?.devices.get(node.name)?.device;
  if (patched === undefined)
    return { node, faults: [], unplaced: faults, repairs: [], texts: new Map(), patched: device };
  const requirements = requirementsOf(mended);
  const repairs = [...texts].map(([name, { file, text }]): Repair => {
    const before = inputs.exports.get(name)?.text ?? "";
    return { device: node.name, file, before, after: text, commands: commands.get(name) ?? [], requirements };
  });
  return { node, faults: mended, unplaced, repairs, texts, patched };
}

function requirementsOf(faults: readonly Fault[]): string[] {
  const reasons = faults.flatMap(({ entries }) => entries.flatMap((entry) => entry.reasons));
  return [...new Set(reasons.map(({ requirement }) => requirement))];
}

// The file that holds the line which decides, then the device's others: defaults may be told apart from the rules.
function candidates(node: DeviceNode, { place }: Fault, inputs: ProveInputs): [string, TextInput][] {
  const own = node.exports.flatMap(({ file }): [string, TextInput][] => {
    const input = inputs.exports.get(file);
    return input === undefined ? [] : [[file, input]];
  });
  const isDeciding = ([, { file }]: [string, TextInput]): boolean => file === place.at.file;
  return [...own.filter(isDeciding), ...own.filter((each) => !isDeciding(each))];
}

function insert(id: string, { text }: TextInput, fault: Fault): PatchedText | undefined {
  const { direction, place, narrowing } = fault;
  const { acl: name, ace, at } = place;
  const acl = {
    name,
    aces: acesOfFault(fault),
    defaultAction: { kind: "drop" },
    evaluation: "first-match",
    at,
  } as const;
  return vendorOf(id)?.insertAces?.(text, {
    ...{ direction, acl, at },
    ...(ace !== undefined && { stoppedBy: ace }),
    ...(narrowing && { instead: narrowing.aces }),
  });
}
