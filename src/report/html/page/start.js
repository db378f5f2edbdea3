// Brings the page to life.

/** Shows what the filter and the picture ask for. */
function update() {
  const positions = matchingFlows();
  showFlows(positions);
  showInPicture(positions);
}

/** Follows the page's own links. @param {MouseEvent} event */
function follow(event) {
  const link = /** @type {Element} */ (event.target).closest("a");
  if (link === null) return;
  const { where, verdict } = link.dataset;
  const flow = /^#flow-(\d+)$/.exec(link.getAttribute("href") ?? "");
  if (where === undefined && verdict === undefined && flow === null) return;
  event.preventDefault();
  if (where !== undefined) openLine(where);
  else if (flow !== null) openFlow(Number(flow[1]));
  else {
    askFor("verdict", verdict ?? "");
    update();
    byId("flows").scrollIntoView();
  }
}

document.addEventListener("click", follow);
form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => {
  picks = [];
  crossing = undefined;
  setTimeout(update);
});
byId("unpick").addEventListener("click", () => {
  picks = [];
  crossing = undefined;
  update();
});
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-zoom]"))) {
  button.addEventListener("click", () => zoom(Number(button.dataset["zoom"])));
}
byId("more").addEventListener("click", () => fillRows(STEP));
new IntersectionObserver((entries) => {
  if (entries.some(({ isIntersecting }) => isIntersecting)) fillRows(STEP);
}).observe(byId("more"));

let undoPaper = () => {};
addEventListener("beforeprint", () => {
  undoPaper();
  undoPaper = spreadForPaper();
});
addEventListener("afterprint", () => {
  undoPaper();
  undoPaper = () => {};
});

letMove();
letSteer();
letPick();
startLines();
update();
const linked = /^#flow-(\d+)$/.exec(location.hash);
if (linked !== null && Number(linked[1]) < data.flows.length) openFlow(Number(linked[1]));
