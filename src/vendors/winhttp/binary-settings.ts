/** Reads the binary values that Windows keeps proxy settings in: `DefaultConnectionSettings` and `WinHttpSettings`. */

/** What a binary value says; empty texts where it says nothing. */
export interface BinarySettings {
  readonly servers: string;
  readonly bypass: string;
  readonly scriptUrl: string;
  readonly detects: boolean;
}

const USES_SERVERS = 2;
const USES_SCRIPT = 4;
const DISCOVERS = 8;
const HEADER = 12;

/** The settings in hexadecimal digits (`46000000…`, `46,00,…`); undefined where they are cut or none. */
export function readBinarySettings(text: string): BinarySettings | undefined {
  const digits = text.replace(/[\s,]/g, "");
  if (!/^([0-9a-f]{2})+$/i.test(digits) || digits.length < 2 * HEADER) return undefined;
  const bytes = Uint8Array.from(digits.match(/../g) as string[], (pair) => Number.parseInt(pair, 16));
  const view = new DataView(bytes.buffer);
  const flags = view.getUint32(8, true);
  const texts: string[] = [];
  // Version, counter and flags come first; then texts, each after its length; the script's URL may be left out.
  for (let at = HEADER; texts.length < 3 && at + 4 <= bytes.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) return undefined;
    texts.push(String.fromCharCode(...bytes.subarray(at + 4, end)));
    at = end;
  }
  const [servers = "", bypass = "", scriptUrl = ""] = texts;
  return {
    servers: flags & USES_SERVERS ? servers : "",
    bypass: flags & USES_SERVERS ? bypass : "",
    scriptUrl: flags & USES_SCRIPT ? scriptUrl : "",
    detects: (flags & DISCOVERS) !== 0,
  };
}
