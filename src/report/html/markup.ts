import { escapeXml } from "../../diagram/escape-xml.js";

/** A piece of HTML; only what this file makes is one, so that no text of an input is ever taken for markup. */
export interface Markup {
  readonly html: string;
}

type Content = string | number | Markup | readonly Markup[];

/** Markup with every value put in as text, unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { html: parts.map((part, index) => part + contentOf(values[index])).join("") };
}

/** Text that is markup already: what this project wrote or drew itself. */
export function trusted(text: string): Markup {
  return { html: text };
}

export const NOTHING: Markup = trusted("");

function contentOf(value: Content | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return escapeXml(value);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map((piece) => piece.html).join("\n");
}
