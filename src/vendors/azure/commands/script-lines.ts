/** The text of a shell script to its lines as the shell takes them. */

/** One line, or several that a backslash or an open quote joins. */
export interface ScriptLine {
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
}

const PIECE =
  /<<<|<<-?\s*(["']?)([A-Za-z_]\w*)\1|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|(?<=^|[\s;&|()])#.*|[^'"\\#<]+|[#<]/gy;

/** The lines in order, without those that a command reads as its input; an input that never ends is none. */
export function scriptLines(text: string): ScriptLine[] {
  const lines: ScriptLine[] = [];
  const contents = text.split(/\r?\n/);
  let pending = { text: "", line: 1 };
  let quote = "";
  for (const [index, content] of contents.entries()) {
    if (index < pending.line - 1) continue;
    const isLast = index + 1 === contents.length;
    const whole = `${pending.text}${content}`;
    if (!isLast && !content.includes(quote)) {
      pending = { ...pending, text: `${whole}\n` };
      continue;
    }
    const pieces = [...whole.matchAll(PIECE)];
    const open = whole.charAt(pieces.reduce((length, [piece]) => length + piece.length, 0));
    quote = open === "\\" ? "" : open;
    if (open !== "" && !isLast) pending = { ...pending, text: quote === "" ? `${whole.slice(0, -1)} ` : `${whole}\n` };
    else {
      lines.push({ text: whole, line: pending.line, endLine: index + 1 });
      const end = pieces.reduce((at, [, , tag]) => (tag === undefined ? at : endOfInput(contents, at, tag)), index);
      pending = { text: "", line: end + 2 };
    }
  }
  return lines;
}

/** The index of the line that ends what is read from the lines below one; that one's own iff there is no such line. */
function endOfInput(contents: readonly string[], index: number, tag: string): number {
  const end = contents.findIndex((content, below) => below > index && content.trim() === tag);
  return end < 0 ? index : end;
}
