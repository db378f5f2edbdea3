/** Proves the requirements of a topology: read, bind, push, decide. */
import { bindRoles } from "../intent/bind-roles.js";
import { checkFacts } from "../intent/check-facts.js";
import { checkPrerequisites } from "../intent/check-prerequisites.js";
import { checkRoles } from "../intent/check-roles.js";
import type { Analysis } from "../model/analysis.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProveInputs, ProveOptions } from "../model/inputs.js";
import type { PathKind } from "../model/topology.js";
import type { RequirementInstance, Verdict } from "../model/verdict.js";
import type { ProofContext } from "../prove/proof-context.js";
import { noBinding, proveRequirement } from "../prove/prove-requirement.js";
import { listAssumptions } from "./list-assumptions.js";
import { type LoadedTopology, loadTopology } from "./load-topology.js";

/** The analysis, or (undefined) every mistake that keeps the inputs from being used. */
export interface ProofRun {
  readonly analysis: Analysis | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Decides every requirement of the catalogues that applies to the topology. */
export function proveTopology(inputs: ProveInputs, options: ProveOptions): ProofRun {
  return proveLoaded(loadTopology(inputs), options);
}

/** The same for a topology that is loaded. */
export function proveLoaded(loaded: LoadedTopology, options: ProveOptions): ProofRun {
  const { topology, catalogues, context, coverage, diagnostics, sources } = loaded;
  const binding = bindRoles(topology, catalogues, { only: options.only });
  const all = [
    ...diagnostics,
    ...checkRoles(topology, catalogues),
    ...checkFacts(topology, catalogues),
    ...binding.diagnostics,
  ];
  if (context === undefined || all.some(({ severity }) => severity === "error")) {
    return { analysis: undefined, diagnostics: all };
  }
  const bound = proveAll(context, binding.value.instances, options);
  const unbound = binding.value.unbound.map(({ instance, explanation }) => noBinding(instance, explanation));
  const analysis: Analysis = {
    topology,
    catalogues,
    verdicts: [...bound, ...unbound],
    prerequisites: checkPrerequisites(topology, catalogues),
    contradictions: catalogues.flatMap((catalogue) => catalogue.contradictions),
    coverage,
    diagnostics: all,
    assumptions: listAssumptions(topology),
    sources,
  };
  return { analysis, diagnostics: all };
}

const MANY = 500;

/** Each in turn; of many it tells after every tenth part how far it is. */
function proveAll(
  context: ProofContext,
  instances: readonly RequirementInstance[],
  { path, onStep }: ProveOptions,
): Verdict[] {
  const permitted = (kind: PathKind): boolean => path === undefined || path === kind;
  const part = instances.length < MANY ? Number.POSITIVE_INFINITY : Math.ceil(instances.length / 10);
  return instances.map((instance, index) => {
    if (index % part === 0 && Number.isFinite(part)) onStep?.(`proved ${index} of ${instances.length} flows`);
    return proveRequirement(context, instance, permitted);
  });
}
