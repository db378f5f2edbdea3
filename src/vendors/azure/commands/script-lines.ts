/** The text of a shell script to its lines as the shell takes them. */

/** One line, or several that a backslash or an open quote joins. */
export interface ScriptLine {
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  /** Perhaps what a command before it reads, which never ends. */
  readonly isInput: boolean;
}

const PIECE =
  /<<<|<<-?\s*(["']?)([A-Za-z_]\w*)\1|\$'(?:[^'\\]|\\[\s\S])*'|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|(?<=^|[\s;&|()])#.*|\(\([^()]*\)\)|[^'"\\#<$(]+|[#<$(]/gy;

/** The lines in order, without those that a command reads as its input. */
export function scriptLines(text: string): ScriptLine[] {
  const lines: ScriptLine[] = [];
  const contents = text.split(/\r?\n/);
  let pending = { text: "", line: 1 };
  let quote = "";
  let isInput = false;
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
      lines.push({ text: whole, line: pending.line, endLine: index + 1, isInput });
      let end = index;
      for (const [, , tag] of pieces) {
        if (tag === undefined) continue;
        const found = contents.findIndex((line, below) => below > end && line.trim() === tag);
        isInput ||= found < 0;
        end = Math.max(end, found);
      }
      pending = { text: "", line: end + 2 };
    }
  }
  return lines;
}
