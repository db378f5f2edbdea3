/** Turns packets, requests and services into the short words reports use for them. */
import { formatAddress } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { ProxyRequest } from "../model/proxy.js";
import { formatRanges, protocolName, type Service } from "../model/service.js";
import type { Leg, Witness } from "../model/verdict.js";

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];

/** Names of the TCP flags whose bits are set, e.g. "SYN+ACK"; "none" for no flag. */
function flagsText(flags: number): string {
  return FLAG_NAMES.filter((_, bit) => flags & (1 << bit)).join("+") || "none";
}

/** E.g. "tcp 10.1.0.4:49152 → 10.2.0.5:443, SYN, new, in eth0". */
export function packetText(packet: Packet): string {
  const details = [icmpText(packet), packet.tcpFlags === undefined ? undefined : flagsText(packet.tcpFlags)];
  details.push(packet.fragment === "later" ? "later fragment" : undefined, packet.state);
  details.push(packet.ingressInterface === "" ? undefined : `in ${packet.ingressInterface}`);
  details.push(packet.egressInterface === "" ? undefined : `out ${packet.egressInterface}`);
  return [`${protocolName(packet.protocol)} ${endsText(packet)}`, ...details.filter(Boolean)].join(", ");
}

/** E.g. "10.1.0.4:49152 → 10.2.0.5:443". */
export function endsText(packet: Packet): string {
  const { source, sourcePort, destination, destinationPort } = packet;
  return `${endText(formatAddress(source), sourcePort)} → ${endText(formatAddress(destination), destinationPort)}`;
}

/** E.g. "CONNECT host.example:443 from 10.1.0.4 as svc-proxy". */
function requestText(request: ProxyRequest): string {
  const { method, scheme, host, port, path, client, user } = request;
  const target = method === "CONNECT" ? `${host}:${port}` : `${scheme}://${host}:${port}${path}`;
  return `${method} ${target} from ${formatAddress(client)} ${user === undefined ? "without account" : `as ${user}`}`;
}

/** The packet or request that shows a refutation, with its part in the conversation. */
export function witnessText(witness: Witness): string {
  if (witness.kind === "request") return requestText(witness.request);
  return `${packetText(witness.packet)} (${WITNESSED[witness.leg]})`;
}

// The packet is always the one the source sends first, also where another leg of its conversation fails.
const WITNESSED: Readonly<Record<Leg, string>> = {
  first: "first packet",
  later: "its later packets fail",
  reply: "its reply fails",
};

const LEGS: Readonly<Record<Leg, string>> = { first: "first packet", later: "later packet", reply: "reply" };

export function legText(leg: Leg): string {
  return LEGS[leg];
}

/** E.g. "tcp/443", "udp/137-138" or "icmp type 8"; ports that are any are left out. */
export function serviceText(service: Service): string {
  const name = protocolName(service.protocol);
  const ports = service.destinationPorts === undefined ? name : `${name}/${formatRanges(service.destinationPorts)}`;
  return service.icmpTypes === undefined ? ports : `${name} type ${formatRanges(service.icmpTypes)}`;
}

function endText(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function icmpText({ icmpType, icmpCode }: Packet): string | undefined {
  if (icmpType === undefined) return undefined;
  return icmpCode === undefined ? `type ${icmpType}` : `type ${icmpType} code ${icmpCode}`;
}
