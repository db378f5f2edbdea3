/** Port lists as Azure rules write them. */
import type { PortRange } from "../../model/service.js";

export interface Ports {
  /** Undefined: every port. */
  readonly ranges: readonly PortRange[] | undefined;
  readonly unreadable: readonly string[];
}

/** The ports of a list of texts such as `443`, `1000-2000` or `*`. */
export function readPorts(texts: readonly string[]): Ports {
  if (texts.some((text) => text === "0-65535" || isWildcard(text))) {
    return { ranges: undefined, unreadable: [] };
  }
  const read = texts.map((text) => ({ text, range: parsePorts(text) }));
  const unreadable = read.filter(({ range }) => range === undefined).map(({ text }) => text);
  if (texts.length === 0) unreadable.push("no port given");
  return { ranges: read.flatMap(({ range }) => range ?? []), unreadable };
}

/** True iff the text stands for every address or port. */
export function isWildcard(text: string): boolean {
  return text === "*" || text.toLowerCase() === "any";
}

function parsePorts(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65535 ? { first, last } : undefined;
}
