/** Counts which exported sets no rule asks for, and which sets rules ask for that the export of the sets lacks. */
import type { NamedPlace, SetCensus } from "../../model/device.js";
import type { SetCatalogue } from "./set-catalogue.js";
import { rulesOf, type SetFile, type Table } from "./types.js";

/** Undefined iff the sets were not exported: then nobody knows which of them are there. */
export function setCensus(
  files: readonly SetFile[],
  tables: readonly Table[],
  sets: SetCatalogue,
): SetCensus | undefined {
  if (files.length === 0) return undefined;
  const asked = new Map<string, NamedPlace>();
  for (const table of tables)
    for (const { name, line, file } of namesIn(table))
      if (!asked.has(name)) asked.set(name, { name, at: { file, line } });
  const exported = files.flatMap((file) => file.sets);
  const members = new Set(exported.flatMap(({ elements }) => elements.map(({ text }) => text)));
  return {
    idle: exported.flatMap(({ name, file, line }) =>
      asked.has(name) || members.has(name) ? [] : [{ name, at: { file, line } }],
    ),
    missing: [...asked].flatMap(([name, place]) => (sets.has(name) ? [] : [place])),
  };
}

/** The sets that rules match and change. */
function namesIn(table: Table): { readonly name: string; readonly line: number; readonly file: string }[] {
  return [...rulesOf([table])].flatMap(({ matches, target, line }) => {
    const matched = matches.filter(({ module }) => module === "set").flatMap(({ options }) => options);
    const changed = target?.name === "SET" ? target.options : [];
    const names = [...matched, ...changed].map(({ values }) => values[0] ?? "");
    return names.filter((name) => name !== "").map((name) => ({ name, line, file: table.file }));
  });
}
