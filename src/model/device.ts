import type { Acl } from "./acl.js";
import type { AddressRange } from "./address.js";
import type { LineAccount } from "./diagnostic.js";
import type { Endpoint, Operand, Tuple } from "./matches.js";
import type { Translation } from "./nat.js";
import type { Service } from "./service.js";
import type { SourceRef } from "./source-ref.js";

/** A named collection used in matches; text that could not be resolved stays in it as an unresolved member. */
export type DefinedSet = { readonly name: string; readonly at: SourceRef } & (
  | { readonly kind: "prefix"; readonly members: readonly Operand<Endpoint>[] }
  | { readonly kind: "service"; readonly members: readonly Operand<Service>[] }
  | { readonly kind: "tuple"; readonly members: readonly Operand<Tuple>[] }
);

/** An interface and the addresses the exports give it. */
export interface DeviceInterface {
  readonly name: string;
  readonly addresses: readonly AddressRange[];
}

/** The way a packet takes through a device: across it, to what it protects (or itself), or from it. */
export type Direction = "forward" | "input" | "output";

/**
 * One acl at its place in a direction's order. In a `filter` stage drop and reject are final and accept goes on to the
 * next stage; a `nat` stage is asked only for the first packet of a connection and translates.
 */
export interface Stage {
  /** The vendor's name of the place, e.g. "filter FORWARD" or "inbound". */
  readonly hook: string;
  readonly kind: "filter" | "nat";
  readonly acl: string;
  /** Of a nat stage: it is not asked about a packet of which an earlier one has translated this side; absent: it is. */
  readonly translates?: Translation["side"];
  /**
   * True iff the device has routed the packets before: those that the stage sends elsewhere are routed again, and leave by
   * an interface that nobody has told.
   */
  readonly routesAnew?: boolean;
}

/**
 * How the device treats packets of known connections: `implicit`, the reply of an accepted flow is accepted without
 * asking the acls; `explicit`, the acls see the connection state (netfilter); `none`, every packet is judged alone.
 */
export type Tracking = "implicit" | "explicit" | "none";

/** A name and where it stands. */
export interface NamedPlace {
  readonly name: string;
  readonly at: SourceRef;
}

/** Sets that the exports hold and no rule asks for, and the other way round: each with the first place that asks for it. */
export interface SetCensus {
  readonly idle: readonly NamedPlace[];
  readonly missing: readonly NamedPlace[];
}

/** A device that enforces policy, whatever the vendor. */
export interface Device {
  readonly name: string;
  readonly vendor: string;
  readonly acls: readonly Acl[];
  readonly sets: readonly DefinedSet[];
  readonly interfaces: readonly DeviceInterface[];
  readonly stages: Readonly<Record<Direction, readonly Stage[]>>;
  readonly tracking: Tracking;
  /** Absent: the exports do not tell which sets there are besides those that rules ask for. */
  readonly census?: SetCensus;
}

/** One input file as its reader understood it: what became of each line. */
export interface Coverage {
  readonly file: string;
  readonly vendor: string;
  readonly lines: readonly LineAccount[];
}
