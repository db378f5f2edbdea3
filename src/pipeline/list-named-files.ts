import type { NamedFiles, TextInput } from "../model/inputs.js";
import { readTopology } from "./read-topology.js";

/** The files a topology wants read beside itself, each with the place that names it. */
export function listNamedFiles(input: TextInput): NamedFiles {
  const { devices, proxies, catalogues } = readTopology(input).value;
  const exports = [...devices, ...proxies].flatMap((node) => node.exports);
  return { exports: exports.map(({ file, at }) => ({ name: file, at })), catalogues };
}
