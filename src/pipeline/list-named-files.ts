import { parseTopology } from "../intent/parse-topology.js";
import type { NamedFiles, TextInput } from "../model/inputs.js";

/** The files a topology wants read beside itself, each with the place that names it. */
export function listNamedFiles(input: TextInput): NamedFiles {
  const { devices, proxies, catalogues } = parseTopology(input.text, input.file).value;
  const exports = [...devices, ...proxies].flatMap((node) => node.exports);
  return { exports: exports.map(({ file, at }) => ({ name: file, at })), catalogues };
}
