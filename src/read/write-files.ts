/** Writes generated texts into a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UsageError } from "../model/usage-error.js";

/** Writes each text under its name, replacing what is there; throws UsageError where the folder cannot be written. */
export async function writeFiles(
  folder: string,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    // Names come from topologies: they must not lead out of the folder.
    for (const { name, text } of files) await writeFile(join(folder, basename(name)), text);
  } catch (error) {
    throw new UsageError(`cannot write to \`${folder}\`: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
}
