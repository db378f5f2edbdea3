/** Adds to the inputs of a proof what runs the scripts they name; it is loaded only where there is one. */
import { parseTopology } from "../intent/parse-topology.js";
import type { ProveInputs } from "../model/inputs.js";

/** The inputs with an engine for scripts iff some component states proxy settings. */
export async function withScripts(inputs: ProveInputs): Promise<ProveInputs> {
  const { components } = parseTopology(inputs.topology.text, inputs.topology.file).value;
  if (components.every(({ proxySettings }) => proxySettings === undefined)) return inputs;
  const { openScriptEngine } = await import("../vendors/pac/script-engine.js");
  return { ...inputs, scripts: await openScriptEngine() };
}
