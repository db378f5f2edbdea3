/** The allow-list of one firewall as a policy. */
import type { AllowListWriter, PlacedAcl, WrittenText } from "../../model/allow-list.js";
import type { Parsed } from "../../model/diagnostic.js";
import { NOTATIONS } from "./notations.js";
import { RULES_ACL } from "./order-rules.js";
import { renderPolicy } from "./render.js";

export const azureFirewallAllowLists: AllowListWriter = {
  tracking: "implicit",
  splitsFamilies: false,
  holdsNames: true,
  widens: ["source ports", "interfaces"],
  aclName: (direction) => (direction === "forward" ? RULES_ACL : undefined),
  write: writeAllowLists,
  notations: NOTATIONS,
};

function writeAllowLists(lists: readonly PlacedAcl[], device: string): Parsed<readonly WrittenText[]> {
  const written = lists.map(({ acl }) => renderPolicy(acl, device));
  const diagnostics = written.flatMap((each) => each.diagnostics);
  const texts = written.map(({ value }) => ({ ending: ".json", text: value }));
  return { value: diagnostics.length > 0 ? [] : texts, diagnostics };
}
