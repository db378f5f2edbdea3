/** Turns one line of a packet file, a JSON object, into the packet it describes. */
import { type Address, familyOf, parseAddress } from "../model/address.js";
import type { Direction } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { Packet, Probe } from "../model/flow.js";
import { CONNECTION_STATES, type ConnectionState } from "../model/matches.js";
import { hasPorts, protocolNumber } from "../model/service.js";
import type { PacketVerdict } from "../model/trace.js";

/** A packet to put to a device and, where the file says so, what has to become of it. */
export interface PacketLine {
  readonly probe: Probe;
  readonly expect?: PacketVerdict;
}

const DIRECTIONS: readonly Direction[] = ["forward", "input", "output"];
const VERDICTS: readonly PacketVerdict[] = ["accept", "drop", "reject", "undecided"];
const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 };
const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

/** A source port of the ephemeral range, for packets that name none. */
const EPHEMERAL_PORT = 40000;

/** Keys that say something no packet field holds; rules that ask for it are undecided whatever the value. */
const FIELDS_BEYOND_THE_MODEL: readonly string[] = ["mac", "tos", "ttl", "len", "uid", "pkttype", "dir"];
const FIELDS: ReadonlySet<string> = new Set([
  ...["hook", "direction", "iif", "oif", "src", "dst", "proto", "sport", "dport", "type", "code", "flags", "state"],
  ...["expect", ...FIELDS_BEYOND_THE_MODEL],
]);

type Fields = Readonly<Record<string, unknown>>;

/** What makes a line unusable; thrown and caught in this file only. */
class Refusal extends Error {}

/**
 * The packet a line describes; undefined for a blank line, and with an error for one that describes no packet. What a
 * line leaves out: state `new`, flags SYN (ACK in a later state), source port 40000, ICMP echo request, code 0, and the
 * direction that the interfaces given imply.
 */
export function parsePacketLine(text: string, file: string, line: number): Parsed<PacketLine | undefined> {
  if (text.trim() === "") return { value: undefined, diagnostics: [] };
  const report = (severity: Diagnostic["severity"], code: string, message: string): Diagnostic => ({
    ...{ code: `intent/${code}`, severity, message },
    ...{ at: { file, line }, effect: severity === "error" ? "unknown" : "none" },
  });
  try {
    const fields = readObject(text);
    const value = { probe: readProbe(fields), ...readExpectation(fields) };
    const unknown = Object.keys(fields).filter((key) => !FIELDS.has(key));
    return { value, diagnostics: unknown.map((key) => report("warning", "packet-field", `no field \`${key}\``)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { value: undefined, diagnostics: [report("error", "packet-line", error.message)] };
  }
}

function readObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("the line is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refusal("the line is no object");
  return value as Fields;
}

function readExpectation(fields: Fields): { expect?: PacketVerdict } {
  return fields["expect"] === undefined ? {} : { expect: choice(fields, "expect", VERDICTS) };
}

function readProbe(fields: Fields): Probe {
  const direction = readDirection(fields);
  return { direction, packet: readPacket(fields, direction) };
}

function readDirection(fields: Fields): Direction {
  if (fields["direction"] !== undefined) return choice(fields, "direction", DIRECTIONS);
  if (fields["hook"] !== undefined) return choice(fields, "hook", DIRECTIONS);
  const [ingress, egress] = [fields["iif"] !== undefined, fields["oif"] !== undefined];
  if (!ingress && !egress) throw new Refusal("`hook` is missing: INPUT, FORWARD or OUTPUT");
  return ingress && egress ? "forward" : ingress ? "input" : "output";
}

function readPacket(fields: Fields, direction: Direction): Packet {
  const source = address(fields, "src");
  const destination = address(fields, "dst");
  if (source.length !== destination.length) throw new Refusal("`src` and `dst` are of different families");
  const protocol = readProtocol(fields);
  const state = fields["state"] === undefined ? "new" : choice(fields, "state", CONNECTION_STATES);
  return {
    ...{ family: familyOf(source), source, destination, protocol, state },
    ...transportFields(fields, protocol, state),
    ingressInterface: direction === "output" ? "" : interfaceName(fields, "iif"),
    egressInterface: direction === "input" ? "" : interfaceName(fields, "oif"),
    fragment: "first-or-whole",
  };
}

function transportFields(fields: Fields, protocol: number, state: ConnectionState): Partial<Packet> {
  if (protocol === ICMP || protocol === ICMPV6) {
    return {
      icmpType: number(fields, "type", 255, protocol === ICMP ? 8 : 128),
      icmpCode: number(fields, "code", 255, 0),
    };
  }
  if (!hasPorts(protocol)) return {};
  const ports = {
    sourcePort: number(fields, "sport", 65535, EPHEMERAL_PORT),
    destinationPort: number(fields, "dport", 65535),
  };
  return protocol === TCP ? { ...ports, tcpFlags: readFlags(fields, state) } : ports;
}

function readFlags(fields: Fields, state: ConnectionState): number {
  const letters = fields["flags"] ?? (state === "new" ? "S" : "A");
  if (typeof letters !== "string") throw new Refusal("`flags` must be letters of FSRPAUEC");
  return [...letters.toUpperCase()].reduce((bits, letter) => {
    const bit = FLAG_BITS[letter];
    if (bit === undefined) throw new Refusal(`\`flags\` knows FSRPAUEC, not \`${letter}\``);
    return bits | bit;
  }, 0);
}

function readProtocol(fields: Fields): number {
  const protocol = protocolNumber(String(fields["proto"] ?? ""));
  if (protocol === undefined) throw new Refusal("`proto` must be a protocol's name or number");
  return protocol;
}

function address(fields: Fields, key: string): Address {
  const value = fields[key];
  const parsed = typeof value === "string" ? parseAddress(value) : undefined;
  if (parsed === undefined) throw new Refusal(`\`${key}\` must be an IPv4 or IPv6 address`);
  return parsed;
}

function number(fields: Fields, key: string, max: number, absent?: number): number {
  const value = fields[key] ?? absent;
  if (value === undefined) throw new Refusal(`\`${key}\` is missing`);
  if (!/^\d{1,5}$/.test(String(value)) || Number(value) > max) throw new Refusal(`\`${key}\` must be 0 to ${max}`);
  return Number(value);
}

function interfaceName(fields: Fields, key: string): string {
  const value = fields[key] ?? "";
  if (typeof value !== "string") throw new Refusal(`\`${key}\` must be an interface's name`);
  return value;
}

function choice<T extends string>(fields: Fields, key: string, choices: readonly T[]): T {
  const value = String(fields[key]).toLowerCase();
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined) throw new Refusal(`\`${key}\` must be one of ${choices.join(", ")}`);
  return found;
}
