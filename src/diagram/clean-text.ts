// Controls, halves of pairs, and two that are no characters: XML forbids them even as references. Marks that change the
// direction of reading would let a name steer the text around it.
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text with everything that is no text, or that would steer the text around it, as a replacement sign. */
export function cleanText(text: string): string {
  return text.replace(FORBIDDEN, "\ufffd");
}
