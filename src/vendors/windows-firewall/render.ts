/** An acl to a script of `New-NetFirewallRule` commands. */
import type { Ace, Acl } from "../../model/acl.js";
import type { DefinedSet } from "../../model/device.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";
import { LIMITS, type Limit } from "./limits.js";
import { commandOf, writtenRules } from "./rule-commands.js";

/** A script after which a machine without other rules decides as the acl does; empty, with errors, iff there is none. */
export function renderWindowsFirewall(acl: Acl, sets: readonly DefinedSet[]): Parsed<string> {
  const diagnostics: Diagnostic[] = [];
  const refuse = (limit: Limit, at: SourceRef) => diagnostics.push(limitDiagnostic(limit, at));
  const direction = acl.name.toLowerCase() === "outbound" ? "Outbound" : "Inbound";
  const { aces, isOrdered } = overridingAces(acl);
  if (!isOrdered) refuse("order", acl.at);
  const { kind } = acl.defaultAction;
  if (kind !== "accept" && kind !== "drop" && kind !== "reject") refuse("default", acl.at);
  const commands = aces.flatMap((ace) => {
    const { rules, refusals } = writtenRules(ace, direction, sets);
    for (const limit of refusals) refuse(limit, ace.at);
    return rules.map(commandOf);
  });
  if (diagnostics.length > 0) return { value: "", diagnostics };
  const rest = kind === "accept" ? "Allow" : "Block";
  const profile = `Set-NetFirewallProfile -All -Enabled True -Default${direction}Action ${rest}`;
  return { value: `${[profile, ...commands].join("\n")}\n`, diagnostics };
}

/** The aces to write, and whether blocking before allowing gives the same answer as the acl's own evaluation. */
function overridingAces({ aces, evaluation }: Acl): { readonly aces: readonly Ace[]; readonly isOrdered: boolean } {
  const asked = aces.filter((ace) => ace.enabled && ace.action.kind !== "pass");
  const accepting = asked.filter(({ action }) => action.kind === "accept");
  if (evaluation === "drop-overrides") return { aces: asked, isOrdered: true };
  if (evaluation === "any-accept") return { aces: accepting, isOrdered: true };
  const ordered = evaluation === "first-match" ? asked : asked.toReversed();
  const firstAccepting = ordered.findIndex(({ action }) => action.kind === "accept");
  const isOrdered = firstAccepting < 0 || ordered.slice(firstAccepting).every(({ action }) => action.kind === "accept");
  return { aces: ordered, isOrdered };
}

function limitDiagnostic(limit: Limit, at: SourceRef): Diagnostic {
  const message = `this firewall cannot say this: ${LIMITS[limit]}`;
  return { code: `windows-firewall/limit-${limit}`, severity: "error", message, at, effect: "none" };
}
