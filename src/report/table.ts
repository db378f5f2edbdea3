/** Turns rows of cells into a table that never exceeds the screen. */
import { paint, type Tone } from "./paint.js";
import { textWidth, wrapText } from "./wrap-text.js";

/** A cell's text, with the tone of what it says. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const GAP = 2;
const NARROWEST = 4;
const LONGEST_ATOM = 14;
const RULE = "─";

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
  const rule = widths.map((width) => RULE.repeat(width)).join(RULE.repeat(GAP));
  const body = rows.flatMap((row) => layRow(row, widths, screen.color));
  return [...layRow(head, widths, screen.color), ...(body.length > 0 ? [rule] : []), ...body];
}

function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/** The lines of a row, as many as its highest cell has. */
function layRow(row: readonly Cell[], widths: readonly number[], color: boolean): string[] {
  const cells = row.map((cell, column) => wrapText(cellText(cell), widths[column] as number));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map((cell, column) => padded(cells[column]?.[line] ?? "", widths[column] as number, cell, color))
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

function padded(text: string, width: number, cell: Cell, color: boolean): string {
  const shown = typeof cell === "string" ? text : paint(text, cell.tone, color);
  return shown + " ".repeat(width - textWidth(text));
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
    return Math.max(NARROWEST, Math.min(limit, needed));
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
