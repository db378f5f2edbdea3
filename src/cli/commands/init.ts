/** `flowproof init`: writes a topology to go on from. */
import { formatDiagnostic } from "../../model/diagnostic.js";
import { initFromAzure } from "../../pipeline/init-azure/init-azure.js";
import { readFolder } from "../../read/read-folder.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface InitOptions {
  readonly from: "azure";
}

/** Prints the topology of the exports in a folder; its paths are relative to that folder. */
export async function init(folder: string, _options: InitOptions, terminal: Terminal): Promise<ExitCode> {
  const read = await readFolder(folder, ".json");
  const { value, diagnostics } = initFromAzure(read.value);
  const all = [...read.diagnostics, ...diagnostics];
  if (value === undefined) return refuseInputs(all, terminal);
  for (const diagnostic of all) terminal.tell(`${formatDiagnostic(diagnostic)}\n`);
  await terminal.write(value);
  return EXIT.proved;
}
