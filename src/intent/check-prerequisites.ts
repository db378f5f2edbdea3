/** Compares the facts a topology states with what the sources of its catalogues demand. */

import type {
  Catalogue,
  FactCondition,
  Prerequisite,
  PrerequisiteCheck,
  PrerequisiteComparison,
} from "../model/requirement.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Component, FactValue, Topology } from "../model/topology.js";
import type { PrerequisiteResult } from "../model/verdict.js";
import { findFact, isEqual } from "./fact-conditions.js";
import { measure } from "./measure-quantity.js";
import { selectApplicable } from "./select-applicable.js";

/** The answer for every check that applies and each component it asks; `unchecked` iff a fact it needs is not stated. */
export function checkPrerequisites(topology: Topology, catalogues: readonly Catalogue[]): PrerequisiteResult[] {
  const { prerequisites } = selectApplicable(topology, catalogues).value;
  return prerequisites.flatMap((prerequisite) =>
    prerequisite.checks.flatMap((check) => answer(prerequisite, check, topology)),
  );
}

type Outcome = Pick<PrerequisiteResult, "outcome" | "explanation" | "at">;

function answer({ id }: Prerequisite, check: PrerequisiteCheck, topology: Topology): PrerequisiteResult[] {
  const { role, statement, severity } = check;
  const result = (outcome: Outcome, component?: Component): PrerequisiteResult => ({
    id,
    title: statement,
    severity,
    ...outcome,
    ...(component === undefined ? {} : { component: component.name }),
  });
  if (role === undefined) return answerOne(check, topology).map((outcome) => result(outcome));
  const players = topology.components.filter(({ roles }) => roles.some(({ name }) => name === role));
  if (players.length === 0) return [result(unchecked(`no component plays \`${role}\``))];
  return players.flatMap((component) => {
    return answerOne(check, topology, component).map((outcome) => result(outcome, component));
  });
}

function answerOne({ when, comparison }: PrerequisiteCheck, topology: Topology, component?: Component): Outcome[] {
  const facts = when.map((condition) => ({ condition, stated: findFact(condition.fact, topology, component) }));
  if (facts.some(({ condition, stated }) => stated !== undefined && !isEqual(stated, condition.equals))) return [];
  const open = facts.find(({ stated }) => stated === undefined);
  return [open === undefined ? compare(comparison, topology, component) : unstated(open.condition)];
}

function unstated({ fact, equals }: FactCondition): Outcome {
  return unchecked(`it depends on \`${fact}\` being \`${equals}\`, which is not stated`);
}

function unchecked(explanation: string): Outcome {
  return { outcome: "unchecked", explanation };
}

function compare(comparison: PrerequisiteComparison, topology: Topology, component?: Component): Outcome {
  switch (comparison.kind) {
    case "informative":
      return unchecked("no fact can tell");
    case "at-most":
    case "at-least":
      return compareNumbers(comparison, topology, component);
    default:
      return compareItems(comparison, topology, component);
  }
}

function compareNumbers(
  { kind, value, bound }: Extract<PrerequisiteComparison, { kind: "at-most" | "at-least" }>,
  topology: Topology,
  component?: Component,
): Outcome {
  const [left, right] = [measure(value, topology, component), measure(bound, topology, component)];
  if ("missing" in left) return unchecked(left.missing);
  if ("missing" in right) return unchecked(right.missing);
  const [limit] = right.numbers;
  if (limit === undefined || right.numbers.length > 1) return unchecked(`${right.name} is not one number`);
  const isWithin = (number: number) => (kind === "at-most" ? number <= limit : number >= limit);
  const outside = left.numbers.filter((number) => !isWithin(number));
  const limitText = right.name === `${limit}` ? `${limit}` : `${right.name}, ${limit}`;
  return decide(outside, left.numbers, left.name, `the bound is ${limitText}`, left.at ?? right.at);
}

function compareItems(
  comparison: Extract<PrerequisiteComparison, { fact: string }>,
  topology: Topology,
  component?: Component,
): Outcome {
  const stated = findFact(comparison.fact, topology, component);
  if (stated === undefined) return unchecked(`\`${comparison.fact}\` is not stated`);
  const items = [stated.value].flat();
  const outside = items.filter((item) => !isAllowed(item, comparison));
  return decide(outside, items, `\`${comparison.fact}\``, describeWanted(comparison), stated.at);
}

function isAllowed(item: FactValue, comparison: Extract<PrerequisiteComparison, { fact: string }>): boolean {
  if (comparison.kind === "ascii") return /^[\x20-\x7e]*$/.test(String(item));
  return comparison.values.includes(item) === (comparison.kind === "one-of");
}

function describeWanted(comparison: Extract<PrerequisiteComparison, { fact: string }>): string {
  if (comparison.kind === "ascii") return "only ASCII characters will do";
  return `${comparison.values.join(", ")} will${comparison.kind === "one-of" ? "" : " not"} do`;
}

function decide(
  outside: readonly FactValue[],
  all: readonly FactValue[],
  name: string,
  wanted: string,
  at: SourceRef | undefined,
): Outcome {
  const isMet = outside.length === 0;
  return {
    outcome: isMet ? "met" : "not-met",
    explanation: isMet ? `${name} is ${all.join(", ")}` : `${name} is ${outside.join(", ")}; ${wanted}`,
    ...(at === undefined ? {} : { at }),
  };
}
