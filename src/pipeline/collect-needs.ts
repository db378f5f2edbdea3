/** Turns the requirements of a topology into what each of its devices and proxies has to let through. */
import { compileDevice } from "../compile/compile-device.js";
import { openDevice } from "../generate/open-device.js";
import type { Need } from "../generate/plan-allow-lists.js";
import type { RequestNeed } from "../generate/plan-request-lists.js";
import type { Reason } from "../model/allow-list.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { RequirementInstance } from "../model/verdict.js";
import { findPassage, findPassages, type Passage } from "../prove/find-passage.js";
import { createProofContext, type ProofContext } from "../prove/proof-context.js";
import { targetsFor } from "./targets.js";

export interface Needs {
  readonly packets: readonly Need[];
  readonly requests: readonly RequestNeed[];
  /** Errors: requirements no list makes provable; warnings: destinations of which only the name is known. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What the `allow` requirements need: each on the way `findPassage` chooses, or on every way it may take, with filters open
 * or as they are.
 */
export function collectNeeds(
  context: ProofContext,
  instances: readonly RequirementInstance[],
  ways: "one way" | "every way" = "one way",
): Needs {
  const open = openContext(context);
  const packets: Need[] = [];
  const requests: RequestNeed[] = [];
  const diagnostics: Diagnostic[] = [];
  const unknown = new Map<string, Reason[]>();
  for (const instance of instances) {
    if (instance.requirement.expect === "deny") continue;
    const reason = reasonOf(instance);
    const passage = findPassage(open, instance);
    if (passage.kind === "none") {
      diagnostics.push(unreachable(reason, passage.explanation));
      continue;
    }
    const account = instance.requirement.account === undefined ? {} : { account: instance.requirement.account };
    const passages = ways === "one way" ? [passage] : [open, context].flatMap((one) => passagesIn(one, instance));
    for (const one of passages) {
      packets.push(...packetNeeds(one, reason));
      if (one.proxied) requests.push({ proxy: one.proxied.proxy, ...one.proxied.requests, reason, ...account });
    }
    const name = passage.unknownDestination?.name;
    if (name !== undefined) unknown.set(name, [...(unknown.get(name) ?? []), reason]);
  }
  const remarks = [...unknown].map(([name, reasons]) => remarkOn(name, reasons));
  return { packets, requests, diagnostics: [...diagnostics, ...remarks] };
}

// Up to a proxy the packets are for the proxy, from there on for the destination; what the proxy decides is no packet's.
function packetNeeds({ hops, proxied, unknownDestination }: Passage, reason: Reason): Need[] {
  const atProxy = hops.findIndex(({ device }) => device === proxied?.proxy);
  return hops.flatMap(({ device, direction, before: packets }, index): Need[] => {
    const isNamed = unknownDestination !== undefined && index > atProxy;
    if (index === atProxy) return [];
    return [{ device, direction, packets, reason, ...(isNamed && { hosts: unknownDestination.hosts }) }];
  });
}

function passagesIn(context: ProofContext, instance: RequirementInstance): readonly Passage[] {
  const found = findPassages(context, instance);
  return "kind" in found ? [] : found;
}

/** The context with filters and proxies that accept everything; translations stay. */
export function openContext({ index, devices, proxies, names }: ProofContext): ProofContext {
  const open = [...devices].map(([name, { device }]) => [name, compileDevice(openDevice(device), { names })] as const);
  const policies = [...proxies].map(
    ([name, policy]) => [name, { ...policy, aces: [], defaultAction: "accept", onward: "direct" }] as const,
  );
  return createProofContext(index.topology, new Map(open), new Map(policies));
}

/** The instance as the reason for a rule. */
export function reasonOf({ requirement, from, to }: RequirementInstance): Reason {
  const { id, title, owner, expires, at } = requirement;
  return { requirement: id, from, to, purpose: title, ...(owner && { owner }), ...(expires && { expires }), at };
}

function unreachable({ requirement, from, to, at }: Reason, explanation: string): Diagnostic {
  return {
    code: "allow/unreachable",
    severity: "error",
    message: `no rule makes \`${requirement}\` from \`${from}\` to \`${to}\` provable: ${explanation}`,
    at,
    effect: "none",
  };
}

function ableToName(): string {
  const able = targetsFor("device").filter(({ allowLists }) => allowLists?.holdsNames);
  return able.length === 0 ? "" : `, or let ${able.map(({ id }) => id).join(" or ")} or a proxy hold the names`;
}

function remarkOn(name: string, reasons: readonly Reason[]): Diagnostic {
  const [{ to, at }] = reasons as [Reason];
  const ids = [...new Set(reasons.map(({ requirement }) => requirement))].join(", ");
  return {
    code: "allow/unknown-destination",
    severity: "warning",
    message: `only names are known of \`${to}\`: for ${ids} the lists open every public address`,
    help: `state the addresses of \`${name}\` under \`names\`${ableToName()}`,
    at,
    effect: "none",
  };
}
