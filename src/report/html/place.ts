/** Writes where something stands in an input, leading there. */
import type { Analysis } from "../../model/analysis.js";
import { formatSourceRef, type SourceRef } from "../../model/source-ref.js";
import { lineAt } from "../quote-line.js";
import { folderOf, withoutFolder } from "../short-names.js";
import { html, type Markup, NOTHING } from "./markup.js";

/** The place as a link into the exports. */
export function placeLink(at: SourceRef, { topology }: Analysis): Markup {
  const where = withoutFolder(formatSourceRef(at), folderOf(topology));
  return html`<a class="place" href="#exports" data-where="${where}">${where}</a>`;
}

/** The link, and below it the line itself. */
export function quotedPlace(at: SourceRef, analysis: Analysis): Markup {
  const line = lineAt(at, analysis.sources);
  return html`<p>${placeLink(at, analysis)}</p>
${line === undefined ? NOTHING : html`<pre class="quote"><code>${line}</code></pre>`}`;
}
