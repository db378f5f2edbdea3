/** The allow-lists of one machine as one PowerShell script. */
import type { AllowListWriter, PlacedAcl, WrittenText } from "../../model/allow-list.js";
import type { Direction } from "../../model/device.js";
import type { Parsed } from "../../model/diagnostic.js";
import { renderWindowsFirewall } from "./render.js";

const ACLS: Readonly<Record<Direction, string | undefined>> = {
  forward: undefined,
  input: "inbound",
  output: "outbound",
};

export const windowsFirewallAllowLists: AllowListWriter = {
  tracking: "implicit",
  splitsFamilies: false,
  holdsNames: false,
  aclName: (direction) => ACLS[direction],
  write: writeAllowLists,
  notations: [],
};

function writeAllowLists(lists: readonly PlacedAcl[]): Parsed<readonly WrittenText[]> {
  const scripts = lists.map(({ acl }) => renderWindowsFirewall(acl, []));
  const diagnostics = scripts.flatMap((script) => script.diagnostics);
  if (diagnostics.length > 0) return { value: [], diagnostics };
  return { value: [{ ending: ".ps1", text: scripts.map(({ value }) => value).join("") }], diagnostics };
}
