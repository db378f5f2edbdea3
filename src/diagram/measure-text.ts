/**
 * Measures text without a font, so that a layout has the same bytes everywhere. The widths are those of a wide
 * sans-serif, in which text of the fonts readers have is rather shorter than measured.
 */

const NARROW = new Set("ijlI|.,:;'!`()[]{}/\\ ftr-·\"");
const WIDE = new Set("mwMW@%—→…");

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Width of a text at a font size, in the size's unit. */
export function textWidth(text: string, size: number): number {
  return graphemes(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0) * size;
}

/** The text, or as much of its start as fits the width with an ellipsis after it. */
export function clipText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  let kept = "";
  let used = graphemeWidth("…") * size;
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme) * size;
    if (used > width) break;
    kept += grapheme;
  }
  return `${kept.trimEnd()}…`;
}

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (NARROW.has(grapheme)) return 0.36;
  if (WIDE.has(grapheme)) return 0.95;
  const code = grapheme.codePointAt(0) ?? 0;
  if (code >= 0x1100) return 1.3; // CJK, emoji: full width and some
  return code >= 0x41 && code <= 0x5a ? 0.69 : 0.61;
}
