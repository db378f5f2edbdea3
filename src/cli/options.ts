/** Turns the words of command-line options into values, and refuses what is none. */
import { InvalidArgumentError } from "commander";
import type { Direction } from "../model/device.js";
import { hasPorts, protocolNumber } from "../model/service.js";

/** A protocol with the port asked for, where it has ports. */
export interface AskedService {
  readonly protocol: number;
  readonly destinationPort?: number;
}

/** Reads `tcp/443`, `udp/53` or, for protocols without ports, `icmp`. */
export function parseService(text: string): AskedService {
  const [name = "", port, ...rest] = text.split("/");
  const protocol = protocolNumber(name);
  if (protocol === undefined || rest.length > 0)
    throw new InvalidArgumentError("It looks like tcp/443, udp/53 or icmp.");
  if (!hasPorts(protocol)) {
    if (port !== undefined) throw new InvalidArgumentError(`Packets of ${name} have no ports.`);
    return { protocol };
  }
  if (port === undefined) throw new InvalidArgumentError(`Which port? It looks like ${name}/443.`);
  return { protocol, destinationPort: parsePort(port) };
}

/** Reads a port number. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
    throw new InvalidArgumentError("A port is a number up to 65535.");
  return Number(text);
}

/** Ids of the formats, as help lists them; the registry itself is loaded only by commands that read exports. */
export const FORMATS: readonly string[] = [
  ...["iptables", "nftables", "azure-nsg", "azure-firewall", "windows-firewall", "squid", "pac", "winhttp"],
];

const DIRECTIONS: readonly Direction[] = ["input", "forward", "output"];

/** Reads `forward`, or `forward=input` for a direction that is another one after a change; adds it to the others. */
export function collectDirections(
  text: string,
  previous: readonly (readonly [Direction, Direction])[],
): readonly (readonly [Direction, Direction])[] {
  const [before, after = before, ...rest] = text.split("=").map((word) => DIRECTIONS.find((one) => one === word));
  if (before === undefined || after === undefined || rest.length > 0)
    throw new InvalidArgumentError("It looks like input, forward, output or forward=input.");
  return [...previous, [before, after]];
}

/** Reads how many of something. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("A count is a whole number.");
  return Number(text);
}

/** Adds one more value to an option that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
