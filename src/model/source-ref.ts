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
}

/** Text form `file:line[:column]`, as compilers print it. */
export function formatSourceRef(at: SourceRef): string {
  return at.column === undefined ? `${at.file}:${at.line}` : `${at.file}:${at.line}:${at.column}`;
}
