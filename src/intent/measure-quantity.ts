/** Finds the numbers that a prerequisite's quantity stands for in a topology. */

import type { Quantity } from "../model/requirement.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Component, Topology } from "../model/topology.js";
import { findFact, type StatedFact } from "./fact-conditions.js";

/** The numbers and what to call them, or which fact is not stated. */
export type Measured =
  | { readonly numbers: readonly number[]; readonly name: string; readonly at?: SourceRef }
  | { readonly missing: string };

/** The numbers of a quantity; a sum or a largest value only where every player of the role states its part. */
export function measure(quantity: Quantity, topology: Topology, component?: Component): Measured {
  switch (quantity.kind) {
    case "number":
      return { numbers: [quantity.value], name: `${quantity.value}` };
    case "fact":
      return readNumbers(quantity.fact, findFact(quantity.fact, topology, component), component);
    default:
      return aggregate(quantity, topology);
  }
}

function aggregate({ kind, fact, role }: Extract<Quantity, { role: string }>, topology: Topology): Measured {
  const players = topology.components.filter(({ roles }) => roles.some(({ name }) => name === role));
  if (players.length === 0) return { missing: `no component plays \`${role}\`` };
  const parts = players.map((player) => readNumbers(fact, player.facts.values.get(fact), player));
  const numbers: number[] = [];
  for (const part of parts) {
    if ("missing" in part) return part;
    numbers.push(...part.numbers);
  }
  const name = kind === "sum" ? `the sum of \`${fact}\` over ${role}` : `the largest \`${fact}\` of ${role}`;
  const combine = kind === "sum" ? (a: number, b: number) => a + b : (a: number, b: number) => Math.max(a, b);
  return { numbers: [numbers.reduce(combine, 0)], name };
}

function readNumbers(fact: string, stated: StatedFact | undefined, component?: Component): Measured {
  const of = component === undefined ? "" : ` of \`${component.name}\``;
  if (stated === undefined) return { missing: `\`${fact}\`${of} is not stated` };
  const values = [stated.value].flat();
  return values.every((value) => typeof value === "number")
    ? { numbers: values as number[], name: `\`${fact}\``, at: stated.at }
    : { missing: `\`${fact}\`${of} is not a number` };
}
