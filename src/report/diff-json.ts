/** Turns a difference into JSON as `schemas/diff-output.schema.json` describes it. */
import type {
  Change,
  ChangeStep,
  Difference,
  DirectionDifference,
  SideDecision,
  StepFailure,
  VerdictChange,
} from "../model/difference.js";
import { coverageJson, diagnosticJson, SCHEMA_VERSION } from "./json.js";
import { type Json, packetJson, sourceRefJson } from "./packet-json.js";

/** The JSON report, keys always in the same order. */
export function diffJson(difference: Difference): string {
  const { result, compared, devices, requirements, expected, coverage, diagnostics } = difference;
  const document: Json = {
    schemaVersion: SCHEMA_VERSION,
    ...{ result, compared },
    devices: devices.map(({ before, after, directions }) => ({
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      directions: directions.map(directionJson),
    })),
    ...(requirements && { requirements: { changed: requirements.changed.map(verdictJson), same: requirements.same } }),
    ...(expected && { expected: { name: expected.name, steps: expected.steps.map(stepJson) } }),
    coverage: coverage.map(coverageJson),
    diagnostics: diagnostics.map(diagnosticJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function directionJson({ direction, directionAfter, result, changes, assuming, open }: DirectionDifference): Json {
  const of = (kind: Change["kind"]) => changes.filter((change) => change.kind === kind).map(changeJson);
  return {
    direction,
    ...(direction === directionAfter ? {} : { directionAfter }),
    ...{ result, opened: of("opened"), closed: of("closed"), altered: of("altered"), open },
    ...(assuming === undefined ? {} : { assuming }),
  };
}

function changeJson({ packets, witness, before, after }: Change): Json {
  return { packets, witness: packetJson(witness), before: sideJson(before), after: sideJson(after) };
}

function sideJson({ disposition, at, ace, becomes }: SideDecision): Json {
  return {
    ...{ disposition, ...(ace === undefined ? {} : { ace }), at: sourceRefJson(at) },
    ...(becomes === undefined ? {} : { becomes }),
  };
}

function verdictJson({ at, ...verdict }: VerdictChange): Json {
  const { requirement, title, from, to, before, after } = verdict;
  return { requirement, title, from, to, before, after, at: sourceRefJson(at) };
}

function stepJson({ step, result, failures }: ChangeStep): Json {
  return { step, result, failures: failures.map(failureJson) };
}

function failureJson({ expectation, packets, witness, decision }: StepFailure): Json {
  return {
    ...{ expectation: sourceRefJson(expectation), packets },
    ...(witness === undefined ? {} : { witness: packetJson(witness) }),
    ...(decision === undefined ? {} : { decision: sideJson(decision) }),
  };
}
