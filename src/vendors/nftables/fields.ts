/** What the fields that rules ask for are in the model. */
import type { Family } from "../../model/address.js";
import { type Draft, narrowed, withProtocols } from "./draft.js";
import type { NumberType } from "./value-names.js";

/** Where the model keeps a field; `connection` is known of tracked packets only, `none` not at all. */
export type Place =
  | { readonly kind: "source" | "destination" }
  | { readonly kind: "sourcePorts" | "destinationPorts" | "icmpTypes" | "icmpCodes"; readonly type: NumberType }
  | { readonly kind: "tcpFlags" | "state" | "protocol" | "family" | "direction"; readonly type: NumberType }
  | { readonly kind: "ingressInterface" | "egressInterface" }
  | { readonly kind: "addressType"; readonly side: "source" | "destination" }
  | { readonly kind: "mark" | "status" | "nextHeader" }
  | { readonly kind: "connection" | "none" };

/** A field's place, and which packets have the field at all: a rule that asks for it matches no others. */
export interface FieldMeaning {
  readonly place: Place;
  readonly family?: Family;
  readonly protocols?: ReadonlySet<number>;
}

/** The protocols whose header starts with two ports. */
export const PORT_PROTOCOLS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

const NONE: Place = { kind: "none" };
const SPORT: Place = { kind: "sourcePorts", type: "port" };
const DPORT: Place = { kind: "destinationPorts", type: "port" };

/** Headers and the packets that carry them. */
const HEADERS: Readonly<Record<string, Omit<FieldMeaning, "place">>> = {
  ip: { family: "ipv4" },
  ip6: { family: "ipv6" },
  tcp: { protocols: new Set([6]) },
  udp: { protocols: new Set([17]) },
  dccp: { protocols: new Set([33]) },
  sctp: { protocols: new Set([132]) },
  udplite: { protocols: new Set([136]) },
  th: { protocols: PORT_PROTOCOLS },
  icmp: { family: "ipv4", protocols: new Set([1]) },
  icmpv6: { family: "ipv6", protocols: new Set([58]) },
  igmp: { protocols: new Set([2]) },
  esp: { protocols: new Set([50]) },
  comp: { protocols: new Set([108]) },
};

const PLACES: Readonly<Record<string, Place>> = {
  "ip saddr": { kind: "source" },
  "ip daddr": { kind: "destination" },
  "ip6 saddr": { kind: "source" },
  "ip6 daddr": { kind: "destination" },
  "ip protocol": { kind: "protocol", type: "protocol" },
  "ip6 nexthdr": { kind: "nextHeader" },
  "meta l4proto": { kind: "protocol", type: "protocol" },
  "meta nfproto": { kind: "family", type: "family" },
  "meta protocol": { kind: "family", type: "ether-type" },
  "meta iif": { kind: "ingressInterface" },
  "meta iifname": { kind: "ingressInterface" },
  "meta oif": { kind: "egressInterface" },
  "meta oifname": { kind: "egressInterface" },
  "meta mark": { kind: "mark" },
  "ct mark": { kind: "mark" },
  "ct status": { kind: "status" },
  "tcp flags": { kind: "tcpFlags", type: "tcp-flags" },
  "icmp type": { kind: "icmpTypes", type: "icmp-type" },
  "icmp code": { kind: "icmpCodes", type: "icmp-code" },
  "icmpv6 type": { kind: "icmpTypes", type: "icmpv6-type" },
  "icmpv6 code": { kind: "icmpCodes", type: "icmpv6-code" },
  "ct state": { kind: "state", type: "state" },
  "ct direction": { kind: "direction", type: "direction" },
  "fib daddr type": { kind: "addressType", side: "destination" },
  "fib saddr type": { kind: "addressType", side: "source" },
};

/** What the field is; a field without place still says by its header which packets have it. */
export function fieldMeaning(name: string): FieldMeaning {
  const known = meanings.get(name);
  if (known !== undefined) return known;
  const [header = "", field = ""] = name.split(" ");
  const packets = Object.hasOwn(HEADERS, header) ? HEADERS[header] : {};
  const meaning = { ...packets, place: placeOf(name, header, field) };
  if (Object.hasOwn(PLACES, name) || meaning.place === SPORT || meaning.place === DPORT) meanings.set(name, meaning);
  return meaning;
}

// fields are asked for by the hundred thousand; only the names this reader knows are kept
const meanings = new Map<string, FieldMeaning>();

function placeOf(name: string, header: string, field: string): Place {
  if (Object.hasOwn(PLACES, name)) return PLACES[name] as Place;
  if (header === "ct") return { kind: "connection" };
  const { protocols } = (Object.hasOwn(HEADERS, header) ? HEADERS[header] : undefined) ?? {};
  const hasPorts = protocols !== undefined && [...protocols].every((protocol) => PORT_PROTOCOLS.has(protocol));
  if (hasPorts && field === "sport") return SPORT;
  return hasPorts && field === "dport" ? DPORT : NONE;
}

/**
 * The draft for the packets that have the field. `th` reads the bytes after the network header whatever they are: for
 * protocols without ports they mean something else, which is not known (`isReal` false).
 */
export function withField(
  draft: Draft,
  { family, protocols }: FieldMeaning,
  name: string,
): { readonly draft: Draft; readonly isReal: boolean }[] {
  const ofFamily = family === undefined ? [draft] : narrowed(draft, "families", (each) => each === family);
  return ofFamily.flatMap((each) => {
    if (protocols === undefined) return [{ draft: each, isReal: true }];
    const real = withProtocols(each, protocols).map((one) => ({ draft: one, isReal: true }));
    if (!name.startsWith("th ")) return real;
    const other = narrowed(each, "protocols", (protocol) => !PORT_PROTOCOLS.has(protocol));
    return [...real, ...other.map((one) => ({ draft: one, isReal: false }))];
  });
}
