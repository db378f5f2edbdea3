/** Finds the rules by which packets come through a device, and the packets each of them surely lets through. */
import { effectivePackets } from "../compile/effective-aces.js";
import { walkAcl } from "../compile/walk-acl.js";
import type { Direction } from "../model/device.js";
import type { Packet } from "../model/flow.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Root } from "./attachment.js";
import type { AuditContext, Grant } from "./check.js";
import { type Entrances, entrancesOf } from "./entrances.js";
import type { Rule } from "./rules.js";

const DIRECTIONS: readonly Direction[] = ["input", "forward", "output"];

/** The grants of a device, in the order of the exports. */
export function grantsOf(context: AuditContext): Grant[] {
  const roots = decidingRoots(context);
  const entrances = new Map<Root, Entrances>(roots.map((root) => [root, entrancesOf(context.compiled, root)]));
  return context.rules.flatMap((rule) => {
    if (rule.action?.kind !== "accept" || context.survey.reachOf(rule).kind !== "live") return [];
    const own = roots.filter((root) => rule.aces.some(({ acl }) => root.acls.has(acl.acl.name)));
    if (own.length === 0) return [];
    const directions = [...new Set(own.flatMap((root) => root.directions))];
    return [{ rule, roots: own, directions, scope: scopeOf(rule, own, entrances) }];
  });
}

function scopeOf(rule: Rule, roots: readonly Root[], entrances: ReadonlyMap<Root, Entrances>): PacketSet {
  return PacketSet.unionOf(
    rule.aces.flatMap(({ acl, position }) => {
      const { surely } = acl.aces[position].matches.bounds;
      return roots.map((root) => surely.intersect(entrances.get(root)?.get(acl.acl.name) ?? PacketSet.none));
    }),
  );
}

/** For each direction the filter stages that may stop a packet; where none may, the last of them. */
export function decidingRoots({ compiled, survey }: AuditContext): Root[] {
  const stops = new Set(survey.roots.filter((root) => root.kind === "filter" && mayStop(compiled, root)));
  const chosen = DIRECTIONS.flatMap((direction) => {
    const own = survey.roots.filter(({ kind, directions }) => kind === "filter" && directions.includes(direction));
    const stopping = own.filter((root) => stops.has(root));
    return stopping.length > 0 ? stopping : own.slice(-1);
  });
  return [...new Set(chosen)];
}

/** What the device does by itself to some packets of all that it lets pass does not count. */
function mayStop(compiled: AuditContext["compiled"], { acls }: Root): boolean {
  return [...acls].some((name) => {
    const acl = compiled.acls.get(name);
    const aces = (acl?.aces ?? []).map(({ ace }) => ace);
    const actions = [
      ...aces
        .filter(({ isImplied }) => !isImplied || acl?.acl.defaultAction.kind !== "accept")
        .map(({ action }) => action),
      ...(acl === undefined ? [] : [acl.acl.defaultAction]),
    ];
    return actions.some(({ kind }) => kind === "drop" || kind === "reject");
  });
}

/**
 * The packets among `within` that may come to the rule and surely match it; none unless some of them are surely accepted by
 * it whatever other rules leave open. Undefined iff that is too complex.
 */
export function grantedPackets(
  { compiled, survey, budget }: AuditContext,
  grant: Grant,
  within: PacketSet,
): PacketSet | undefined {
  const parts: { readonly root: Root; readonly packets: PacketSet }[] = [];
  for (const placed of grant.rule.aces) {
    for (const root of grant.roots.filter(({ acls }) => acls.has(placed.acl.acl.name))) {
      const arriving = root.isFlat
        ? effectivePackets(placed.acl, placed.position, budget, within)?.surely
        : survey
            .arrivalsAt(root, placed)
            ?.intersect(within)
            .intersect(placed.acl.aces[placed.position].matches.bounds.surely);
      if (arriving === undefined) return undefined;
      parts.push({ root, packets: arriving });
    }
  }
  const whole = PacketSet.unionOf(parts.map(({ packets }) => packets));
  if (hasAcceptedWitness(compiled, grant, whole)) return whole;
  const decided = budget.run<PacketSet | undefined>(
    () => PacketSet.unionOf(parts.map(({ root, packets }) => decidedBy(compiled, root, grant.rule, packets))),
    () => undefined,
  );
  return decided === undefined || hasAcceptedWitness(compiled, grant, decided) ? decided : PacketSet.none;
}

function hasAcceptedWitness(compiled: AuditContext["compiled"], grant: Grant, packets: PacketSet): boolean {
  const example = packets.witness();
  return example !== undefined && isSurelyAccepted(compiled, grant, example);
}

const ENTERING = { tags: [0] };

/** The packets about which the rule, and nothing else, decides at a root. */
function decidedBy(compiled: AuditContext["compiled"], root: Root, { aces }: Rule, packets: PacketSet): PacketSet {
  const own = new Set(aces.map(({ ace }) => ace.at));
  const { outcomes, mayUntrack } = walkAcl(compiled.acls, root.acl, compiled.at, packets.assign(ENTERING));
  const others = PacketSet.unionOf(outcomes.filter(({ at }) => !own.has(at)).map((other) => other.packets));
  // What other rules decide is told as the packets are then: their tags, and perhaps their states, are others by now.
  return packets.subtract(others.forget(mayUntrack ? ["tags", "states"] : ["tags"]));
}

/** True iff at one of its roots the rule, and nothing else, decides about the packet. */
function isSurelyAccepted(compiled: AuditContext["compiled"], { rule, roots }: Grant, packet: Packet): boolean {
  const own = new Set(rule.aces.map(({ ace }) => ace.at));
  return roots.some(({ acl }) => {
    const { pieces } = walkAcl(compiled.acls, acl, compiled.at, PacketSet.fromPacket(packet).assign(ENTERING));
    return pieces.length > 0 && pieces.every(({ at }) => own.has(at));
  });
}
