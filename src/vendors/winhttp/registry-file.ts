/** Reads lines of a file that the registry editor exports: `"Name"="text"`, `"Name"=dword:…`, `"Name"=hex:…`. */

/** One value of a key, with the first and last of its lines. */
export interface RegistryValue {
  readonly name: string;
  /** Texts without quotes, numbers as `0x…`, bytes in hexadecimal digits. */
  readonly text: string;
  readonly lastLine: number;
}

const VALUE =
  /^"((?:[^"\\]|\\.)*)"=(?:"((?:[^"\\]|\\.)*)"|dword:([0-9a-f]{1,8})|hex(?:\([0-9a-f]+\))?:([0-9a-f,\s\\]*))\s*$/i;

/** The value that begins on a line (from 1); undefined where none does. */
export function registryValueAt(lines: readonly string[], line: number): RegistryValue | undefined {
  let last = line;
  let text = (lines[line - 1] ?? "").trim();
  if (!text.startsWith('"')) return undefined;
  while (text.endsWith("\\") && last < lines.length) text = text.slice(0, -1) + (lines[last++] ?? "").trim();
  const [, name, word, number, bytes] = VALUE.exec(text) ?? [];
  if (name === undefined) return undefined;
  const value = word?.replace(/\\(.)/g, "$1") ?? (number === undefined ? (bytes ?? "") : `0x${number}`);
  return { name, text: value, lastLine: last };
}
