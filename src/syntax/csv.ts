/** Comma-, semicolon- or tab-separated text to records that know their lines (RFC 4180, the separator as the header has it). */

export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
  /** Last line: text in quotes may hold line ends. */
  readonly endLine: number;
}

const SEPARATORS = [";", "\t", ","] as const;

/** The records of a text, blank lines left out; a quote that never closes holds the rest of the text. */
export function parseCsv(text: string): CsvRecord[] {
  const header = text.slice(0, Math.max(0, text.search(/\r?\n|$/)));
  const counts = SEPARATORS.map((separator) => header.split(separator).length);
  return readRecords(text, SEPARATORS[counts.indexOf(Math.max(...counts))] as string);
}

function readRecords(text: string, separator: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let cell = "";
  let line = 1;
  let start = 1;
  let isQuoted = false;
  const endRecord = () => {
    if (cells.length > 0 || cell.trim() !== "") records.push({ cells: [...cells, cell], line: start, endLine: line });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (isQuoted) {
      if (char === "\n") line++;
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === separator) {
      cells.push(cell);
      cell = "";
    } else if (char === "\n") {
      endRecord();
      start = ++line;
    } else if (char !== "\r") cell += char;
  }
  endRecord();
  return records;
}
