import { parseTopology } from "../intent/parse-topology.js";
import type { Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import type { Topology } from "../model/topology.js";

const READ = new WeakMap<TextInput, Parsed<Topology>>();

/** The topology of an input, read once: first for the files it names, then to prove it. */
export function readTopology(input: TextInput): Parsed<Topology> {
  const known = READ.get(input);
  if (known !== undefined) return known;
  const parsed = parseTopology(input.text, input.file);
  READ.set(input, parsed);
  return parsed;
}
