// Makes what the page shows. Everything that comes from an input goes in as text and never as markup.

/** @typedef {import("../page-data.js").PageData} PageData */
/** @typedef {import("../page-data.js").PageFlow} PageFlow */
/** @typedef {import("../page-data.js").PagePlace} PagePlace */
/** @typedef {import("../page-data.js").PageFile} PageFile */

/**
 * The element with the id, which the page always has.
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @type {PageData} */
const data = JSON.parse(byId("data").textContent ?? "");

/**
 * The positions in a list of a flow that a filter, a link or a table row speaks of.
 * @param {PageFlow} flow
 */
function requirementOf(flow) {
  return data.requirements[flow.requirement];
}

/**
 * Where a line stands, as a link into the exports, with the line.
 * @param {PagePlace} place
 */
function quoted(place) {
  const line =
    place.quote ?? (place.file === undefined ? undefined : data.files[place.file].lines[place.line - 1]?.trim());
  const where = make("p", { class: "place" }, make("a", { href: "#exports", "data-where": place.where }, place.where));
  return line === undefined ? [where] : [where, make("pre", { class: "quote" }, make("code", {}, line))];
}
