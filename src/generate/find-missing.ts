/** Finds which needed packets a device's filters do not surely accept, and what stops them: where a rule is missing. */
import { surelyAccepted } from "../compile/branch.js";
import { type CompiledDevice, type CompileOptions, compileDevice } from "../compile/compile-device.js";
import { passFirst } from "../compile/pass-device.js";
import type { Action } from "../model/acl.js";
import type { Reason } from "../model/allow-list.js";
import type { Device, Direction } from "../model/device.js";
import type { ConnectionState } from "../model/matches.js";
import type { Decision } from "../model/verdict.js";
import { Budget } from "../sets/budget.js";
import { parseHostSet, uniteHostTexts } from "../sets/host-set.js";
import type { PacketSet } from "../sets/packet-set.js";
import { entriesOfPackets } from "./entries-of-packets.js";
import { type Fault, joinFaults } from "./fault.js";
import { findPlace, type Place } from "./find-place.js";
import { narrowingOf } from "./narrow-ace.js";
import { FilterView, mapStages, REVERSE } from "./open-device.js";
import type { Need } from "./plan-allow-lists.js";

/** What the needs lack at the device, grouped by what stops them; of needs with hosts, what each of these lacks. */
export function findMissing(device: Device, needs: readonly Need[], options: CompileOptions): Fault[] {
  const view = new FilterView(device, options);
  const filtering = mapStages(device, (stages) => stages.filter(({ kind }) => kind === "filter"));
  const filters = compileDevice(filtering, options);
  const stopped = needs.flatMap(({ direction, packets, hosts, reason }) => {
    const legs = legsOf(device, direction, view.at(direction, packets));
    if (hosts === undefined) return legs.flatMap((leg) => stoppedOnLeg(filters, leg, reason));
    return hosts.flatMap((host) => {
      const asking = compileDevice(filtering, { ...options, requested: parseHostSet([host]) });
      return legs.flatMap((leg) => stoppedOnLeg(asking, leg, reason)).map((fault) => withHost(fault, host));
    });
  });
  return joinFaults(stopped).map((missing) => {
    const narrowing = narrowingOf(filters, missing);
    return narrowing === undefined ? missing : { ...missing, narrowing };
  });
}

function withHost(fault: Fault, host: string): Fault {
  return { ...fault, entries: fault.entries.map((entry) => ({ ...entry, hosts: uniteHostTexts([host]) })) };
}

interface Leg {
  readonly direction: Direction;
  readonly state?: ConnectionState;
  readonly packets: PacketSet;
}

const ACCEPT: Action = { kind: "accept" };

// Of a conversation only what the device asks its filters about.
function legsOf({ tracking }: Device, direction: Direction, seen: PacketSet): Leg[] {
  const back = { direction: REVERSE[direction], packets: seen.mirror() };
  if (tracking === "implicit") return [{ direction, packets: seen }];
  if (tracking === "none") return [{ direction, packets: seen }, back];
  const known = (leg: Leg): Leg => ({
    ...leg,
    state: "established",
    packets: leg.packets.assign({ states: ["established"], tcpFlags: LATER_FLAGS }),
  });
  return [{ direction, packets: seen, state: "new" }, known({ direction, packets: seen }), known(back)];
}

const ACK = 16;
const LATER_FLAGS = [ACK, ACK + 8, ACK + 1].map((value) => ({ mask: 255, value }));

function stoppedOnLeg(filters: CompiledDevice, { direction, state, packets }: Leg, reason: Reason): Fault[] {
  const branches = passFirst(filters, direction, packets, new Budget(LEG_BUDGET));
  let open = packets.subtract(surelyAccepted(branches));
  const found: Fault[] = [];
  for (const { flows, disposition, decisions } of branches) {
    const decision = decisions.at(-1);
    const part = flows.intersect(open);
    if (disposition === "accept" || decision === undefined || part.isEmpty) continue;
    open = open.subtract(part);
    const entries = entriesOfPackets(part, direction, reason);
    const place = placeOf(filters, direction, decision, part);
    found.push({ direction, entries, place, action: ACCEPT, ...(state !== undefined && { state }) });
  }
  return found;
}

// Where drops override whatever the order, the only place is the one that decides.
function placeOf(filters: CompiledDevice, direction: Direction, decision: Decision, packets: PacketSet): Place {
  const name = filters.device.stages[direction].find(({ hook }) => hook === decision.hook)?.acl ?? decision.acl;
  const isOrdered = filters.acls.get(name)?.acl.evaluation === "first-match";
  return (isOrdered ? findPlace(filters, name, packets) : undefined) ?? decision;
}

const LEG_BUDGET = 1_000_000;
