import { formatDiagnostic } from "../../src/model/diagnostic.js";
import type { ProveOptions } from "../../src/model/inputs.js";
import type { Verdict } from "../../src/model/verdict.js";
import { proveTopology } from "../../src/pipeline/prove-topology.js";

/** Verdicts on a topology given as texts; throws where an input has an error, so that no test works on half of one. */
export function proveTexts(
  topology: string,
  exports: Readonly<Record<string, string>>,
  catalogue: string,
  options: ProveOptions = { only: [] },
): readonly Verdict[] {
  const { analysis, diagnostics } = proveTopology(
    {
      topology: { file: "topology.yaml", text: topology },
      exports: new Map(Object.entries(exports).map(([file, text]) => [file, { file, text }])),
      catalogues: [{ file: "catalogue.yaml", text: catalogue }],
      diagnostics: [],
    },
    options,
  );
  if (analysis === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return analysis.verdicts;
}

/** A catalogue of one requirement from role client to role server. */
export function oneRequirement(fields: string): string {
  return `
catalogue: test
title: One requirement
roles: { client: asks, server: answers }
documents: { here: this test }
requirements:
  - id: T1
    title: the flow under test
    from: client
    to: server
    purpose: test
    cites: [{ document: here, section: all }]
${fields
  .trim()
  .split("\n")
  .map((line) => `    ${line.trim()}`)
  .join("\n")}
`;
}

/** A netfilter edge that forwards by the given rules and drops the rest. */
export function edgeRules(...rules: readonly string[]): string {
  return ["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]", ...rules, "COMMIT", ""].join(
    "\n",
  );
}
