/** Turns a topology into the names of the other files it wants read. */
import { parseTopology } from "../intent/parse-topology.js";
import type { NamedFiles, TextInput } from "../model/inputs.js";

/** The exports and catalogues a topology names, as far as it can be read. */
export function namedFiles({ text, file }: TextInput): NamedFiles {
  const { devices, proxies, catalogues } = parseTopology(text, file).value;
  const exports = [...devices, ...proxies].flatMap((node) => node.exports);
  return { exports: exports.map((named) => ({ name: named.file, at: named.at })), catalogues };
}
