/**
 * Names of interfaces and zones as 128-bit numbers: UTF-8 bytes, zero padded, so that a name is a point, "every name that
 * starts with eth" an interval, and the empty name (no such interface) the point 0. Sets of different devices compare.
 *
 * A name of more than 15 bytes keeps its first eight and a 56-bit digest of the rest, marked by a last byte of 255; a
 * `prefix` pattern of more than eight bytes therefore does not hold for it. Linux allows no such names.
 */
import type { Address } from "../model/address.js";

const BYTES = 16;
const SHORT = BYTES - 1;
const KEPT = 8;
/** The last byte of a name that was too long. */
const LONG = 255;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const longNames = new Map<string, string>();
const wordsByName = new Map<string, Address>();
const knownNames = new Set<string>();

/** The four words of a name. */
export function encodeName(name: string): Address {
  let words = wordsByName.get(name);
  if (words === undefined) {
    words = wordsOf(bytesOf(name));
    wordsByName.set(name, words);
    if (words[BYTES / 4 - 1] % 256 === LONG) longNames.set(words.join(), name);
  }
  return words;
}

function bytesOf(name: string): Uint8Array {
  const utf8 = encoder.encode(name);
  const bytes = new Uint8Array(BYTES);
  if (utf8.length <= SHORT) bytes.set(utf8);
  else {
    bytes.set(utf8.subarray(0, KEPT));
    bytes.set(digest(utf8), KEPT);
    bytes[SHORT] = LONG;
  }
  return bytes;
}

/** The first and last number of the names that start with a prefix. */
export function prefixInterval(prefix: string): readonly [Address, Address] {
  const utf8 = encoder.encode(prefix).subarray(0, BYTES);
  const first = new Uint8Array(BYTES);
  const last = new Uint8Array(BYTES).fill(255);
  first.set(utf8);
  last.set(utf8);
  return [wordsOf(first), wordsOf(last)];
}

/** The name four words stand for; bytes that are no name are shown as the decoder replaces them. */
export function decodeName(words: Address): string {
  if (words.every((word) => word === 0)) return "";
  const long = longNames.get(words.join());
  if (long !== undefined) return long;
  const bytes = new Uint8Array(BYTES);
  words.forEach((word, i) => {
    new DataView(bytes.buffer).setUint32(4 * i, word);
  });
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** True iff the words are those of a name: few numbers are. */
export function isName(words: Address): boolean {
  if (words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] === 0) return true;
  const key = `${words[0]},${words[1]},${words[2]},${words[3]}`;
  if (!knownNames.has(key) && wordsOf(bytesOf(decodeName(words))).join() === key) knownNames.add(key);
  return knownNames.has(key);
}

function wordsOf(bytes: Uint8Array): Address {
  const view = new DataView(bytes.buffer);
  return [0, 4, 8, 12].map((offset) => view.getUint32(offset));
}

// FNV-1a with 56 bits: names are not secrets, only accidents must not collide.
function digest(bytes: Uint8Array): Uint8Array {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  const folded = (hash >> 8n) ^ (hash & 0xffn);
  return Uint8Array.from({ length: 7 }, (_, i) => Number((folded >> BigInt(8 * i)) & 0xffn));
}
