/** Turns an analysis into JSON as `schemas/prove-output.schema.json` describes it. */
import type { Analysis } from "../model/analysis.js";
import type { Coverage } from "../model/device.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Citation, Contradiction } from "../model/requirement.js";
import type { Hop, PathDescription, PrerequisiteResult, Verdict } from "../model/verdict.js";
import { countFates } from "./coverage-lines.js";
import { decisionJson, doubtJson, type Json, sourceRefJson, witnessJson } from "./packet-json.js";
import { serviceText } from "./packet-text.js";
import { summarize } from "./summary.js";

/** Raised when a field changes its meaning or goes; not when one is added. */
export const SCHEMA_VERSION = 1;

/** The JSON report, keys always in the same order. */
export function reportJson(analysis: Analysis): string {
  const { name, title, file } = analysis.topology;
  const summary = summarize(analysis);
  const { met, "not-met": notMet, unchecked } = summary.prerequisites;
  const document: Json = {
    schemaVersion: SCHEMA_VERSION,
    topology: { name, title, file },
    catalogues: analysis.catalogues.map((catalogue) => ({ name: catalogue.name, file: catalogue.file })),
    summary: { requirements: summary.requirements, ...summary.verdicts, prerequisites: { met, notMet, unchecked } },
    verdicts: analysis.verdicts.map(verdictJson),
    prerequisites: analysis.prerequisites.map(prerequisiteJson),
    contradictions: analysis.contradictions.map(contradictionJson),
    assumptions: analysis.assumptions,
    coverage: analysis.coverage.map(coverageJson),
    diagnostics: analysis.diagnostics.map(diagnosticJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Totals of one input, and its lines that are not fully understood. */
export function coverageJson(coverage: Coverage): Json {
  const doubtful = coverage.lines.filter(({ fate }) => fate === "approximated" || fate === "rejected");
  const lines = doubtful.map(({ line, fate, note }) => ({ line, fate, note }));
  return { file: coverage.file, vendor: coverage.vendor, counts: countFates(coverage), doubtful: lines };
}

export function diagnosticJson({ code, severity, message, help, effect, at }: Diagnostic): Json {
  return { code, severity, message, ...(help === undefined ? {} : { help }), effect, at: sourceRefJson(at) };
}

function verdictJson(verdict: Verdict): Json {
  const { requirement, from, to } = verdict;
  const asked = {
    requirement: requirement.id,
    title: requirement.title,
    expect: requirement.expect,
    from,
    to,
    services: requirement.services.map(({ name, services }) => ({ name, packets: services.map(serviceText) })),
    citations: requirement.citations.map(citationJson),
    verdict: verdict.kind,
  };
  return { ...asked, ...groundsJson(verdict), assumptions: verdict.assumptions };
}

function groundsJson(verdict: Verdict): { [key: string]: Json } {
  switch (verdict.kind) {
    case "proved":
      return { paths: verdict.paths.map(({ path, hops }) => ({ ...pathJson(path), hops: hops.map(hopJson) })) };
    case "refuted":
      return {
        reason: verdict.reason,
        explanation: verdict.explanation,
        ...(verdict.path === undefined ? {} : { path: pathJson(verdict.path) }),
        ...(verdict.witness === undefined ? {} : { witness: witnessJson(verdict.witness) }),
        ...(verdict.decidedBy === undefined ? {} : { decidedBy: decisionJson(verdict.decidedBy) }),
        nearMisses: verdict.nearMisses.map(({ ace, difference, at }) => ({ ace, difference, at: sourceRefJson(at) })),
        failing: verdict.failing,
        failingShare: verdict.failingShare,
        hops: verdict.hops.map(hopJson),
      };
    case "undecided":
      return {
        explanation: verdict.explanation,
        ...(verdict.path === undefined ? {} : { path: pathJson(verdict.path) }),
        because: verdict.because.map(doubtJson),
        hops: verdict.hops.map(hopJson),
      };
  }
}

function pathJson({ kind, nodes }: PathDescription): { [key: string]: Json } {
  return { kind, nodes };
}

function hopJson({ device, leg, disposition, before, after, decisions, doubts }: Hop): Json {
  return {
    ...{ device, leg, disposition, before, after },
    decisions: decisions.map(decisionJson),
    doubts: doubts.map(doubtJson),
  };
}

function prerequisiteJson({ id, title, component, outcome, severity, explanation, at }: PrerequisiteResult): Json {
  return {
    ...{ id, title, ...(component === undefined ? {} : { component }) },
    ...{ outcome, severity, explanation, ...(at === undefined ? {} : { at: sourceRefJson(at) }) },
  };
}

function contradictionJson({ id, title, readings, treatedAs, citations }: Contradiction): Json {
  return { id, title, readings, treatedAs, citations: citations.map(citationJson) };
}

function citationJson({ document, section, note }: Citation): Json {
  return { document, section, ...(note === undefined ? {} : { note }) };
}
