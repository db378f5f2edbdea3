/** Takes out of a device what packets on one way never meet. */
import { calledAcls } from "../model/acl.js";
import type { Device } from "../model/device.js";
import type { Way } from "./fates.js";

/** The device of a way with only the stages of its direction and the acls that packets can be put to on it. */
export function alongWay({ compiled: { device }, direction }: Way): Device {
  const byName = new Map(device.acls.map((acl) => [acl.name, acl]));
  const stages = device.stages[direction];
  const asked = new Set(stages.map(({ acl }) => acl));
  for (const name of asked) {
    const acl = byName.get(name);
    for (const called of acl === undefined ? [] : calledAcls(acl)) asked.add(called);
  }
  const none = { input: [], forward: [], output: [] };
  return {
    ...device,
    acls: device.acls.filter(({ name }) => asked.has(name)),
    stages: { ...none, [direction]: stages },
  };
}
