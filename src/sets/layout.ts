/**
 * How a packet lies in a diagram: each field takes one level (two words of meaning may share one), addresses and interface
 * names take four levels of 32 bits, of which an IPv4 address uses the last.
 */
import { MOST_TAGS } from "../model/acl.js";
import type { Family } from "../model/address.js";

/** The levels of one field: `first` is the level of its most significant word, of `words` levels. */
export interface Block {
  readonly first: number;
  readonly words: number;
}

// The order is a choice with figures: docs/decisions/0010-set-representation.md.
export const PROTOCOL = 0;
export const FRAGMENT = 1;
/** Destination port, or the ICMP type times 256. */
export const HIGH = 2;
/** Source port, or the ICMP code times 256. */
export const LOW = 3;
export const FLAGS = 4;
export const STATE = 5;
export const TAG = 6;
const DESTINATION = 7;
const SOURCE = 11;
export const INGRESS: Block = { first: 15, words: 4 };
export const EGRESS: Block = { first: 19, words: 4 };
export const LEVELS = 23;

const WORD_MAX = 0xffffffff;
const MAXIMA = [255, 1, 65535, 65535, 255, 4, MOST_TAGS - 1];

/** Greatest value of a level. */
export function maximumOf(level: number): number {
  return MAXIMA[level] ?? WORD_MAX;
}

/** Levels of the destination address in the diagrams of a family. */
export function destinationBlock(family: Family): Block {
  return family === "ipv4" ? { first: DESTINATION + 3, words: 1 } : { first: DESTINATION, words: 4 };
}

/** Levels of the source address in the diagrams of a family. */
export function sourceBlock(family: Family): Block {
  return family === "ipv4" ? { first: SOURCE + 3, words: 1 } : { first: SOURCE, words: 4 };
}

/** ICMP types and codes have 8 bits; in their 16-bit level each value owns 256 points, so that the level has no invalid ones. */
export const ICMP_SCALE = 256;

/**
 * Flags of TCP, the most telling first: what rules ask (a connection's first packet, or any later one) is then one interval
 * of the level, and not every second or fourth byte of sixteen.
 */
const ACK = 0x10;
const RST = 0x04;
const SYN = 0x02;
const FLAG_ORDER = [ACK, RST, SYN, 0x01, 0x08, 0x20, 0x40, 0x80];

const FLAG_VALUES = Uint8Array.from({ length: 256 }, (_, byte) =>
  FLAG_ORDER.reduce((value, flag, i) => value | ((byte & flag) === 0 ? 0 : 0x80 >> i), 0),
);
const FLAG_BYTES = new Uint8Array(256);
FLAG_VALUES.forEach((value, byte) => {
  FLAG_BYTES[value] = byte;
});

/** The value of a byte of flags in their level. */
export function flagValue(byte: number): number {
  return FLAG_VALUES[byte];
}

/** The byte of flags that has a value in their level. */
export function flagByte(value: number): number {
  return FLAG_BYTES[value];
}

/** The value of a connection's first packet. */
export const FIRST_FLAGS = flagValue(SYN);

export const ICMP_PROTOCOLS: readonly number[] = [1, 58];
export const PORT_PROTOCOLS: readonly number[] = [6, 17, 33, 132, 136];
export const TCP = 6;
