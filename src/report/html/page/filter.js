// Decides which flows are shown: the form, and what was chosen in the picture.

const form = /** @type {HTMLFormElement} */ (byId("filter"));

/**
 * Components chosen in the picture: where flows begin, then where they end.
 * @type {{ title: string, components: Set<string> }[]}
 */
let picks = [];

/** Devices that flows must cross, chosen as one place of the picture. @type {Set<string> | undefined} */
let crossing;

/** @param {string} name */
function control(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
}

/**
 * Sets one control of the form, and nothing else.
 * @param {string} name
 * @param {string} value
 */
function askFor(name, value) {
  form.reset();
  picks = [];
  crossing = undefined;
  control(name).value = value;
}

/** @type {(string | undefined)[]} */
const wordsOf = [];
/** @type {(Set<string> | undefined)[]} */
const devicesOf = [];

/** @param {number} position */
function searchable(position) {
  const flow = data.flows[position];
  const { id, title, services } = requirementOf(flow);
  wordsOf[position] ??= [id, title, services, flow.from, flow.to, flow.over, flow.verdict, decidingText(flow)]
    .join(" ")
    .toLowerCase();
  return wordsOf[position];
}

/** @param {number} position */
function crossed(position) {
  devicesOf[position] ??= new Set(
    data.flows[position].paths.flatMap(({ hops }) => hops.map((hop) => data.hops[hop].device)),
  );
  return devicesOf[position];
}

/** The line that decides about a flow, or how many do. @param {PageFlow} flow */
function decidingText(flow) {
  const lines = flow.decidedBy === undefined ? [...flow.doubts, ...acceptingDecisions(flow)] : [flow.decidedBy];
  const [first, ...more] = [...new Set(lines)].map((position) => data.decisions[position].place.where);
  return first === undefined ? "" : more.length === 0 ? first : `${first}, +${more.length}`;
}

/** @param {PageFlow} flow */
function acceptingDecisions(flow) {
  if (flow.verdict !== "proved") return [];
  const hops = flow.paths.flatMap((path) => path.hops).map((hop) => data.hops[hop]);
  return hops
    .filter(({ leg }) => leg === "first packet")
    .flatMap(({ decisions }) => decisions)
    .reverse();
}

/** True iff anything narrows what is shown. */
function isNarrowed() {
  return picks.length > 0 || crossing !== undefined || [...new FormData(form).values()].some((value) => value !== "");
}

/** Positions of the flows to show. */
function matchingFlows() {
  const asked = (/** @type {string} */ name) => control(name).value;
  const words = asked("text").toLowerCase().split(/\s+/).filter(Boolean);
  const [verdict, service, device, from, to] = ["verdict", "service", "device", "from", "to"].map(asked);
  const [source, target] = picks;
  return [...data.flows.keys()].filter((position) => {
    const flow = data.flows[position];
    return (
      (verdict === "" || flow.verdict === verdict) &&
      (from === "" || flow.from === from) &&
      (to === "" || flow.to === to) &&
      (source === undefined || source.components.has(flow.from)) &&
      (target === undefined || target.components.has(flow.to)) &&
      (crossing === undefined || [...crossed(position)].some((name) => crossing?.has(name))) &&
      (service === "" || requirementOf(flow).services === service) &&
      (device === "" || crossed(position).has(device)) &&
      words.every((word) => searchable(position).includes(word))
    );
  });
}
