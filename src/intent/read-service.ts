/** Reads services as users write them in our own files: `tcp/443`, `udp/137-138`, `icmp/echo`, `esp`, `any`. */

import { hasPorts, type PortRange, protocolNumber, type Service } from "../model/service.js";

/** What a service text denotes, or why it denotes nothing. */
export type ReadService =
  | { readonly services: readonly Service[] }
  | { readonly mistake: string; readonly help: string };

const HELP = "write `tcp/443`, `udp/137-138`, `tcp/80,443`, `icmp/echo`, `esp` or `any`";

// RFC 792 and RFC 4443: the type of an echo request; its code is 0.
const ECHO_TYPES: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [58, 128],
]);

/** The services of a text; `any` is every protocol. */
export function readService(text: string): ReadService {
  if (text === "any") return { services: Array.from({ length: 256 }, (_, protocol) => ({ protocol })) };
  const [protocolText, rest, ...more] = text.split("/");
  const protocol = protocolNumber(protocolText as string);
  if (protocol === undefined || more.length > 0) return { mistake: `\`${text}\` is no service`, help: HELP };
  if (rest === undefined) return { services: [{ protocol }] };
  const echo = ECHO_TYPES.get(protocol);
  if (echo !== undefined && rest === "echo") {
    return { services: [{ protocol, icmpTypes: [only(echo)], icmpCodes: [only(0)] }] };
  }
  if (echo !== undefined) return readIcmp(text, protocol, rest);
  if (!hasPorts(protocol)) return { mistake: `\`${text}\`: ${protocolText} has no ports`, help: HELP };
  const ports = readRanges(rest, 1, 65535);
  return ports === undefined
    ? { mistake: `\`${text}\`: ports are numbers from 1 to 65535`, help: HELP }
    : { services: [{ protocol, destinationPorts: ports }] };
}

function only(value: number): PortRange {
  return { first: value, last: value };
}

function readIcmp(text: string, protocol: number, types: string): ReadService {
  const icmpTypes = readRanges(types, 0, 255);
  return icmpTypes === undefined
    ? { mistake: `\`${text}\`: types are \`echo\` or numbers from 0 to 255`, help: HELP }
    : { services: [{ protocol, icmpTypes }] };
}

/** Ranges such as `80,443` or `1024-65535` within the bounds; undefined iff the text is none. */
export function readRanges(text: string, min: number, max: number): readonly PortRange[] | undefined {
  const ranges = text.split(",").map((part) => readOneRange(part.trim()));
  return ranges.every(
    (range) => range !== undefined && min <= range.first && range.first <= range.last && range.last <= max,
  )
    ? (ranges as PortRange[])
    : undefined;
}

function readOneRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  return match === null ? undefined : { first: Number(match[1]), last: Number(match[2] ?? match[1]) };
}
