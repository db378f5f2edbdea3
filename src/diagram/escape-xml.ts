/** Writes any text so that XML and HTML take it for text. */

const MARKS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// Controls, halves of pairs, and two that are no characters: XML forbids them even as references. Marks that change the
// direction of reading would let a name steer the text around it.
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text as it may stand in XML: markup escaped, characters that are no text as a replacement sign. */
export function escapeXml(content: string): string {
  return content.replace(/[&<>"']/g, (mark) => MARKS[mark] as string).replace(FORBIDDEN, "\ufffd");
}
