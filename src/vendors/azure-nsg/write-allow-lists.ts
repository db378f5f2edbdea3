/** The allow-lists of one network or interface as a security group. */
import type { AllowListWriter, PlacedAcl, WrittenText } from "../../model/allow-list.js";
import type { Direction } from "../../model/device.js";
import type { Parsed } from "../../model/diagnostic.js";
import { NOTATIONS } from "./notations.js";
import { renderSecurityGroup } from "./render.js";

const ACLS: Readonly<Record<Direction, string | undefined>> = {
  forward: undefined,
  input: "inbound",
  output: "outbound",
};

export const azureNsgAllowLists: AllowListWriter = {
  tracking: "implicit",
  splitsFamilies: false,
  holdsNames: false,
  aclName: (direction) => ACLS[direction],
  write: writeAllowLists,
  notations: NOTATIONS,
};

function writeAllowLists(lists: readonly PlacedAcl[], device: string): Parsed<readonly WrittenText[]> {
  const acls = lists.map(({ acl }) => acl);
  const { value: text, diagnostics } = renderSecurityGroup(acls, [], device);
  return { value: text === "" ? [] : [{ ending: ".json", text }], diagnostics };
}
