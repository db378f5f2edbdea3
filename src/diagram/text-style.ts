/** Sizes shared by everything that measures, places or draws the text of pictures, in pixels. */

export interface TextStyle {
  readonly size: number;
  readonly lineHeight: number;
}

export const TITLE: TextStyle = { size: 13, lineHeight: 17 };
export const BODY: TextStyle = { size: 11, lineHeight: 15 };
export const LABEL: TextStyle = { size: 11, lineHeight: 14 };
