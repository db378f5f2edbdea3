/** Squid's own words: what a configuration file says, before any of it is given a meaning. */
import type { SourceRef } from "../../model/source-ref.js";

/** One directive with its arguments; a backslash at the end of a physical line goes on with the next one. */
export interface SquidLine {
  readonly directive: string;
  readonly words: readonly string[];
  /** Physical lines it stands on, ascending, without the comments between them. */
  readonly lines: readonly number[];
  /** True iff one of them is longer than Squid reads at once. */
  readonly isCut: boolean;
}

/**
 * One file. Whether it is a configuration or a list of values that an `acl` line names is known only once all files of
 * the proxy are seen, so both readings are kept.
 */
export interface SquidFile {
  readonly file: string;
  readonly directives: readonly SquidLine[];
  /** Physical lines that hold comments only, or nothing but a continuation. */
  readonly comments: readonly number[];
  /** Non-blank lines without surrounding white space that are no comments, as a list of values has them. */
  readonly values: readonly { readonly text: string; readonly line: number }[];
}

/** One `acl` line, or the part of one that was read from a file. */
export interface AclLine {
  readonly type: string;
  /** Arguments after the type: options and values, comments cut off. */
  readonly words: readonly AclWord[];
  readonly at: SourceRef;
}

/** A value or option; `fileNotGiven`: the values of a file that no export holds. */
export type AclWord = { readonly text: string } | { readonly fileNotGiven: string };
