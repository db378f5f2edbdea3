/** One auto-configuration script as its file gives it. */
import type { LineLedger } from "../../syntax/line-ledger.js";

export interface PacFile {
  readonly file: string;
  readonly source: string;
  /** Where the function browsers call is made; undefined: nowhere. */
  readonly line: number | undefined;
  readonly ledger: LineLedger;
}
