/** Puts another text in the place of an export of a device or proxy, as if the topology named it. */
import type { ProveInputs, TextInput } from "../model/inputs.js";
import type { DeviceNode, ProxyNode } from "../model/topology.js";
import { UsageError } from "../model/usage-error.js";
import { readTopology } from "./read-topology.js";

/** Inputs in which a text is an export of the device or proxy. */
export interface Replaced {
  readonly inputs: ProveInputs;
  readonly device: string;
}

/**
 * The text takes the place of the export that `isSame` says is the same file; else of the only export of the device called
 * `name`, or of the one that ends in the same file name. Throws a `UsageError` where that does not tell one.
 */
export function replaceExport(
  inputs: ProveInputs,
  text: TextInput,
  isSame: (file: string) => boolean,
  name: string | undefined,
): Replaced {
  const topology = readTopology(inputs.topology).value;
  const devices = [...topology.devices, ...topology.proxies];
  const owners = devices.filter((device) => name === undefined || device.name === name);
  const candidates = owners.flatMap((device) => device.exports.map(({ file }) => ({ device, file })));
  const fileOf = (file: string): string => inputs.exports.get(file)?.file ?? file;
  const same = candidates.filter(({ file }) => isSame(fileOf(file)));
  const alike = candidates.filter(({ file }) => lastPart(file) === lastPart(text.file));
  const [found] = same.length > 0 ? same : name !== undefined && candidates.length === 1 ? candidates : alike;
  if (found === undefined || (same.length === 0 && name === undefined)) throw unplaced(text, devices, name);
  const exports = new Map([...inputs.exports, [found.file, text] as const]);
  return { inputs: { ...inputs, exports }, device: found.device.name };
}

function lastPart(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

function unplaced(
  { file }: TextInput,
  devices: readonly (DeviceNode | ProxyNode)[],
  name: string | undefined,
): UsageError {
  const able = devices.filter(({ exports }) => exports.length > 0).map((device) => device.name);
  const node = devices.find((device) => device.name === name);
  if (node === undefined || node.exports.length === 0) {
    const message = name === undefined ? `no device has the export \`${file}\`` : `\`${name}\` has no export`;
    return new UsageError(message, `say with \`--device\` whose place it takes: ${able.join(", ")}`);
  }
  const files = node.exports.map((each) => each.file).join(", ");
  return new UsageError(`\`${node.name}\` has several exports`, `give the file the name of one of them: ${files}`);
}
