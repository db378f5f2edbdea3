/** Turns a difference into JSON as `schemas/diff-output.schema.json` describes it. */
import type { Change, Difference, DirectionDifference, SideDecision } from "../model/difference.js";
import { coverageJson, diagnosticJson, SCHEMA_VERSION } from "./json.js";
import { type Json, packetJson, sourceRefJson } from "./packet-json.js";

/** The JSON report, keys always in the same order. */
export function diffJson({ result, compared, devices, coverage, diagnostics }: Difference): string {
  const document: Json = {
    schemaVersion: SCHEMA_VERSION,
    ...{ result, compared },
    devices: devices.map(({ before, after, directions }) => ({
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      directions: directions.map(directionJson),
    })),
    coverage: coverage.map(coverageJson),
    diagnostics: diagnostics.map(diagnosticJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function directionJson({ direction, result, changes, open }: DirectionDifference): Json {
  const of = (kind: Change["kind"]) => changes.filter((change) => change.kind === kind).map(changeJson);
  return { direction, result, opened: of("opened"), closed: of("closed"), open };
}

function changeJson({ packets, witness, before, after }: Change): Json {
  return { packets, witness: packetJson(witness), before: sideJson(before), after: sideJson(after) };
}

function sideJson({ disposition, at, ace }: SideDecision): Json {
  return { disposition, ...(ace === undefined ? {} : { ace }), at: sourceRefJson(at) };
}
