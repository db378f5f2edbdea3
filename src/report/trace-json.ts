/** Turns a trace into JSON as `schemas/trace-output.schema.json` describes it. */
import type { Trace, TracedPath, TraceHop } from "../model/trace.js";
import { diagnosticJson, SCHEMA_VERSION } from "./json.js";
import { decisionJson, doubtJson, type Json, packetJson } from "./packet-json.js";

/** The trace, keys always in the same order. */
export function traceJson({ from, to, paths, assumptions, diagnostics }: Trace): string {
  const document: Json = {
    ...{ schemaVersion: SCHEMA_VERSION, from, to, paths: paths.map(pathJson) },
    ...{ assumptions, diagnostics: diagnostics.map(diagnosticJson) },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function pathJson({ path, packet, verdict, explanation, hops }: TracedPath): Json {
  return {
    ...{ kind: path.kind, nodes: path.nodes, packet: packetJson(packet), verdict },
    ...(explanation === undefined ? {} : { explanation }),
    hops: hops.map(hopJson),
  };
}

function hopJson({ device, direction, leg, verdict, before, after, decisions, doubts }: TraceHop): Json {
  return {
    ...{ device, direction, leg, verdict, before: packetJson(before) },
    ...(after === undefined ? {} : { after: packetJson(after) }),
    ...{ decisions: decisions.map(decisionJson), doubts: doubts.map(doubtJson) },
  };
}
