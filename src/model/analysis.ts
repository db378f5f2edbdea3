import type { Coverage } from "./device.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Catalogue, Contradiction } from "./requirement.js";
import type { Topology } from "./topology.js";
import type { PrerequisiteResult, Verdict } from "./verdict.js";

/** Everything a proof run found out; reporters turn it into text and never analyse. */
export interface Analysis {
  readonly topology: Topology;
  readonly catalogues: readonly Catalogue[];
  readonly verdicts: readonly Verdict[];
  readonly prerequisites: readonly PrerequisiteResult[];
  readonly contradictions: readonly Contradiction[];
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  /** Statements the proof rests on that no input line proves, e.g. a device without an export. */
  readonly assumptions: readonly string[];
  /** Lines of every input, to quote the ones a SourceRef points at. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}
