/** The public API: everything is a pure function of texts; reading files is the caller's, or `readProveInputs`. */
export type { Analysis } from "./model/analysis.js";
export { type Diagnostic, formatDiagnostic } from "./model/diagnostic.js";
export type { ProveInputs, ProveOptions, TextInput } from "./model/inputs.js";
export type { Trace, TraceQuery } from "./model/trace.js";
export type { Vendor } from "./model/vendor.js";
export type { PrerequisiteResult, Verdict } from "./model/verdict.js";
export { explainExports } from "./pipeline/explain-exports.js";
export { listNamedFiles } from "./pipeline/list-named-files.js";
export { proveTopology } from "./pipeline/prove-topology.js";
export { traceTopology } from "./pipeline/trace-topology.js";
export { withScripts } from "./pipeline/with-scripts.js";
export { readProveInputs } from "./read/read-inputs.js";
export { drawings } from "./report/drawings.js";
export { reporters } from "./report/registry.js";
export { vendors } from "./vendors/registry.js";
