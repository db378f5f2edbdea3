// The table of flows: sorted, opened row by row, and filled as far as it is looked at.

const STEP = 100;
const VERDICTS = ["refuted", "undecided", "proved"];

/** @type {readonly (readonly [string, (flow: PageFlow) => string])[]} */
const COLUMNS = [
  ["Requirement", (flow) => requirementOf(flow).id],
  ["From", (flow) => flow.from || "nobody"],
  ["To", (flow) => flow.to || "nobody"],
  ["Service", (flow) => `${requirementOf(flow).forbids ? "none of " : ""}${requirementOf(flow).services}`],
  ["Path", (flow) => flow.over],
  ["Verdict", (flow) => flow.verdict],
  ["Deciding line", decidingText],
];

const byNumberAndWord = new Intl.Collator("en", { numeric: true });

let sortColumn = 5;
let isDescending = false;
/** @type {number[]} */
let shown = [];
let filled = 0;

/** @type {HTMLElement} */
let body = make("tbody", {});

/** Fills the table anew. @param {number[]} positions */
function showFlows(positions) {
  shown = sorted(positions);
  filled = 0;
  body = make("tbody", {});
  byId("flow-table").replaceChildren(
    make("caption", {}, "Every required flow with its answer"),
    make("thead", {}, make("tr", {}, ...COLUMNS.map(([title], column) => headCell(title, column)))),
    body,
  );
  fillRows(STEP);
  byId("count").textContent =
    `${positions.length} of ${data.flows.length} flows shown${picks.map((pick, end) => `${end === 0 ? " from " : " to "}${pick.title}`).join("")}.`;
}

/** @param {number[]} positions */
function sorted(positions) {
  const [, textOf] = COLUMNS[sortColumn];
  const keys = new Map(positions.map((position) => [position, textOf(data.flows[position])]));
  const rank = (/** @type {number} */ position) => VERDICTS.indexOf(data.flows[position].verdict);
  const compare = (/** @type {number} */ a, /** @type {number} */ b) =>
    (sortColumn === 5 ? rank(a) - rank(b) : byNumberAndWord.compare(keys.get(a) ?? "", keys.get(b) ?? "")) || a - b;
  return [...positions].sort((a, b) => (isDescending ? compare(b, a) : compare(a, b)));
}

/**
 * @param {string} title
 * @param {number} column
 */
function headCell(title, column) {
  const button = make("button", { type: "button" }, title);
  button.addEventListener("click", () => {
    isDescending = sortColumn === column && !isDescending;
    sortColumn = column;
    showFlows(shown);
    /** @type {HTMLElement} */ (byId("flow-table").querySelectorAll("th button")[column]).focus();
  });
  const state = sortColumn === column ? (isDescending ? "descending" : "ascending") : "none";
  return make("th", { scope: "col", "aria-sort": state }, button);
}

/** Appends up to `count` more rows. @param {number} count */
function fillRows(count) {
  const next = shown.slice(filled, filled + count);
  filled += next.length;
  body.append(...next.map(rowOf));
  byId("more").hidden = filled >= shown.length;
}

/** @param {number} position */
function rowOf(position) {
  const flow = data.flows[position];
  const [first, ...rest] = COLUMNS.map(([title, textOf]) => [title, textOf(flow)]);
  const button = make("button", { type: "button", "aria-expanded": "false" }, first[1]);
  const row = make(
    "tr",
    { id: `flow-${position}`, class: "flow" },
    make("th", { scope: "row" }, button),
    ...rest.map(([title, text]) =>
      title === "Verdict"
        ? make("td", {}, make("span", { class: `verdict ${text}` }, text))
        : make("td", { class: "name" }, text),
    ),
  );
  button.addEventListener("click", () => toggleRow(row, position));
  return row;
}

/**
 * Shows or hides the evidence below a row.
 * @param {HTMLElement} row
 * @param {number} position
 */
function toggleRow(row, position) {
  const button = /** @type {HTMLElement} */ (row.querySelector("button"));
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  row.classList.toggle("opened", !isOpen);
  if (isOpen) row.nextElementSibling?.remove();
  else
    row.after(
      make(
        "tr",
        { class: "grounds" },
        make("td", { colspan: String(COLUMNS.length) }, evidenceOf(data.flows[position])),
      ),
    );
}

/** Opens the row of a flow, whatever was filtered before. @param {number} position */
function openFlow(position) {
  if (!shown.includes(position)) {
    form.reset();
    picks = [];
    crossing = undefined;
    update();
  }
  while (filled < shown.length && document.getElementById(`flow-${position}`) === null) fillRows(STEP);
  const row = document.getElementById(`flow-${position}`);
  const button = row?.querySelector("button");
  if (row === null || button === null || button === undefined) return;
  if (button.getAttribute("aria-expanded") === "false") toggleRow(row, position);
  row.scrollIntoView({ block: "start" });
  button.focus({ preventScroll: true });
}

/** Everything on paper: all rows, the grounds of what is not proved, the findings. @returns {() => void} undoes it */
function spreadForPaper() {
  const before = filled;
  fillRows(shown.length);
  const opened = shown.filter((position) => {
    const row = byId(`flow-${position}`);
    const isClosed = row.querySelector("button")?.getAttribute("aria-expanded") === "false";
    if (!isClosed || data.flows[position].verdict === "proved") return false;
    toggleRow(row, position);
    return true;
  });
  const folded = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll("details.grave:not([open])")]);
  for (const part of folded) part.open = true;
  return () => {
    for (const part of folded) part.open = false;
    for (const position of opened) toggleRow(byId(`flow-${position}`), position);
    for (const position of shown.slice(before)) byId(`flow-${position}`).remove();
    filled = before;
    byId("more").hidden = filled >= shown.length;
  };
}
