/** Generated rules as a device, read from the text that an administrator would save. */
import type { Device } from "../src/model/device.js";
import { iptables } from "../src/vendors/iptables/index.js";
import type { GeneratedRules } from "./generate-rules.js";
import { groupText, saveText } from "./rule-text.js";

/** The device whose save and sets the rules are. */
export function deviceOfRules(generated: GeneratedRules): Device {
  return readDevice(saveText(generated), generated.groups.size > 0 ? groupText(generated) : undefined);
}

/** The device of a save, with its sets where it has some. */
export function readDevice(rules: string, sets?: string): Device {
  const configs = [
    ...(sets === undefined ? [] : [iptables.parse(sets, "sets").value]),
    iptables.parse(rules, "rules").value,
  ];
  return iptables.convert(configs, { deviceName: "bench" }).value.devices[0];
}

/** Name of the acl that holds the generated rules. */
export function forwardAcl(device: Device): string {
  const stage = device.stages.forward.find(({ hook }) => hook.includes("filter"));
  return (stage ?? device.stages.forward[0]).acl;
}
