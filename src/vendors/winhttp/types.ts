/** Proxy settings of Windows or of an environment in their own words, as one file gives them. */
import type { LineLedger } from "../../syntax/line-ledger.js";

/** A value as it is written, with its line. */
export interface Written {
  readonly text: string;
  readonly line: number;
}

/**
 * The settings a file holds. `servers` and `bypass` are lists as Windows writes them (`host:port`, or
 * `http=a:1;https=b:2`); `environment` says that they come from variables, which have a syntax of their own.
 */
export interface WinhttpFile {
  readonly file: string;
  readonly origin: "winhttp" | "registry" | "environment";
  /** False: servers are listed and not used; undefined: it is not told. */
  readonly isEnabled: boolean | undefined;
  readonly servers: readonly Written[];
  readonly bypass: readonly Written[];
  readonly scriptUrl: Written | undefined;
  readonly detects: Written | undefined;
  /** Every line was read. */
  readonly isWhole: boolean;
  /** The line of the first setting. */
  readonly line: number;
  readonly ledger: LineLedger;
}
