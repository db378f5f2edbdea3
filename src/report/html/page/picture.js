// The picture: moved, enlarged, and asked for the flows between two places.

const svg = /** @type {SVGSVGElement} */ (byId("picture").querySelector("svg"));
const whole = { x: 0, y: 0, width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
let view = { ...whole };

/** @param {typeof whole} next */
function lookAt(next) {
  view = next;
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
}

/**
 * Enlarges around a point of the picture; a factor of 0 shows all of it.
 * @param {number} factor
 * @param {number} x
 * @param {number} y
 */
function zoom(factor, x = view.x + view.width / 2, y = view.y + view.height / 2) {
  if (factor === 0) return lookAt({ ...whole });
  const width = Math.min(whole.width * 4, Math.max(120, view.width / factor));
  const scale = width / view.width;
  lookAt({ x: x - (x - view.x) * scale, y: y - (y - view.y) * scale, width, height: view.height * scale });
}

/** Units of the picture to a pixel of the screen. */
function unitsPerPixel() {
  const box = svg.getBoundingClientRect();
  return Math.max(view.width / box.width, view.height / box.height);
}

function letMove() {
  /** @type {{ x: number, y: number } | undefined} */
  let held;
  svg.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY };
  });
  svg.addEventListener("pointermove", (event) => {
    if (held === undefined || event.buttons === 0) return;
    const units = unitsPerPixel();
    lookAt({ ...view, x: view.x - (event.clientX - held.x) * units, y: view.y - (event.clientY - held.y) * units });
    held = { x: event.clientX, y: event.clientY };
  });
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      const units = unitsPerPixel();
      const x = view.x + view.width / 2 + (event.clientX - box.left - box.width / 2) * units;
      zoom(
        event.deltaY < 0 ? 1.2 : 1 / 1.2,
        x,
        view.y + view.height / 2 + (event.clientY - box.top - box.height / 2) * units,
      );
    },
    { passive: false },
  );
}

const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/** Moves and enlarges the picture by keys, and follows whoever steps from place to place. */
function letSteer() {
  svg.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const factor = event.key === "+" ? 1.25 : event.key === "-" ? 0.8 : event.key === "0" ? 0 : undefined;
    if (step === undefined && factor === undefined) return;
    event.preventDefault();
    if (factor !== undefined) zoom(factor);
    else lookAt({ ...view, x: view.x + step[0] * view.width * 0.1, y: view.y + step[1] * view.height * 0.1 });
  });
  svg.addEventListener("focusin", (event) => {
    const box = /** @type {SVGGraphicsElement} */ (event.target).getBBox();
    const [x, y] = [box.x + box.width / 2, box.y + HEADER_HEIGHT + box.height / 2];
    const isInView = x >= view.x && x <= view.x + view.width && y >= view.y && y <= view.y + view.height;
    if (!isInView) lookAt({ ...view, x: x - view.width / 2, y: y - view.height / 2 });
  });
}

/** Height of the title above the places of the picture, as it is drawn. */
const HEADER_HEIGHT = 34;

/** Makes the places of the picture buttons: components begin and end a flow, devices narrow to what crosses them. */
function letPick() {
  svg.setAttribute("role", "group");
  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  for (const drawn of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll("[data-node]"))) {
    const { components, devices } = nodes.get(drawn.dataset["node"] ?? "") ?? { components: [], devices: [] };
    if (components.length === 0 && devices.length === 0) continue;
    drawn.setAttribute("role", "button");
    drawn.setAttribute("tabindex", "0");
    onPress(drawn, () => {
      if (components.length > 0) pick(groupName(components), components);
      else if (devices.length === 1) askFor("device", devices[0]);
      else {
        askFor("device", "");
        crossing = new Set(devices);
      }
      update();
    });
  }
}

/** @param {readonly string[]} components */
function groupName(components) {
  return components.length <= 3 ? components.join(", ") : `${components[0]} and ${components.length - 1} more`;
}

/**
 * A click that did not move the picture, Enter or the space bar.
 * @param {SVGGElement} node
 * @param {() => void} act
 */
function onPress(node, act) {
  let start = { x: 0, y: 0 };
  node.addEventListener("pointerdown", (event) => {
    start = { x: event.clientX, y: event.clientY };
  });
  node.addEventListener("click", (event) => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) < 5) act();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  });
}

/**
 * @param {string} title
 * @param {readonly string[]} components
 */
function pick(title, components) {
  if (picks.length >= 2) picks = [];
  picks = [...picks, { title, components: new Set(components) }];
}

const SHOWN_ANSWERS = 12;

/** Marks the flows in the picture and, between two chosen places, tells their evidence. @param {readonly number[]} positions */
function showInPicture(positions) {
  const alive = isNarrowed() ? new Set(positions.flatMap((position) => stepsOf(data.flows[position]))) : undefined;
  for (const edge of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll("[data-from]"))) {
    const { from, to, tone } = edge.dataset;
    edge.classList.toggle("dim", alive !== undefined && !alive.has(`${from}\n${to}\n${tone}`));
  }
  const chosen = new Set(picks.flatMap(({ components }) => [...components]));
  for (const { id, components, devices } of data.nodes) {
    const node = svg.querySelector(`[data-node="${CSS.escape(id)}"]`);
    const isPicked = components.some((name) => chosen.has(name)) || devices.some((name) => crossing?.has(name));
    node?.classList.toggle("picked", isPicked);
  }
  byId("answer").replaceChildren(...answerParts(positions));
}

/** @param {PageFlow} flow */
function stepsOf({ walks, verdict }) {
  return walks.flatMap((walk) =>
    walk.slice(1).map((node, index) => `${data.nodes[walk[index]].id}\n${data.nodes[node].id}\n${verdict}`),
  );
}

/** @param {readonly number[]} positions */
function answerParts(positions) {
  const [from, to] = picks.length > 0 ? picks.map(({ title }) => title) : [control("from").value, control("to").value];
  if (!from) return [];
  if (!to) return [make("p", {}, `Flows begin at ${from}. Now choose where they end.`)];
  const heading = make("h3", {}, `From ${from} to ${to}`);
  if (positions.length === 0) return [heading, make("p", {}, "Nothing that is asked for goes this way.")];
  const articles = positions.slice(0, SHOWN_ANSWERS).map((position) => {
    const flow = data.flows[position];
    const title = `${requirementOf(flow).id}, ${flow.from} → ${flow.to}, ${requirementOf(flow).services}: `;
    return make(
      "article",
      {},
      make("h4", {}, title, make("span", { class: `verdict ${flow.verdict}` }, flow.verdict)),
      evidenceOf(flow),
    );
  });
  const hidden = positions.length - SHOWN_ANSWERS;
  return [heading, ...articles, ...(hidden > 0 ? [make("p", {}, `And ${hidden} more in the table below.`)] : [])];
}
