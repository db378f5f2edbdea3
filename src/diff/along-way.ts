/** Takes out of a device what packets on one way never meet. */
import type { Device } from "../model/device.js";
import type { Way } from "./fates.js";

/** The device of a way with only the stages of its direction and the acls that packets can be put to on it. */
export function alongWay({ compiled: { device }, direction }: Way): Device {
  const byName = new Map(device.acls.map((acl) => [acl.name, acl]));
  const stages = device.stages[direction];
  const asked = new Set(stages.map(({ acl }) => acl));
  for (const name of asked) {
    const acl = byName.get(name);
    for (const action of acl === undefined ? [] : [...acl.aces.map((ace) => ace.action), acl.defaultAction])
      if (action.kind === "jump" || action.kind === "goto") asked.add(action.acl);
  }
  const none = { input: [], forward: [], output: [] };
  return {
    ...device,
    acls: device.acls.filter(({ name }) => asked.has(name)),
    stages: { ...none, [direction]: stages },
  };
}
