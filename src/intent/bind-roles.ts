/** Turns requirements between roles into requirements between the components that play them. */

import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import { helpForName } from "../model/near-names.js";
import type { Catalogue, FlowRequirement } from "../model/requirement.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Component, Topology } from "../model/topology.js";
import type { RequirementInstance } from "../model/verdict.js";
import { mayHold } from "./fact-conditions.js";
import { orList, problem, sortByPosition } from "./problem.js";
import { selectApplicable } from "./select-applicable.js";

/** What there is to prove. */
export interface Binding {
  readonly instances: readonly RequirementInstance[];
  /** Requirements without any pair of components; `from` and `to` are the roles. To be refuted with `no-binding`. */
  readonly unbound: readonly { readonly instance: RequirementInstance; readonly explanation: string }[];
}

/**
 * Every pair of components an applicable requirement is about; conditional services that do not apply are left out of
 * its requirement. A requirement ends up in `instances`, in `unbound`, or in an info that says why it asks nothing.
 * `only`: ids, or beginnings of ids up to a `-`; empty: all.
 */
export function bindRoles(
  topology: Topology,
  catalogues: readonly Catalogue[],
  options: { readonly only: readonly string[] },
): Parsed<Binding> {
  const { value: applicable, diagnostics } = selectApplicable(topology, catalogues);
  const binder = new Binder(topology);
  for (const { requirement, askedAt } of applicable.requirements) {
    if (isWanted(requirement.id, options.only)) binder.bind(requirement, askedAt);
  }
  const ids = applicable.requirements.map(({ requirement }) => requirement.id);
  return {
    value: { instances: binder.instances, unbound: binder.unbound },
    diagnostics: sortByPosition([
      ...diagnostics,
      ...options.only.flatMap((only) => checkWanted(only, ids, topology)),
      ...binder.diagnostics,
      ...binder.describeUnplayedRoles(),
    ]),
  };
}

function isWanted(id: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((wanted) => id === wanted || id.startsWith(`${wanted}-`));
}

function checkWanted(only: string, ids: readonly string[], topology: Topology): Diagnostic[] {
  if (ids.some((id) => isWanted(id, [only]))) return [];
  const help = helpForName(only, ids);
  const at = { file: topology.file, line: 1, column: 1 };
  return [problem("error", "bind/unknown-id", at, `no requirement that applies here is called \`${only}\``, help)];
}

class Binder {
  readonly instances: RequirementInstance[] = [];
  readonly unbound: Binding["unbound"][number][] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #topology: Topology;
  readonly #players = new Map<string, Component[]>();
  readonly #sites: ReadonlyMap<string, string>;
  readonly #unplayed = new Map<string, { roles: readonly string[]; ids: string[]; askedAt: SourceRef }>();

  constructor(topology: Topology) {
    this.#topology = topology;
    this.#sites = new Map(topology.networks.map(({ name, site }) => [name, site]));
    for (const component of topology.components) {
      for (const { name } of component.roles) {
        const players = this.#players.get(name);
        if (players === undefined) this.#players.set(name, [component]);
        else players.push(component);
      }
    }
  }

  bind(requirement: FlowRequirement, askedAt: SourceRef): void {
    const { id, from, to, when } = requirement;
    if (!mayHold(when, this.#topology)) {
      this.#note("not-applicable", askedAt, `${id} asks nothing here: the facts of the topology rule it out`);
      return;
    }
    const [sources, destinations] = [this.#findPlayers(from), this.#findPlayers(to)];
    if (sources.length === 0) this.#noteUnplayed(from, id, askedAt);
    if (destinations.length === 0) this.#noteUnplayed(to, id, askedAt);
    const missing = [sources.length === 0 ? from : [], destinations.length === 0 ? to : []].filter(
      ({ length }) => length,
    );
    if (missing.length > 0) {
      this.#leaveUnbound(requirement, `no component plays ${missing.map(orList).join(" and none ")}`);
    } else this.#bindPairs(requirement, sources, destinations, askedAt);
  }

  #bindPairs(
    requirement: FlowRequirement,
    sources: readonly Component[],
    destinations: readonly Component[],
    askedAt: SourceRef,
  ): void {
    const before = this.instances.length;
    const { id, pairs } = requirement;
    let others = 0;
    let placed = 0;
    for (const source of sources) {
      for (const destination of destinations) {
        if (source === destination) continue;
        others++;
        if (!this.#isPlaced(source, destination, pairs)) continue;
        placed++;
        const narrowed = this.#narrow(requirement, source, destination);
        if (narrowed !== undefined) {
          this.instances.push({ requirement: narrowed, from: source.name, to: destination.name });
        }
      }
    }
    if (this.instances.length > before) return;
    if (placed > 0) {
      this.#note("not-applicable", askedAt, `${id} asks nothing here: the facts of the components rule it out`);
    } else if (others > 0) {
      const where = pairs === "different-site" ? "on different sites" : "on the same site";
      this.#leaveUnbound(requirement, `no two components with the roles are ${where}`);
    } else {
      this.#note("same-machine", askedAt, `${id} needs no network: \`${sources[0]?.name}\` plays both roles`);
    }
  }

  /** The requirement with the services that apply between the two; undefined iff none does. */
  #narrow(requirement: FlowRequirement, source: Component, destination: Component): FlowRequirement | undefined {
    const ends = { source, destination };
    if (!mayHold(requirement.when, this.#topology, ends)) return undefined;
    const services = requirement.services.filter(({ when = [] }) => mayHold(when, this.#topology, ends));
    if (services.length === 0) return undefined;
    return services.length === requirement.services.length ? requirement : { ...requirement, services };
  }

  #isPlaced(source: Component, destination: Component, pairs: FlowRequirement["pairs"]): boolean {
    if (pairs === "all") return true;
    const sites = new Set(source.networks.map((network) => this.#sites.get(network)));
    const isShared = destination.networks.some((network) => sites.has(this.#sites.get(network)));
    return isShared === (pairs === "same-site");
  }

  #findPlayers(roles: readonly string[]): readonly Component[] {
    return [...new Set(roles.flatMap((role) => this.#players.get(role) ?? []))];
  }

  #leaveUnbound(requirement: FlowRequirement, explanation: string): void {
    const [from, to] = [requirement.from.join(" or "), requirement.to.join(" or ")];
    this.unbound.push({ instance: { requirement, from, to }, explanation });
  }

  #note(slug: string, at: SourceRef, message: string): void {
    this.diagnostics.push(problem("info", `bind/${slug}`, at, message));
  }

  #noteUnplayed(roles: readonly string[], id: string, askedAt: SourceRef): void {
    const key = roles.join(" ");
    const known = this.#unplayed.get(key);
    if (known === undefined) this.#unplayed.set(key, { roles, ids: [id], askedAt });
    else if (!known.ids.includes(id)) known.ids.push(id);
  }

  /** One warning for each role (or choice of roles) that requirements need and nobody plays. */
  describeUnplayedRoles(): Diagnostic[] {
    return [...this.#unplayed.values()].map(({ roles, ids, askedAt }) => {
      const message = `no component plays ${orList(roles)}, which ${ids.join(", ")} ${ids.length === 1 ? "needs" : "need"}`;
      const help = `add \`roles: [${roles[0]}]\` to a component, or name a scenario that does without`;
      return problem("warning", "bind/unplayed-role", askedAt, message, help);
    });
  }
}
