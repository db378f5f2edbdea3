/** Writes the form that narrows the picture and the table of flows. */
import { html, type Markup } from "./markup.js";
import type { PageData } from "./page-data.js";

export function filterForm({ flows, requirements, hops }: PageData): Markup {
  const services = sorted(requirements.map((requirement) => requirement.services));
  const devices = sorted(hops.map(({ device }) => device));
  return html`<form id="filter" role="search" aria-label="Which flows to show">
<label>Search <input type="search" name="text" autocomplete="off" placeholder="requirement, component, line"></label>
<label>Verdict ${choice("verdict", ["proved", "refuted", "undecided"])}</label>
<label>Service ${choice("service", services)}</label>
<label>Device ${choice("device", devices)}</label>
<label>From ${choice("from", sorted(flows.map(({ from }) => from)))}</label>
<label>To ${choice("to", sorted(flows.map(({ to }) => to)))}</label>
<button type="reset">Show all</button>
</form>`;
}

function choice(name: string, values: readonly string[]): Markup {
  return html`<select name="${name}"><option value="">any</option>${values.map((value) => html`<option>${value}</option>`)}</select>`;
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== "").sort();
}
