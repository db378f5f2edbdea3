import type { Diagnostic } from "../model/diagnostic.js";
import { helpForName } from "../model/near-names.js";
import type { Catalogue } from "../model/requirement.js";
import type { Topology } from "../model/topology.js";
import { problem } from "./problem.js";

/** An error for each role of a component that no catalogue knows. */
export function checkRoles(topology: Topology, catalogues: readonly Catalogue[]): Diagnostic[] {
  const known = new Set(catalogues.flatMap(({ roles }) => [...roles.keys()]));
  const unknown = topology.components.flatMap(({ roles }) => roles).filter(({ name }) => !known.has(name));
  return unknown.map(({ name, at }) => {
    const help = helpForName(name, [...known]) ?? NO_CATALOGUE;
    return problem("error", "bind/unknown-role", at, `no catalogue knows the role \`${name}\``, help);
  });
}

const NO_CATALOGUE = "name catalogues under `catalogues:`; they say which roles there are";
