import type { Diagnostic } from "../model/diagnostic.js";
import { nearNames } from "../model/near-names.js";
import type { Catalogue } from "../model/requirement.js";
import type { Topology } from "../model/topology.js";
import { orList, problem } from "./problem.js";

/** An error for each role of a component that no catalogue knows. */
export function checkRoles(topology: Topology, catalogues: readonly Catalogue[]): Diagnostic[] {
  const known = new Set(catalogues.flatMap(({ roles }) => [...roles.keys()]));
  const unknown = topology.components.flatMap(({ roles }) => roles).filter(({ name }) => !known.has(name));
  return unknown.map(({ name, at }) => {
    const near = nearNames(name, [...known]);
    const help = near.length > 0 ? `did you mean ${orList(near)}?` : whatThereIs([...known]);
    return problem("error", "bind/unknown-role", at, `no catalogue knows the role \`${name}\``, help);
  });
}

function whatThereIs(roles: readonly string[]): string {
  return roles.length === 0
    ? "name catalogues under `catalogues:`; they say which roles there are"
    : `there are ${orList(roles)}`;
}
