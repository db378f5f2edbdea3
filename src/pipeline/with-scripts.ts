/** Adds to the inputs of a proof what runs the scripts they name; it is loaded only where there is one. */
import { parseTopology } from "../intent/parse-topology.js";
import type { ProveInputs } from "../model/inputs.js";
import { vendorOf } from "./targets.js";

/** The inputs with an engine for scripts iff some component states proxy settings, or `target` is written as scripts. */
export async function withScripts(inputs: ProveInputs, target?: string): Promise<ProveInputs> {
  const { components } = parseTopology(inputs.topology.text, inputs.topology.file).value;
  const isWritten = vendorOf(target)?.settingsLists !== undefined;
  if (!isWritten && components.every(({ proxySettings }) => proxySettings === undefined)) return inputs;
  const { openScriptEngine } = await import("../vendors/pac/script-engine.js");
  return { ...inputs, scripts: await openScriptEngine() };
}
