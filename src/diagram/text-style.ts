/** Sizes shared by everything that measures, places or draws the text of pictures, in pixels. */

export interface TextStyle {
  readonly size: number;
  readonly lineHeight: number;
  /** The size to measure with: bold text is wider than its size says. */
  readonly em: number;
}

export const TITLE: TextStyle = { size: 13, lineHeight: 17, em: 15 };
export const BODY: TextStyle = { size: 11, lineHeight: 15, em: 11 };
export const LABEL: TextStyle = { size: 11, lineHeight: 14, em: 11 };
