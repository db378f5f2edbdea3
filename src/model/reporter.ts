import type { Analysis } from "./analysis.js";

/** How the reader's screen is: reporters ask nothing of the environment. */
export interface Presentation {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
  /** Show every hop of every verdict. */
  readonly explain: boolean;
}

/** A pure function from an analysis to text. */
export type Reporter = (analysis: Analysis, presentation: Presentation) => string;
