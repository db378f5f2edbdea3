import type { FactCondition } from "../model/requirement.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Component, FactValue, Topology } from "../model/topology.js";

/** A stated fact and where it is stated. */
export interface StatedFact {
  readonly value: FactValue;
  readonly at: SourceRef;
}

/** The fact as the component states it, else as the topology does; undefined iff neither states it. */
export function findFact(name: string, topology: Topology, component?: Component): StatedFact | undefined {
  return component?.facts.values.get(name) ?? topology.facts.values.get(name);
}

/** Whether a stated fact is as a condition wants it; a list is iff one of its items is. */
export function isEqual(fact: StatedFact, wanted: FactValue): boolean {
  return [fact.value].flat().some((value) => value === wanted);
}

/** False iff a fact stated for the flow contradicts a condition. */
export function mayHold(
  conditions: readonly FactCondition[],
  topology: Topology,
  ends: { readonly source?: Component; readonly destination?: Component } = {},
): boolean {
  return conditions.every(({ fact, equals, of = "topology" }) => {
    const end = of === "topology" ? undefined : ends[of];
    // Asked before the ends are known, a condition on an end is still open.
    if (of !== "topology" && end === undefined) return true;
    const stated = findFact(fact, topology, end);
    return stated === undefined || isEqual(stated, equals);
  });
}
