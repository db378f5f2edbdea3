import type { Coverage } from "./device.js";
import type { Diagnostic } from "./diagnostic.js";

/** What became of every line of the exports of one device. */
export interface Explanation {
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines of every input by its name. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}
