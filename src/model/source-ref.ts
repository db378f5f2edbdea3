/** Where in the inputs a thing was said: the anchor of every ace, finding, diagnostic and hop. */
export interface SourceRef {
  /** The input's name as the user gave it. */
  readonly file: string;
  /** 1-based physical line. */
  readonly line: number;
  /** 1-based column, where a format's reader knows it. */
  readonly column?: number;
  /** The vendor's own address of the thing, e.g. "filter FORWARD rule 12". */
  readonly structure?: string;
  /** Set iff no line says it, such as a default of the platform: `line` is then where the file begins to speak. */
  readonly isUnwritten?: true;
}

/** Text form `file:line[:column]`, as compilers print it; the file alone where no line says it. */
export function formatSourceRef(at: SourceRef): string {
  if (at.isUnwritten) return at.file;
  return at.column === undefined ? `${at.file}:${at.line}` : `${at.file}:${at.line}:${at.column}`;
}
