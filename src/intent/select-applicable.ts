/** Finds what of the catalogues a topology asks for. */

import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import { helpForName } from "../model/near-names.js";
import type { Catalogue, FlowRequirement, Prerequisite } from "../model/requirement.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Mention, Topology } from "../model/topology.js";
import { problem } from "./problem.js";

/** What applies, each in the order of its catalogue and with the place that asks for it. */
export interface Applicable {
  readonly requirements: readonly { readonly requirement: FlowRequirement; readonly askedAt: SourceRef }[];
  readonly prerequisites: readonly Prerequisite[];
}

/**
 * Everything the topology's scenarios hold. All of a catalogue applies where the topology names no scenario and where
 * the catalogue has none; a scenario no catalogue knows is an error.
 */
export function selectApplicable(topology: Topology, catalogues: readonly Catalogue[]): Parsed<Applicable> {
  const known = catalogues.flatMap(({ scenarios }) => scenarios.map(({ name }) => name));
  const selections = catalogues.map((catalogue) => selectOf(catalogue, topology));
  return {
    value: {
      requirements: selections.flatMap(({ requirements }) => requirements),
      prerequisites: selections.flatMap(({ prerequisites }) => prerequisites),
    },
    diagnostics: topology.scenarios
      .filter(({ name }) => known.length > 0 && !known.includes(name))
      .map((scenario) => describeUnknown(scenario, known)),
  };
}

function selectOf(catalogue: Catalogue, topology: Topology): Applicable {
  const whole = topology.catalogues.find(({ name }) => name === catalogue.name);
  if (topology.scenarios.length === 0 || catalogue.scenarios.length === 0) {
    const requirements = catalogue.requirements.map((requirement) => ({
      requirement,
      askedAt: whole?.at ?? requirement.at,
    }));
    return { requirements, prerequisites: catalogue.prerequisites };
  }
  const askedAt = new Map<string, SourceRef>();
  for (const { name, at } of topology.scenarios) {
    const scenario = catalogue.scenarios.find((candidate) => candidate.name === name);
    for (const id of [...(scenario?.requirements ?? []), ...(scenario?.prerequisites ?? [])]) {
      if (!askedAt.has(id)) askedAt.set(id, at);
    }
  }
  return {
    requirements: catalogue.requirements.flatMap((requirement) => {
      const at = askedAt.get(requirement.id);
      return at === undefined ? [] : { requirement, askedAt: at };
    }),
    prerequisites: catalogue.prerequisites.filter(({ id }) => askedAt.has(id)),
  };
}

function describeUnknown({ name, at }: Mention, known: readonly string[]): Diagnostic {
  const help = helpForName(name, known);
  return problem("error", "bind/unknown-scenario", at, `no catalogue has a scenario \`${name}\``, help);
}
