/** Turns a folder into the texts of its files of one kind. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import { UsageError } from "../model/usage-error.js";
import { readInput } from "./read-inputs.js";
import { explainFailure } from "./read-text.js";

/** Every file of the folder with the extension, by name in order; each is cited by its name within the folder. */
export async function readFolder(folder: string, extension: string): Promise<Parsed<readonly TextInput[]>> {
  const names = await readdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    const isFile = (await stat(folder).catch(() => undefined))?.isDirectory() === false;
    if (isFile) throw new UsageError(`\`${folder}\` is no folder`, "name the folder that holds the exports");
    const { message, help } = await explainFailure(error, folder, folder);
    throw new UsageError(message, help);
  });
  const own = names.filter((name) => name.toLowerCase().endsWith(extension)).sort();
  if (own.length === 0) throw new UsageError(`\`${folder}\` holds no \`${extension}\` file`);
  const read = await Promise.all(own.map((name) => readInput(join(folder, name))));
  return {
    value: read.map(({ value }, i) => ({ ...value, file: own[i] as string })),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}
