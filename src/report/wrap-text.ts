/** Turns text of any length and origin into lines that a screen shows as they are. */

/** The lines of a text no wider than `width`: broken at blanks, else after punctuation, else anywhere. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) lines.push(...wrapParagraph(printable(paragraph), Math.max(1, width)));
  return lines;
}

/** The lines of a text, the first after `first`, the others after as many blanks. */
export function wrapAfter(first: string, text: string, width: number): string[] {
  const indent = " ".repeat(textWidth(first));
  return wrapText(text, width - indent.length).map((line, index) => (index === 0 ? first : indent) + line);
}

/** Columns a text takes: wide East Asian characters and pictures two, combining marks none. */
export function textWidth(text: string): number {
  if (ONE_COLUMN_EACH.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text with control and direction-changing characters replaced, so that no input steers the terminal. */
export function printable(text: string): string {
  return text.replace(/\t/g, "  ").replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

const ONE_COLUMN_EACH = /^[\0-\u02ff]*$/;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

function characterWidth(character: string): number {
  if (character < "\u0300") return 1;
  if (/\p{Mn}/u.test(character)) return 0;
  return character.length > 1 || WIDE.test(character) ? 2 : 1;
}

function wrapParagraph(paragraph: string, width: number): string[] {
  const whole = paragraph.trimEnd();
  if (textWidth(whole) <= width) return [whole];
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/(?<= )(?! )/)) {
    if (textWidth(line) + textWidth(word.trimEnd()) <= width) {
      line += word;
      continue;
    }
    if (line.trim() !== "") lines.push(line.trimEnd());
    const pieces = breakWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces[pieces.length - 1] as string;
  }
  return [...lines, line.trimEnd()];
}

const BREAK_AFTER = /[/.,:;_\-=|]/;

function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let breakAt = 0;
  for (const character of word) {
    if (textWidth(piece) + characterWidth(character) > width && character !== " ") {
      const end = breakAt > width / 3 ? breakAt : piece.length;
      pieces.push(piece.slice(0, end));
      piece = piece.slice(end);
      breakAt = 0;
    }
    piece += character;
    if (BREAK_AFTER.test(character)) breakAt = piece.length;
  }
  return [...pieces, piece];
}
