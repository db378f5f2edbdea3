/** Changes lists of objects in a JSON text as `az` prints it: each begins and ends on lines of its own. */
import type { JsonArray, JsonObject } from "../../syntax/json.js";

/** The text with items before all others of a list; undefined where the list is empty or printed in another way. */
export function itemsPutInto(text: string, list: JsonArray, items: readonly object[]): string | undefined {
  const [first] = list.items;
  const lines = text.split("\n");
  const opens = /\[\s*$/.test(lines[list.line - 1] ?? "");
  if (first?.kind !== "object" || !opens || lines[first.line - 1]?.trim() !== "{") return undefined;
  return spliced(lines, first.line - 1, 0, linesOf(items, indentAt(lines, first), ","), text);
}

/** The text with items in the place of an object; undefined where it is printed in another way. */
export function replacedBy(text: string, object: JsonObject, items: readonly object[]): string | undefined {
  const lines = text.split("\n");
  const [, comma] = /^\s*\}(,?)\s*$/.exec(lines[object.endLine - 1] ?? "") ?? [];
  if (comma === undefined || lines[object.line - 1]?.trim() !== "{") return undefined;
  const added = linesOf(items, indentAt(lines, object), comma);
  return spliced(lines, object.line - 1, object.endLine - object.line + 1, added, text);
}

function indentAt(lines: readonly string[], { line }: JsonObject): string {
  return /^\s*/.exec(lines[line - 1] as string)?.[0] ?? "";
}

function linesOf(items: readonly object[], indent: string, last: string): string[] {
  return items.flatMap((item, index) => {
    const ending = index < items.length - 1 ? "," : last;
    return `${JSON.stringify(item, undefined, 2)}${ending}`.split("\n").map((line) => indent + line);
  });
}

function spliced(lines: string[], from: number, count: number, added: readonly string[], text: string): string {
  const ending = text.includes("\r\n") ? "\r" : "";
  return lines.toSpliced(from, count, ...added.map((line) => line + ending)).join("\n");
}
