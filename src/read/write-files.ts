/** Writes texts to files: each is there whole or not at all. */
import { chmod, copyFile, link, mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../model/usage-error.js";

/**
 * Writes each text under its name, replacing what is there; where one cannot be written none is replaced. Throws UsageError
 * where the folder cannot be made or written, or two texts would have one name in it.
 */
export async function writeFiles(
  folder: string,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  // Names come from topologies: they must not lead out of the folder.
  const placed = files.map(({ name, text }) => ({ path: join(folder, basename(name)), text }));
  await orUnwritable(folder, async () => {
    await makeFolder(folder);
    await replaceAll(placed);
  });
}

/** Writes one text, replacing what is there. Throws UsageError where it cannot be written. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await orUnwritable(path, () => replaceAll([{ path, text }]));
}

async function orUnwritable(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    throw new UsageError(`\`${path}\` cannot be written (${code})`);
  }
}

// Not `recursive`: that never returns where a file system, such as /proc, takes no folder.
async function makeFolder(path: string): Promise<void> {
  const failure = await mkdir(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(failure instanceof Error) || (failure.code === "EEXIST" && (await stat(path)).isDirectory())) return;
  if (failure.code !== "ENOENT" || dirname(path) === path) throw failure;
  await makeFolder(dirname(path));
  await mkdir(path);
}

interface Draft {
  /** What is to be replaced; a link's end. */
  readonly path: string;
  readonly text: string;
  /** The file the text is in until all are written; undefined: it is written to in its place, being a device or a pipe. */
  readonly draft: string | undefined;
  /** Permissions of what is replaced; undefined: nothing is there. */
  readonly mode: number | undefined;
}

async function replaceAll(files: readonly { readonly path: string; readonly text: string }[]): Promise<void> {
  const drafts = await Promise.all(files.map(draftOf));
  const twice = drafts.find(({ path }, index) => drafts.findIndex((other) => other.path === path) < index);
  if (twice !== undefined) throw new UsageError(`two texts would be written to \`${twice.path}\``);
  try {
    for (const each of drafts) await writeDraft(each);
    await putInPlace(drafts);
  } finally {
    for (const { draft } of drafts) if (draft !== undefined) await rm(draft, { force: true });
  }
}

/** Puts the drafts in the place of what is there; where one cannot be, all that is there stays or comes back. */
async function putInPlace(drafts: readonly Draft[]): Promise<void> {
  const replaced: Draft[] = [];
  try {
    for (const each of drafts) await keepBefore(each);
    for (const each of drafts) {
      if (each.draft === undefined) continue;
      await rename(each.draft, each.path);
      replaced.push(each);
    }
  } catch (error) {
    for (const { path, mode } of replaced) await (mode === undefined ? rm(path) : rename(keptAt(path), path));
    await forgetBefore(drafts);
    throw error;
  }
  await forgetBefore(drafts);
}

function keptAt(path: string): string {
  return `${path}.${process.pid}.before`;
}

// A second name costs nothing, but some file systems have none.
async function keepBefore({ path, draft, mode }: Draft): Promise<void> {
  if (draft === undefined || mode === undefined) return;
  await link(path, keptAt(path)).catch(() => copyFile(path, keptAt(path)));
}

async function forgetBefore(drafts: readonly Draft[]): Promise<void> {
  for (const { path, draft } of drafts) if (draft !== undefined) await rm(keptAt(path), { force: true });
}

async function writeDraft({ path, text, draft, mode }: Draft): Promise<void> {
  // Nobody else may read what replaces a file that nobody else could; what the process masks is set afterwards.
  await writeFile(draft ?? path, text, { mode });
  if (draft !== undefined && mode !== undefined) await chmod(draft, mode);
}

async function draftOf({ path, text }: { readonly path: string; readonly text: string }): Promise<Draft> {
  const end = await realpath(path).catch(() => path);
  const found = await stat(end).catch(() => undefined);
  const draft = found === undefined || found.isFile() ? `${end}.${process.pid}.part` : undefined;
  return { path: end, text, draft, mode: found?.mode };
}
