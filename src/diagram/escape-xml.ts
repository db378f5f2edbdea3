/** Writes any text so that XML and HTML take it for text. */
import { cleanText } from "./clean-text.js";

const MARKS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as it may stand in XML: markup escaped, characters that are no text as a replacement sign. */
export function escapeXml(content: string): string {
  return cleanText(content).replace(/[&<>"']/g, (mark) => MARKS[mark] as string);
}
