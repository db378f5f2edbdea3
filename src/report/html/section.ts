import { html, type Markup } from "./markup.js";

/** A part of the page, which its navigation leads to by the id. */
export function section(id: string, title: string, content: Markup): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>`;
}

/** A table that scrolls sideways where the page is too narrow. */
export function table(head: readonly string[], rows: readonly Markup[]): Markup {
  return html`<div class="wide" tabindex="0" role="group" aria-label="Table, scrolls sideways"><table>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}
