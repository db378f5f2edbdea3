/** Turns long lists and paths into what fits a cell. */
import type { Topology } from "../model/topology.js";

/** The folder of a topology, with its last separator; empty for one in the working directory. */
export function folderOf({ file }: Topology): string {
  return file.replace(/[^/\\]*$/, "");
}

/** The path as from inside a folder, also where it lies beside it; as it is where it lies elsewhere. */
export function withoutFolder(path: string, folder: string): string {
  if (path.startsWith(folder)) return path.slice(folder.length);
  const parent = folder.replace(/[^/\\]+[/\\]$/, "");
  return parent !== "" && path.startsWith(parent) ? `../${path.slice(parent.length)}` : path;
}

/** The first entries of a list and how many more there are, e.g. "a, b, +3". */
export function shortList(entries: readonly string[], limit: number): string {
  const rest = entries.length - limit;
  return [...entries.slice(0, limit), ...(rest > 0 ? [`+${rest}`] : [])].join(", ");
}
