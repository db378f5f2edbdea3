import type { Device } from "../model/device.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { DeviceNode } from "../model/topology.js";

/**
 * Errors where a device stands in a place its exports have no rules for: it would let everything pass there. A group of
 * rules for hosts does not forward, and a router's rules for itself are not those of a network behind it.
 */
export function checkPlace(node: DeviceNode, device: Device): Diagnostic[] {
  const { forward, input, output } = device.stages;
  const protectsHosts = input.length + output.length > 0;
  const { components, networks } = node.protects;
  return [
    ...(node.attachments.length > 0 && forward.length === 0
      ? [misplaced(node, "its exports hold no rules for forwarding", "name what it `protects` instead of `interfaces`")]
      : []),
    ...(components.length + networks.length > 0 && !protectsHosts
      ? [
          misplaced(
            node,
            "its exports hold no rules for hosts",
            "attach it with `interfaces` to what it stands between",
          ),
        ]
      : []),
    ...(networks.length > 0 && protectsHosts && forward.length > 0
      ? [misplaced(node, "it forwards, and its rules for itself protect no network", "attach it with `interfaces`")]
      : []),
  ];
}

function misplaced({ name, at }: DeviceNode, why: string, help: string): Diagnostic {
  return {
    code: "topology/misplaced-device",
    severity: "error",
    message: `\`${name}\` cannot stand here: ${why}`,
    help,
    at,
    effect: "may-allow-more",
  };
}
