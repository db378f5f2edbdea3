/** Reads addresses, prefixes, ranges and host names as users write them in our own files. */

import {
  type AddressRange,
  compareAddresses,
  PUBLIC_RANGES,
  parseAddress,
  parseAddressRange,
} from "../model/address.js";

/** What an address text denotes, or why it denotes nothing. */
export type ReadAddress =
  | { readonly ranges: readonly AddressRange[] }
  | { readonly name: string }
  | { readonly mistake: string; readonly help: string };

const HELP = "write `10.1.2.10`, `10.1.0.0/16` or `10.1.2.1-10.1.2.9`";

/** An address, prefix or range; a prefix with bits set below its length is a mistake, not the prefix around it. */
export function readRange(text: string): Exclude<ReadAddress, { name: string }> {
  const range = parseAddressRange(text);
  if (range === undefined) return { mistake: `\`${text}\` is no address, prefix or range`, help: HELP };
  const [host, length] = text.split("/");
  const address = length === undefined ? undefined : parseAddress(host as string);
  if (address !== undefined && compareAddresses(address, range.first) !== 0) {
    return { mistake: `\`${text}\` has bits below its prefix length`, help: `write \`${host}\` if the host is meant` };
  }
  return { ranges: [range] };
}

/** An address, prefix or range, a host name (lower case), or `public`, every address of the internet. */
export function readEndpoint(text: string): ReadAddress {
  const lower = text.toLowerCase();
  if (lower === "public") return { ranges: PUBLIC_RANGES };
  if (isHostName(lower)) return { name: lower };
  const read = readRange(text);
  return "mistake" in read && !/^[\d:.]/.test(text)
    ? { mistake: `\`${text}\` is no address and no host name`, help: `${HELP}, or a name such as \`*.example.com\`` }
    : read;
}

/** True iff the lower-case text is a DNS name, maybe with a leading `*.`; digits alone do not make a last label. */
export function isHostName(text: string): boolean {
  const labels = (text.startsWith("*.") ? text.slice(2) : text).split(".");
  const isWellFormed = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  return text.length <= 255 && isWellFormed && /[a-z]/.test(labels.at(-1) as string);
}
