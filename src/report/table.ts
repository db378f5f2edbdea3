/** Turns rows of cells into a table that never exceeds the screen. */
import Table from "cli-table3";
import { paint, type Tone } from "./paint.js";
import { textWidth, wrapText } from "./wrap-text.js";

/** A cell's text, with the tone of what it says. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const GAP = 2;
const NARROWEST = 4;
const LONGEST_ATOM = 14;

const CHARS = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", right: "", "right-mid": "" },
  ...{ mid: "─", "mid-mid": "─", middle: " ".repeat(GAP) },
};

/** The lines of a table; cells are wrapped, columns narrowed widest first until the table fits. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  screen: { readonly width: number; readonly color: boolean },
): string[] {
  const texts = [head, ...rows.map((row) => row.map(cellText))];
  const available = screen.width - GAP * (head.length - 1);
  const whole = columnWidths(texts, (text) => text.split("\n"), available);
  const atoms = columnWidths(texts, (text) => text.split(/(?<=[\s/.,:;_\-=|])/), LONGEST_ATOM);
  const floors = atoms.map(() => NARROWEST);
  const widths = narrow(narrow(whole, atoms, available), floors, available);
  const titles = head.map((title, column) => wrapText(title, widths[column] as number).join("\n"));
  const body = rows.map((row) => row.map((cell, column) => wrapCell(cell, widths[column] as number, screen.color)));
  const lines = layOut(body.slice(0, AT_ONCE), widths, titles);
  for (let from = AT_ONCE; from < body.length; from += AT_ONCE) {
    for (const line of layOut(body.slice(from, from + AT_ONCE), widths, [])) lines.push(line);
  }
  return lines;
}

/** The library compares each cell with all before it: the rows of a long table are laid out part by part. */
const AT_ONCE = 20;

function layOut(rows: readonly string[][], widths: readonly number[], head: string[]): string[] {
  const table = new Table({
    head,
    colWidths: [...widths],
    chars: { ...CHARS, "mid-mid": CHARS.mid.repeat(GAP) },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  table.push(...rows);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}

function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

function wrapCell(cell: Cell, width: number, color: boolean): string {
  const lines = wrapText(cellText(cell), width);
  return (typeof cell === "string" ? lines : lines.map((line) => paint(line, cell.tone, color))).join("\n");
}

/** The width each column needs to show every piece of its texts unbroken, up to a limit. */
function columnWidths(
  texts: readonly (readonly string[])[],
  pieces: (text: string) => readonly string[],
  limit: number,
): number[] {
  return (texts[0] ?? []).map((_, column) => {
    const needed = texts
      .flatMap((row) => pieces(row[column] ?? ""))
      .reduce((max, text) => Math.max(max, textWidth(text)), 0);
    return Math.min(limit, Math.max(NARROWEST, needed));
  });
}

/** Takes the excess from the widest columns, none below its floor. */
function narrow(natural: readonly number[], floors: readonly number[], available: number): number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - available; excess > 0; excess--) {
    const spare = widths.map((width, column) => (width > (floors[column] as number) ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}
