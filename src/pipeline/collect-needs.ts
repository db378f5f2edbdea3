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

export interface Needs {
  readonly packets: readonly Need[];
  readonly requests: readonly RequestNeed[];
  /** Errors: requirements no list makes provable. */
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
  }
  return { packets, requests, diagnostics };
}

// Up to a proxy the packets are for the proxy, from there on for the destination; what the proxy decides is no packet's.
function packetNeeds({ hops, proxied, unknownDestination }: Passage, reason: Reason): Need[] {
  const atProxy = hops.findIndex(({ device }) => device === proxied?.proxy);
  return hops.flatMap(({ device, direction, before: packets }, index): Need[] => {
    if (index === atProxy) return [];
    const hosts = index > atProxy ? unknownDestination?.hosts : undefined;
    return [{ device, direction, packets, reason, ...(hosts && { hosts, ...(proxied && { proxy: proxied.proxy }) }) }];
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
