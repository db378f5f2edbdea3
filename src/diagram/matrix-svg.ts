/** Draws a matrix as one SVG file, with the style of the other pictures. */
import type { Matrix, MatrixCell } from "./diagram.js";
import { escapeXml } from "./escape-xml.js";
import { clipText, textWidth } from "./measure-text.js";
import { SVG_STYLE } from "./svg.js";
import { BODY, TITLE } from "./text-style.js";

const ROW = 26;
const HEAD = 44;
const GAP = 12;
const WIDEST_NAME = 300;
const WIDEST_COLUMN = 220;
const MARGIN = 16;

/** The picture; the same matrix gives the same bytes. A missing requirement is an empty cell. */
export function drawMatrix(matrix: Matrix): string {
  const names = matrix.rows.map(({ from, to }) => `${from} → ${to}`);
  const nameWidth = Math.min(WIDEST_NAME, Math.max(80, ...names.map((name) => textWidth(name, BODY.size)))) + GAP;
  const widths = matrix.columns.map((column, index) =>
    columnWidth(
      column,
      matrix.rows.map(({ cells }) => cells[index]),
    ),
  );
  const starts = widths.map((_, index) => MARGIN + nameWidth + widths.slice(0, index).reduce((a, b) => a + b, 0));
  const right = MARGIN + nameWidth + widths.reduce((a, b) => a + b, 0);
  const width = Math.ceil(Math.max(right + MARGIN, textWidth(matrix.title, 16) + 2 * MARGIN));
  const bottom = HEAD + (matrix.rows.length + 1) * ROW;
  const height = bottom + matrix.notes.length * BODY.lineHeight + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(matrix.title)}</title>`,
    `<desc id="description">${escapeXml(`${matrix.description} ${rowsInWords(matrix)}`)}</desc>`,
    `<style>${SVG_STYLE}</style>`,
    '<rect class="paper" width="100%" height="100%"/>',
    text(MARGIN, 24, 16, "title", matrix.title),
    ...matrix.columns.map((column, i) =>
      text(starts[i], HEAD + 17, BODY.size, "faint", clipText(column, BODY.size, widths[i] - GAP)),
    ),
    ...matrix.rows.flatMap(({ cells }, row) => {
      const y = HEAD + (row + 1) * ROW;
      const name = clipText(names[row], BODY.size, nameWidth - GAP);
      return [
        `<rect class="network" x="${MARGIN}" y="${y}" width="${round(right - MARGIN)}" height="0.5"/>`,
        text(MARGIN, y + 17, BODY.size, "ink", name),
        ...cells.flatMap((cell, i) => drawCell(cell, starts[i], y, widths[i])),
      ];
    }),
    ...matrix.notes.map((note, i) => text(MARGIN, bottom + 20 + i * BODY.lineHeight, BODY.size, "faint", note)),
    "</svg>",
    "",
  ].join("\n");
}

function columnWidth(column: string, cells: readonly (MatrixCell | undefined)[]): number {
  const texts = [column, ...cells.map((cell) => cell?.text ?? "")];
  return Math.min(WIDEST_COLUMN, Math.max(...texts.map((one) => textWidth(one, BODY.size)))) + 2 * GAP;
}

function drawCell(cell: MatrixCell | undefined, x: number, y: number, width: number): string[] {
  if (cell === undefined) return [];
  const box = `x="${round(x - 6)}" y="${y + 3}" width="${round(width - GAP)}" height="${ROW - 6}" rx="3"`;
  return [`<rect class="badge ${cell.tone}" ${box}/>`, text(x, y + 17, BODY.size, cell.tone, cell.text)];
}

function rowsInWords({ rows, columns }: Matrix): string {
  const told = rows.flatMap(({ from, to, cells }) =>
    cells.flatMap((cell, i) => (cell === undefined ? [] : [`${from} to ${to}, ${columns[i]}: ${cell.text}.`])),
  );
  return told.join(" ");
}

function text(x: number, y: number, size: number, className: string, content: string): string {
  const weight = size > TITLE.size ? ' font-weight="600"' : "";
  return `<text class="${className}" x="${round(x)}" y="${y}" font-size="${size}"${weight}>${escapeXml(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
