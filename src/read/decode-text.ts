/** Turns the bytes of an input into text with `\n` line ends: UTF-8, UTF-16 of either order, or Latin-1 as a last resort. */

/** The text of some bytes, with a remark where it was guessed; or why they are not text. */
export type Decoded =
  | { readonly kind: "text"; readonly text: string; readonly remark?: string }
  | { readonly kind: "binary"; readonly reason: string };

/** The encodings that configuration files come in. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/** Decodes by byte order mark, else by where the zero bytes are, else as UTF-8; bytes that are no text are refused. */
export function decodeText(bytes: Uint8Array): Decoded {
  const archive = archiveKind(bytes);
  if (archive !== undefined) return { kind: "binary", reason: `it is a ${archive}` };
  const decoded = decodeAs(bytes, encodingOf(bytes));
  if (decoded.text.includes("\0")) return { kind: "binary", reason: "it holds zero bytes" };
  if (isMostlyControl(decoded.text)) return { kind: "binary", reason: "most of its start is control characters" };
  return { kind: "text", ...decoded, text: withPlainLineEnds(decoded.text) };
}

/** The encoding of a text that begins with these bytes. */
export function encodingOf(bytes: Uint8Array): Encoding {
  return encodingByMark(bytes) ?? encodingByZeroBytes(bytes);
}

const MAGIC_NUMBERS: readonly (readonly [string, readonly number[]])[] = [
  ["gzip archive; unpack it first", [0x1f, 0x8b]],
  ["zip archive; unpack it first", [0x50, 0x4b, 0x03, 0x04]],
  ["bzip2 archive; unpack it first", [0x42, 0x5a, 0x68]],
  ["xz archive; unpack it first", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["PDF document", [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

function archiveKind(bytes: Uint8Array): string | undefined {
  return MAGIC_NUMBERS.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0];
}

function encodingByMark(bytes: Uint8Array): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

const SAMPLE_BYTES = 4096;

// Configuration text is mostly ASCII, so UTF-16 without a mark shows a zero in nearly every second byte and in no other.
function encodingByZeroBytes(bytes: Uint8Array): Encoding {
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  const [even, odd] = zeros as [number, number];
  const many = Math.max(3, length * 0.2);
  if (odd > many && even * 20 < odd) return "utf-16le";
  if (even > many && odd * 20 < even) return "utf-16be";
  return "utf-8";
}

function decodeAs(bytes: Uint8Array, encoding: Encoding): { text: string; remark?: string } {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    const fallback = encoding === "utf-8" ? "windows-1252" : encoding;
    const read = fallback === encoding ? "damaged characters are replaced" : "read as Windows-1252 instead";
    return { text: new TextDecoder(fallback).decode(bytes), remark: `not valid ${encoding.toUpperCase()}; ${read}` };
  }
}

function isMostlyControl(text: string): boolean {
  const length = Math.min(text.length, SAMPLE_BYTES);
  let controls = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27) controls++;
  }
  return controls * 10 > length;
}

// `\r\r\n` is what Windows shells write when they redirect the output of a program that writes `\r\n` itself.
function withPlainLineEnds(text: string): string {
  return text.includes("\r") ? text.replace(/\r\r?\n/g, "\n") : text;
}
