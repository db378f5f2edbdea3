/** Decides one requirement between two components over every permitted path. */
import type { FlowRequirement } from "../model/requirement.js";
import type { Component, PathKind } from "../model/topology.js";
import type { PathDescription, ProvedPath, RequirementInstance, Verdict } from "../model/verdict.js";
import type { Path } from "../topology/find-paths.js";
import { describeHops, describeRefutation, failingShare } from "./describe-verdict.js";
import type { ProofContext } from "./proof-context.js";
import { proveBySettings } from "./prove-by-settings.js";
import { proveForNames } from "./prove-for-names.js";
import { type PathVerdict, refuseOnPath, type ServiceFlow } from "./prove-path.js";
import { proveViaProxy } from "./prove-via-proxy.js";
import { refuseViaProxy } from "./refuse-via-proxy.js";
import { requestedNames } from "./required-requests.js";

/**
 * The verdict on a requirement between two components. `allow`: proved iff on some permitted path every required packet
 * surely has its whole conversation. `deny`: proved iff on no permitted path a forbidden packet possibly arrives.
 * `permitted` narrows the kinds of path to look at.
 */
export function proveRequirement(
  context: ProofContext,
  instance: RequirementInstance,
  permitted: (kind: PathKind) => boolean,
): Verdict {
  const from = context.index.components.get(instance.from) as Component;
  const to = context.index.components.get(instance.to) as Component;
  const { expect, paths: kinds, services } = instance.requirement;
  const flow = { from, to, services };
  const isPermitted = (kind: PathKind): boolean => kinds.includes(kind) && permitted(kind);
  const search = context.pathsBetween(from.networks, to.networks);
  const direct = search.paths.filter((path) => isPermitted(path.kind));
  const assumptionsOf = (attempts: readonly PathVerdict[]): string[] => [
    ...(search.complete ? [] : [`only the ${search.paths.length} shortest paths were looked at`]),
    ...new Set(attempts.flatMap(({ path }) => legsOf(context, path)).flatMap((leg) => unaskedGuards(context, leg))),
  ];
  if (expect === "deny") {
    const verdicts = direct.map((path) => refuseOnPath(context, flow, path));
    const viaProxy = isPermitted("proxy") ? refuseViaProxy(context, instance.requirement, flow) : [];
    const attempts = [...verdicts, ...viaProxy];
    return verdictOnDenied(context, instance, attempts, assumptionsOf(attempts), search.complete);
  }
  const attempts = attemptsFor(context, instance.requirement, flow, direct, isPermitted("proxy"));
  return verdictOnAllowed(context, instance, attempts, assumptionsOf(attempts), search.complete);
}

// Where the source has proxy settings, they alone choose among the ways of requests.
function attemptsFor(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  direct: readonly Path[],
  isProxyPermitted: boolean,
): readonly PathVerdict[] {
  const settings = context.choosing.settings.get(flow.from.name);
  if (isProxyPermitted && settings !== undefined) return proveBySettings(context, requirement, flow, settings, direct);
  const names = requestedNames(requirement, flow.to);
  const verdicts = direct.map((path) => proveForNames(context, flow, path, names));
  return [...verdicts, ...(isProxyPermitted ? proveViaProxy(context, requirement, flow) : [])];
}

// The way to a proxy and the way on from it are two flows.
function legsOf({ proxies }: ProofContext, { nodes }: PathDescription): (readonly string[])[] {
  const proxy = nodes.findIndex((node) => proxies.has(node));
  return proxy < 0 ? [nodes] : [nodes.slice(0, proxy), nodes.slice(proxy + 1)];
}

// What protects a network stands before its hosts; packets that only cross the network do not come by it.
function unaskedGuards({ index }: ProofContext, leg: readonly string[]): string[] {
  return leg
    .slice(1, -1)
    .flatMap((network) =>
      (index.guardsOfNetwork.get(network) ?? []).map(
        ({ name }) => `\`${name}\` protects the hosts of \`${network}\` and is not asked about packets that cross it`,
      ),
    );
}

function verdictOnAllowed(
  context: ProofContext,
  instance: RequirementInstance,
  attempts: readonly PathVerdict[],
  assumptions: readonly string[],
  isComplete: boolean,
): Verdict {
  const proved = attempts.filter((attempt) => attempt.kind === "proved");
  if (proved.length > 0) {
    return { ...instance, kind: "proved", paths: proved.map((attempt) => provedPath(context, attempt)), assumptions };
  }
  const open = nearestMiss(attempts.filter((attempt) => attempt.kind === "undecided"));
  if (open !== undefined) return undecided(context, instance, open, assumptions);
  if (!isComplete) return undecidedForPaths(instance, assumptions);
  const refuted = nearestMiss(attempts);
  if (refuted === undefined) return noPath(instance, assumptions);
  return { ...instance, ...describeRefutation(context, refuted), kind: "refuted", assumptions };
}

function verdictOnDenied(
  context: ProofContext,
  instance: RequirementInstance,
  attempts: readonly PathVerdict[],
  assumptions: readonly string[],
  isComplete: boolean,
): Verdict {
  if (attempts.length === 0) return noPath(instance, assumptions);
  const reached = attempts.find((attempt) => attempt.kind === "refuted");
  if (reached !== undefined) {
    return { ...instance, ...describeRefutation(context, reached), kind: "refuted", assumptions };
  }
  const open = attempts.find((attempt) => attempt.kind === "undecided");
  if (open !== undefined) return undecided(context, instance, open, assumptions);
  if (!isComplete) return undecidedForPaths(instance, assumptions);
  return { ...instance, kind: "proved", paths: attempts.map((attempt) => provedPath(context, attempt)), assumptions };
}

function provedPath(context: ProofContext, attempt: PathVerdict): ProvedPath {
  return { path: attempt.path, hops: describeHops(context, attempt.hops) };
}

function undecided(
  context: ProofContext,
  instance: RequirementInstance,
  open: PathVerdict,
  assumptions: readonly string[],
): Verdict {
  const { path, because, explanation } = open;
  return {
    ...instance,
    kind: "undecided",
    because,
    explanation,
    path,
    hops: describeHops(context, open.hops),
    assumptions,
  };
}

function undecidedForPaths(instance: RequirementInstance, assumptions: readonly string[]): Verdict {
  const explanation = "there are more paths than were looked at";
  const because = [{ condition: explanation, at: instance.requirement.at }];
  return { ...instance, kind: "undecided", because, explanation, hops: [], assumptions };
}

function noPath(instance: RequirementInstance, assumptions: readonly string[]): Verdict {
  const { paths } = instance.requirement;
  const explanation = `the topology has no ${alternatives(paths)} path from \`${instance.from}\` to \`${instance.to}\``;
  const nothing = { hops: [], nearMisses: [], failing: [], failingShare: 1 };
  return { ...instance, ...nothing, kind: "refuted", reason: "no-path", explanation, assumptions };
}

function alternatives(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" or ");
}

/** The verdict on a requirement whose roles no pair of components plays: refuted, never silently proved. */
export function noBinding(instance: RequirementInstance, explanation: string): Verdict {
  const nothing = { hops: [], nearMisses: [], failing: [], failingShare: 1, assumptions: [] };
  return { ...instance, ...nothing, kind: "refuted", reason: "no-binding", explanation };
}

function nearestMiss(attempts: readonly PathVerdict[]): PathVerdict | undefined {
  return attempts.reduce<PathVerdict | undefined>(
    (best, attempt) => (best === undefined || isNearer(attempt, best) ? attempt : best),
    undefined,
  );
}

// Of equally long ways, one the routes take is nearer than one they do not, and one that fails for less is nearer still.
function isNearer(a: PathVerdict, b: PathVerdict): boolean {
  if (a.progress !== b.progress) return a.progress > b.progress;
  const [isLostA, isLostB] = [a.reason === "misdelivered", b.reason === "misdelivered"];
  return isLostA === isLostB ? failingShare(a) < failingShare(b) : isLostB;
}
