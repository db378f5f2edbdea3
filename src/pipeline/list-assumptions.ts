import type { Topology } from "../model/topology.js";

/** The statements a proof rests on that no export proves, for people. */
export function listAssumptions(topology: Topology): string[] {
  const bare = topology.devices.filter((device) => device.exports.length === 0).map((device) => device.name);
  const guarded = new Set(topology.devices.flatMap((device) => device.protects.components));
  const unguarded = topology.components.filter((component) => !guarded.has(component.name)).map(({ name }) => name);
  const unrouted = topology.devices.filter((device) => device.attachments.length > 1 && device.routes.length === 0);
  return [
    ...bare.map((name) => `\`${name}\` has no export: it forwards everything, with the translations stated for it`),
    ...(unguarded.length > 0 ? [`no host firewall is given for ${quoteAll(unguarded)}: none is taken to filter`] : []),
    ...(unrouted.length > 0
      ? [`no routes are given for ${quoteAll(unrouted.map(({ name }) => name))}: every link may be taken`]
      : []),
    ...[...topology.names.keys()].map((name) => `the addresses of \`${name}\` are as the topology states`),
    ...[...topology.sets.keys()].map((name) => `the content of set \`${name}\` is as the topology states`),
  ];
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
