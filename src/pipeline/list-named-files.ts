import type { NamedFiles, TextInput } from "../model/inputs.js";
import { readTopology } from "./read-topology.js";

/** The files a topology wants read beside itself, each with the place that names it. */
export function listNamedFiles(input: TextInput): NamedFiles {
  const { components, devices, proxies, catalogues, serviceTags } = readTopology(input).value;
  const settings = components.flatMap(({ proxySettings }) => proxySettings ?? []);
  const exports = [
    ...[...devices, ...proxies].flatMap((node) => node.exports),
    ...settings,
    ...(serviceTags ? [serviceTags] : []),
  ];
  return { exports: exports.map(({ file, at }) => ({ name: file, at })), catalogues };
}
