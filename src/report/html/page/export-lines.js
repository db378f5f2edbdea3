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
const doubtful = /** @type {HTMLInputElement} */ (byId("doubtful"));
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
  doubtful.addEventListener("change", showFile);
  lines.append(sheet);
  lines.addEventListener("scroll", drawLines);
  new ResizeObserver(drawLines).observe(lines);
  showFile();
}

/** @returns {PageFile} */
function chosenFile() {
  return data.files[Number(fileChoice.value)];
}

function showFile() {
  const { fates, lines: texts } = chosenFile();
  listing = [...texts.keys()].filter((line) => !doubtful.checked || fates[line] === "a" || fates[line] === "r");
  marked = -1;
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
  const row = make(
    "div",
    {
      role: "listitem",
      class: `line ${fate}${line === marked ? " marked" : ""}`,
      "aria-setsize": String(listing.length),
      "aria-posinset": String(place + 1),
    },
    make("span", { class: "number" }, String(line + 1)),
    make("span", { class: "fate" }, fate),
    make("span", { class: "note", title: note }, note),
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
  doubtful.checked = false;
  showFile();
  marked = Number(number) - 1;
  lines.scrollTop = Math.max(0, marked * LINE_HEIGHT - lines.clientHeight / 3);
  drawLines();
  lines.focus({ preventScroll: true });
}
