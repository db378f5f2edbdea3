import type { AddressRange, Family, MaskedAddress } from "./address.js";
import type { Service } from "./service.js";

/** What a stateful device has concluded about a packet. */
export type ConnectionState = "new" | "established" | "related" | "invalid" | "untracked";

export const CONNECTION_STATES: readonly ConnectionState[] = ["new", "established", "related", "invalid", "untracked"];

/**
 * An address operand: a range, a bit pattern with a mask, a name the device resolves by itself, or a name that the client
 * asks for inside its connection (TLS server name, Host header), whatever the address: `*` any name, `*.x` every name
 * below x, `*x` every name that ends so.
 */
export type Endpoint = AddressRange | MaskedAddress | NamedEndpoint;

export type NamedEndpoint = { readonly fqdn: string } | { readonly requested: string };

/** True iff the endpoint names no addresses by itself. */
export function isNamedEndpoint(endpoint: Endpoint): endpoint is NamedEndpoint {
  return "fqdn" in endpoint || "requested" in endpoint;
}

/** An interface (or zone) by its exact name, or every one whose name starts with `prefix`. */
export type InterfacePattern = { readonly name: string } | { readonly prefix: string };

/** Text we could not resolve is kept; it compiles to a bound, never to nothing. */
export type Operand<T> = { readonly literal: T } | { readonly setRef: string } | { readonly unresolved: string };

/** Holds iff some operand holds; with `negated`, iff none does. No operands: never (negated: always). */
export interface AnyOf<T> {
  readonly operands: readonly Operand<T>[];
  readonly negated: boolean;
}

/** A combination of fields matched together, as in an ipset `hash:ip,port` or an nftables concatenation. */
export interface Tuple {
  readonly source?: Endpoint;
  readonly destination?: Endpoint;
  readonly service?: Service;
  readonly ingressInterface?: InterfacePattern;
  readonly egressInterface?: InterfacePattern;
}

/**
 * RFC 8519 `matches`: an absent field matches everything. Every entry of a list has to hold (a conjunction of
 * disjunctions), so that an export's repeated conditions on one field need no arithmetic in its reader.
 */
export interface Matches {
  /** Set iff the rule can only match packets of one family. */
  readonly family?: Family;
  readonly source?: readonly AnyOf<Endpoint>[];
  readonly destination?: readonly AnyOf<Endpoint>[];
  readonly service?: readonly AnyOf<Service>[];
  readonly tuples?: readonly AnyOf<Tuple>[];
  readonly ingressInterface?: readonly AnyOf<InterfacePattern>[];
  readonly egressInterface?: readonly AnyOf<InterfacePattern>[];
  readonly states?: readonly ConnectionState[];
  /** Tags of which the packet has to have one. */
  readonly tags?: readonly number[];
  readonly fragment?: "first-or-whole" | "later";
  /** Conditions no packet field decides: the ace may match less than the fields say, and never more. */
  readonly unmodeled: readonly string[];
}

/** The match of every packet. */
export const MATCH_ALL: Matches = { unmodeled: [] };

/** True iff more is asked of a packet than its family, addresses and service, which is all that most formats can say. */
export function asksBeyondFlows(matches: Matches): boolean {
  const { tuples, ingressInterface, egressInterface, states, tags, fragment } = matches;
  return [tuples, ingressInterface, egressInterface, states, tags, fragment].some((field) => field !== undefined);
}
