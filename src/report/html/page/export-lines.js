// The exports with the fate of every line; only the lines in sight are in the page.

/** Height of a line in pixels; the style sheet says the same. */
const LINE_HEIGHT = 22;
const FATES = /** @type {Record<string, string>} */ ({
  m: "modelled",
  h: "harmless",
  a: "approximated",
  r: "rejected",
  " ": "",
});

const fileChoice = /** @type {HTMLSelectElement} */ (byId("file"));
const only = /** @type {HTMLSelectElement} */ (byId("only"));
const lines = byId("lines");
const sheet = make("div", { class: "sheet", role: "presentation" });

/** Numbers of the lines of the chosen file that are listed, from 0. @type {number[]} */
let listing = [];
let marked = -1;

function startLines() {
  fileChoice.append(
    ...data.files.map(({ name, vendor }, position) =>
      make("option", { value: String(position) }, `${name} (${vendor})`),
    ),
  );
  fileChoice.addEventListener("change", showFile);
  only.addEventListener("change", showFile);
  lines.append(sheet);
  lines.addEventListener("scroll", drawLines);
  lines.addEventListener("click", (event) => {
    const row = /** @type {Element} */ (event.target).closest("[data-line]");
    if (row instanceof HTMLElement) mark(Number(row.dataset["line"]));
  });
  lines.addEventListener("keydown", step);
  new ResizeObserver(drawLines).observe(lines);
  showFile();
}

/** By file and line number from 0: the flows that the line stops or leaves open. @type {Map<number, number[]>[]} */
const stops = data.files.map(() => new Map());
data.flows.forEach(({ decidedBy, doubts }, position) => {
  for (const decision of decidedBy === undefined ? doubts : [decidedBy]) {
    const { file, line } = data.decisions[decision].place;
    if (file === undefined) continue;
    const known = stops[file].get(line - 1);
    if (known === undefined) stops[file].set(line - 1, [position]);
    else known.push(position);
  }
});

/** What is to be said of a line of the chosen file beside its fate. @param {number} line @returns {string[]} */
function remarksOn(line) {
  const flows = (stops[Number(fileChoice.value)].get(line) ?? []).map((position) => data.flows[position]);
  const count = (/** @type {string} */ verdict) => flows.filter((flow) => flow.verdict === verdict).length;
  const [stopped, open] = [count("refuted"), count("undecided")];
  return [
    ...(stopped > 0 ? [`decides against ${stopped} ${stopped === 1 ? "flow" : "flows"}`] : []),
    ...(open > 0 ? [`leaves ${open} ${open === 1 ? "flow" : "flows"} open`] : []),
    ...(chosenFile().findings[line + 1] ?? []).map((text) => data.texts[text]),
  ];
}

/** Marks a line and tells below the list what is to be said of it. @param {number} line */
function mark(line) {
  marked = line;
  const { fates, lines: texts, notes } = chosenFile();
  byId("line-remarks").replaceChildren(
    ...(line < 0
      ? []
      : [
          make("h3", {}, `Line ${line + 1}: ${FATES[fates[line]] || "blank"}`),
          make("pre", { class: "quote" }, make("code", {}, texts[line])),
          ...(data.texts[notes[line]] === "" ? [] : [make("p", { class: "name" }, data.texts[notes[line]])]),
          make("ul", {}, ...remarksOn(line).map((remark) => make("li", { class: "name" }, remark))),
          ...flowLinks(stops[Number(fileChoice.value)].get(line) ?? []),
        ]),
  );
  drawLines();
}

const SHOWN_LINKS = 30;

/** @param {readonly number[]} positions */
function flowLinks(positions) {
  if (positions.length === 0) return [];
  const links = positions.slice(0, SHOWN_LINKS).flatMap((position) => {
    const { from, to } = data.flows[position];
    const text = `${requirementOf(data.flows[position]).id} ${from} → ${to}`;
    return [make("a", { href: `#flow-${position}` }, text), " "];
  });
  const hidden = positions.length - SHOWN_LINKS;
  return [make("p", {}, "Flows: ", ...links, ...(hidden > 0 ? [`and ${hidden} more`] : []))];
}

/** Moves the mark with the arrow keys. @param {KeyboardEvent} event */
function step(event) {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0 || listing.length === 0) return;
  event.preventDefault();
  const place = Math.min(listing.length - 1, Math.max(0, listing.indexOf(marked) + by));
  const top = place * LINE_HEIGHT;
  if (top < lines.scrollTop) lines.scrollTop = top;
  else if (top + LINE_HEIGHT > lines.scrollTop + lines.clientHeight)
    lines.scrollTop = top + LINE_HEIGHT - lines.clientHeight;
  mark(listing[place]);
}

/** @returns {PageFile} */
function chosenFile() {
  return data.files[Number(fileChoice.value)];
}

function showFile() {
  const { fates, lines: texts } = chosenFile();
  listing = [...texts.keys()].filter(
    (line) =>
      only.value === "" ||
      (only.value === "doubtful" ? fates[line] === "a" || fates[line] === "r" : remarksOn(line).length > 0),
  );
  mark(-1);
  sheet.style.height = `${Math.max(1, listing.length) * LINE_HEIGHT}px`;
  lines.scrollTop = 0;
  const counts = Object.entries(FATES).flatMap(([letter, fate]) =>
    fate === "" ? [] : [`${fates.split(letter).length - 1} ${fate}`],
  );
  byId("file-summary").textContent = `${texts.length} lines: ${counts.join(", ")}.`;
  drawLines();
}

function drawLines() {
  const first = Math.max(0, Math.floor(lines.scrollTop / LINE_HEIGHT) - 10);
  const last = Math.min(listing.length, Math.ceil((lines.scrollTop + lines.clientHeight) / LINE_HEIGHT) + 10);
  const shown = listing.slice(first, last).map((line, index) => lineRow(line, first + index));
  sheet.replaceChildren(...(listing.length === 0 ? [make("p", { role: "listitem" }, "No such line.")] : shown));
}

/**
 * @param {number} line
 * @param {number} place
 */
function lineRow(line, place) {
  const { lines: texts, fates, notes } = chosenFile();
  const fate = FATES[fates[line]];
  const note = data.texts[notes[line]];
  const remarks = remarksOn(line);
  const row = make(
    "div",
    {
      role: "listitem",
      class: `line ${fate}${line === marked ? " marked" : ""}`,
      "data-line": String(line),
      "aria-setsize": String(listing.length),
      "aria-posinset": String(place + 1),
    },
    make("span", { class: "number" }, String(line + 1)),
    make("span", { class: "fate" }, fate),
    make("span", { class: "note", title: note }, note),
    make(
      "span",
      { class: "remark", title: remarks.join("\n") },
      remarks.length > 1 ? `${remarks[0]} +${remarks.length - 1}` : (remarks[0] ?? ""),
    ),
    make("code", {}, texts[line]),
  );
  row.style.top = `${place * LINE_HEIGHT}px`;
  return row;
}

/** Shows a line named as `file:line` or `file:line:column`. @param {string} where */
function openLine(where) {
  const [, name, number] = /^(.*?):(\d+)(?::\d+)?$/.exec(where) ?? [];
  const file = data.files.findIndex((each) => each.name === name);
  byId("exports").scrollIntoView({ block: "start" });
  if (file < 0) return;
  fileChoice.value = String(file);
  only.value = "";
  showFile();
  lines.scrollTop = Math.max(0, (Number(number) - 1) * LINE_HEIGHT - lines.clientHeight / 3);
  mark(Number(number) - 1);
  lines.focus({ preventScroll: true });
}
