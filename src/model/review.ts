import type { RepairAnalysis } from "./allow-analysis.js";
import type { Analysis } from "./analysis.js";
import type { AuditReport } from "./finding.js";

/** Everything a review board looks at. A part is absent iff it was left out. */
export interface Review {
  readonly analysis: Analysis;
  /** What was found in the exports of the devices. */
  readonly audit?: AuditReport;
  /** Changes of the exports that would prove what is not proved. */
  readonly repair?: RepairAnalysis;
}
