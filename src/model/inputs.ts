import type { Diagnostic } from "./diagnostic.js";
import type { ScriptEngine } from "./proxy-settings.js";
import type { Mention, PathKind } from "./topology.js";

/** One input as decoded text; `file` is the name every SourceRef into it carries. */
export interface TextInput {
  readonly file: string;
  readonly text: string;
  /** SHA-256 of its bytes, hexadecimal; absent where nobody asked for it, or the text was never bytes. */
  readonly sha256?: string;
}

/** What a topology wants read beside itself: exports relative to it, catalogues by shipped name or relative path. */
export interface NamedFiles {
  readonly exports: readonly Mention[];
  readonly catalogues: readonly Mention[];
}

/**
 * Everything a proof reads. `exports` is keyed by the name the topology gives a file; a name without entry could not be
 * read and has an error among `diagnostics`.
 */
export interface ProveInputs {
  readonly topology: TextInput;
  readonly exports: ReadonlyMap<string, TextInput>;
  readonly catalogues: readonly TextInput[];
  readonly diagnostics: readonly Diagnostic[];
  /** Exports to take for a device's own, by its name in the topology. */
  readonly replaced?: ReadonlyMap<string, ReplacedExports>;
  /** Runs auto-configuration scripts; a topology that names one cannot be proved without. */
  readonly scripts?: ScriptEngine;
}

/** Exports that stand in for those a topology names. */
export interface ReplacedExports {
  readonly inputs: readonly TextInput[];
  /** Vendor id; absent: detected. */
  readonly as?: string;
}

/** Which part of the requirements to prove. */
export interface ProveOptions {
  /** Only paths of this kind; absent: every kind the requirement permits. */
  readonly path?: PathKind;
  /** Ids of the requirements to prove; empty: all. */
  readonly only: readonly string[];
  /** Told what is done next, for somebody who waits. */
  readonly onStep?: (step: string) => void;
}
