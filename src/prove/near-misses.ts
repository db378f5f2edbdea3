/** Finds the rules that nearly let refused packets through: what a person would look at first to mend it. */
import { type CompiledAce, CompiledAcl } from "../compile/compile-acl.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import { type Ace, calledAcls, type Evaluation } from "../model/acl.js";
import { type PortRange, PROTOCOL_NUMBERS, type Service } from "../model/service.js";
import type { NearMiss } from "../model/verdict.js";
import type { PacketField, PacketSet } from "../sets/packet-set.js";
import type { FlowHop } from "./push-flows.js";

const SHOWN = 3;

/** Ways in which a rule can miss packets by one thing alone, likeliest mistake first. */
const FIELDS: readonly { readonly field: PacketField; readonly difference: string }[] = [
  { field: "destinationPorts", difference: "another destination port" },
  { field: "destinations", difference: "another destination" },
  { field: "sources", difference: "another source" },
  { field: "egressInterfaces", difference: "another egress interface" },
  { field: "ingressInterfaces", difference: "another ingress interface" },
  { field: "sourcePorts", difference: "another source port" },
];

interface Rule {
  readonly ace: Ace;
  readonly evaluation: Evaluation;
  /** What it matches as it is; with tcp and udp exchanged. */
  readonly written: CompiledAce;
  readonly exchanged: CompiledAce;
}

interface Candidate extends NearMiss {
  readonly rank: number;
}

/**
 * Accepting rules of the stage that refused packets at a hop which would take some of them if one thing were
 * different: were it enabled, asked earlier, or written for another port, address, interface or protocol. Best first.
 */
export function findNearMisses(device: CompiledDevice, hop: FlowHop, refused: PacketSet): NearMiss[] {
  const loosened = FIELDS.map(({ field }) => refused.forget([field]));
  const misses = aclsOfStage(device, hop)
    .flatMap((acl) => missesIn(acceptingAces(device, acl), refused, loosened))
    .sort((a, b) => a.rank - b.rank);
  const [best] = misses;
  return misses
    .filter(({ rank }) => best !== undefined && rank < best.rank + 1)
    .slice(0, SHOWN)
    .map(({ rank: _, ...miss }) => miss);
}

/** The acl of the stage that decided, and those it can jump to. */
function aclsOfStage({ device, acls }: CompiledDevice, { decisions }: FlowHop): CompiledAcl[] {
  const hook = decisions[decisions.length - 1]?.hook;
  const stages = [...device.stages.input, ...device.stages.forward, ...device.stages.output];
  const names = new Set(stages.filter((stage) => stage.hook === hook).map((stage) => stage.acl));
  for (const name of names) {
    const compiled = acls.get(name);
    for (const called of compiled === undefined ? [] : calledAcls(compiled.acl)) names.add(called);
  }
  return [...names].flatMap((name) => acls.get(name) ?? []);
}

/** The accepting rules of an acl, disabled ones too: as they are, and with tcp and udp exchanged. Same order in all. */
interface AcceptingAces {
  readonly aces: readonly Ace[];
  readonly evaluation: Evaluation;
  readonly written: CompiledAcl;
  readonly exchanged: CompiledAcl;
}

// Many flows are refused by the same acl, and indexing its rules takes longer than asking the index.
const known = new WeakMap<CompiledAcl, AcceptingAces>();

function acceptingAces({ resolver }: CompiledDevice, compiled: CompiledAcl): AcceptingAces {
  const found = known.get(compiled);
  if (found !== undefined) return found;
  const aces = compiled.acl.aces.filter(({ action }) => action.kind === "accept");
  const asIf = (change: (ace: Ace) => Ace): CompiledAcl => {
    const changed = aces.map((ace) => ({ ...change(ace), enabled: true }));
    return new CompiledAcl({ ...compiled.acl, evaluation: "first-match", aces: changed }, resolver);
  };
  const { evaluation } = compiled.acl;
  const made = { aces, evaluation, written: asIf((ace) => ace), exchanged: asIf(withOtherTransport) };
  known.set(compiled, made);
  return made;
}

function missesIn(accepting: AcceptingAces, refused: PacketSet, loosened: readonly PacketSet[]): Candidate[] {
  const { aces, evaluation, written, exchanged } = accepting;
  const near = new Set([
    ...[refused, ...loosened].flatMap((packets) => [...written.candidates(packets)]),
    ...exchanged.candidates(refused),
  ]);
  return [...near]
    .sort((a, b) => a - b)
    .flatMap((position) => {
      const compiled = { written: written.aces[position], exchanged: exchanged.aces[position] };
      return nearMiss({ ace: aces[position], evaluation, ...compiled }, refused, loosened) ?? [];
    });
}

function nearMiss(rule: Rule, refused: PacketSet, loosened: readonly PacketSet[]): Candidate | undefined {
  const { ace, written, exchanged } = rule;
  const { surely, possibly: matched } = written.matches.bounds;
  const found = (rank: number, difference: string): Candidate => ({ at: ace.at, ace: ace.name, difference, rank });
  if (matched.overlaps(refused)) {
    // A rule for every service, such as a built-in one, comes too late for everything: seldom the one that was meant.
    const isBroad = ace.matches.service === undefined && ace.matches.tuples === undefined;
    return found(isBroad ? 1.5 : 0, whyNotAccepted(rule, surely.overlaps(refused)));
  }
  if (!ace.enabled) return undefined;
  const position = loosened.findIndex((packets) => matched.overlaps(packets));
  const by = FIELDS[position];
  if (by !== undefined)
    return found(1 + position + portDistance(by.field, matched, refused), `it is for ${by.difference}`);
  return exchanged.matches.bounds.possibly.overlaps(refused) ? found(1, "it is for another protocol") : undefined;
}

function whyNotAccepted({ ace, evaluation }: Rule, isSure: boolean): string {
  if (!ace.enabled) return "it is disabled";
  if (!isSure) return "it holds only under conditions";
  return evaluation === "drop-overrides" ? "a rule that drops overrides it" : "it is asked too late";
}

// Of the rules for other ports the numerically nearest is the likeliest slip.
function portDistance(field: PacketField, matched: PacketSet, refused: PacketSet): number {
  if (field !== "destinationPorts") return 0;
  const wanted = portsOf(refused);
  const distances = portsOf(matched.intersect(refused.forget([field]))).flatMap((port) =>
    wanted.map((range) => Math.max(port.first - range.last, range.first - port.last, 0)),
  );
  return Math.min(...distances, 65535) / 65536;
}

function portsOf(packets: PacketSet): PortRange[] {
  return [...packets.boxes()].flatMap(({ destinationPorts }) => destinationPorts ?? []);
}

/** The rule as it would be with tcp written for udp and the other way round. */
function withOtherTransport(ace: Ace): Ace {
  const service = ace.matches.service?.map((list) => ({
    ...list,
    operands: list.operands.map((operand) =>
      "literal" in operand ? { literal: exchangeTransport(operand.literal) } : operand,
    ),
  }));
  return { ...ace, matches: { ...ace.matches, ...(service && { service }) } };
}

function exchangeTransport({ tcpFlags: _, ...service }: Service): Service {
  const { tcp, udp } = PROTOCOL_NUMBERS;
  if (service.protocol === tcp) return { ...service, protocol: udp };
  return service.protocol === udp ? { ...service, protocol: tcp } : service;
}
