// Tells why a flow got its answer: the way, every layer's decision, the line that decides, what to change.

/**
 * @param {PageFlow} flow
 * @returns {HTMLElement}
 */
function evidenceOf(flow) {
  const requirement = requirementOf(flow);
  return make(
    "div",
    { class: "evidence" },
    make("p", {}, `${requirement.title}. Purpose: ${requirement.purpose}.`),
    ...(flow.explanation === "" ? [] : [make("p", { class: "answer" }, `${sentence(flow.explanation)}.`)]),
    ...(flow.decidedBy === undefined ? [] : decisionParts("Decided by", flow.decidedBy)),
    ...flow.nearMisses.flatMap((miss) => decisionParts("Nearly accepted by", miss)),
    ...flow.doubts.flatMap((doubt) => decisionParts("It depends on", doubt)),
    ...changeParts(flow),
    ...(flow.witness === undefined ? [] : [make("p", {}, "Witness: ", make("code", {}, flow.witness))]),
    ...listed(requirement.forbids ? "What gets through" : `Fails for ${flow.share}`, flow.failing),
    ...flow.paths.flatMap((path) => pathParts(path, flow)),
    ...listed(
      "Assuming",
      flow.assumptions.map((text) => data.texts[text]),
    ),
    ...listed("Required by", requirement.citations),
  );
}

/** The changes that are proposed for the requirement of a flow that does not pass. @param {PageFlow} flow */
function changeParts(flow) {
  if (flow.verdict === "proved") return [];
  const { id } = requirementOf(flow);
  const links = data.changes.flatMap(({ device, requirements }, position) =>
    requirements.includes(id) ? [make("a", { href: `#change-${position}` }, `commands for ${device}`), " "] : [],
  );
  return links.length === 0 ? [] : [make("p", {}, "What to change: ", ...links)];
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {string} label
 * @param {number} position
 */
function decisionParts(label, position) {
  const { text, place } = data.decisions[position];
  return [make("p", {}, `${label} `, make("b", { class: "name" }, text)), ...quoted(place)];
}

/**
 * @param {string} label
 * @param {readonly string[]} entries
 */
function listed(label, entries) {
  if (entries.length === 0) return [];
  return [make("p", {}, `${label}:`), make("ul", {}, ...entries.map((entry) => make("li", { class: "name" }, entry)))];
}

/**
 * @param {import("../page-data.js").PagePath} path
 * @param {PageFlow} flow
 */
function pathParts(path, flow) {
  const last = path.hops.length - 1;
  const items = path.hops.map((position, index) => {
    const hop = data.hops[position];
    const isOpen = flow.verdict === "undecided" && index === last;
    const tone = isOpen ? "undecided" : hop.disposition === "accept" ? "proved" : "refuted";
    const told = isOpen ? `may ${hop.disposition}` : hop.disposition;
    return make(
      "li",
      {},
      make(
        "p",
        {},
        make("b", { class: "name" }, hop.device),
        `, ${hop.leg}: `,
        make("span", { class: `verdict ${tone}` }, told),
      ),
      ...hop.counts.flatMap(stageParts),
      stageDetails(hop),
    );
  });
  const hops =
    items.length === 0
      ? make("p", { class: "faint" }, "No device stands on this path.")
      : make("ol", { class: "hops" }, ...items);
  return [make("p", {}, "Path ", make("span", { class: "name" }, path.text)), hops];
}

/** @param {number} decision */
function stageParts(decision) {
  const { text, place } = data.decisions[decision];
  return [make("p", { class: "name" }, text), ...quoted(place)];
}

/**
 * Every stage of a device and the packets it is about, folded away.
 * @param {import("../page-data.js").PageHop} hop
 */
function stageDetails({ before, after, decisions }) {
  const leaves = after === before || after === "" ? [] : [make("p", { class: "faint" }, `Leaves: ${after}`)];
  return make(
    "details",
    {},
    make("summary", {}, `Packets and every stage (${decisions.length})`),
    ...(before === "" ? [] : [make("p", { class: "faint" }, `Enters: ${before}`)]),
    ...leaves,
    ...decisions.flatMap(stageParts),
  );
}
