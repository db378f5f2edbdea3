import type { Diagnostic } from "../model/diagnostic.js";
import { nearNames } from "../model/near-names.js";
import type { Catalogue, PrerequisiteComparison } from "../model/requirement.js";
import type { Topology } from "../model/topology.js";
import { orList, problem } from "./problem.js";

/** A warning for each stated fact that no catalogue asks about and whose name is near one that is asked about. */
export function checkFacts(topology: Topology, catalogues: readonly Catalogue[]): Diagnostic[] {
  const asked = new Set(catalogues.flatMap(findAskedFacts));
  const stated = [topology, ...topology.components].flatMap(({ facts }) => [...facts.values]);
  return stated.flatMap(([name, { at }]) => {
    const near = asked.has(name) ? [] : nearNames(name, [...asked]);
    if (near.length === 0) return [];
    const message = `no catalogue asks about the fact \`${name}\``;
    return [problem("warning", "bind/unknown-fact", at, message, `did you mean ${orList(near)}?`)];
  });
}

function findAskedFacts({ requirements, prerequisites }: Catalogue): string[] {
  const checks = prerequisites.flatMap((prerequisite) => prerequisite.checks);
  const conditions = [
    ...requirements.flatMap(({ when, services }) => [...when, ...services.flatMap((service) => service.when ?? [])]),
    ...checks.flatMap(({ when }) => when),
  ];
  return [...conditions.map(({ fact }) => fact), ...checks.flatMap(({ comparison }) => findComparedFacts(comparison))];
}

function findComparedFacts(comparison: PrerequisiteComparison): string[] {
  if ("fact" in comparison) return [comparison.fact];
  if (comparison.kind === "informative") return [];
  return [comparison.value, comparison.bound].flatMap((quantity) => ("fact" in quantity ? quantity.fact : []));
}
