import type { AddressRange } from "./address.js";
import type { Notation, Reason, WrittenText } from "./allow-list.js";
import type { Parsed } from "./diagnostic.js";
import type { ProxyPolicy, RequestAce } from "./proxy.js";
import type { PortRange } from "./service.js";
import type { SourceRef } from "./source-ref.js";

/** Requests that requirements make: every combination of the listed values. */
export interface RequestEntry {
  /** As the proxy sees them. */
  readonly clients: readonly AddressRange[];
  /** Upper case. */
  readonly methods: readonly string[];
  /** Empty: the method is CONNECT, which names none. */
  readonly schemes: readonly string[];
  /** In the notation of requirements: `name`, `*.name` every name below it, `.name` both; addresses and prefixes. */
  readonly hosts: readonly string[];
  readonly ports: readonly PortRange[];
  /** Accounts the clients answer a challenge with; empty: with or without credentials. */
  readonly users: readonly string[];
  /** At least one, in the order of the requirements. */
  readonly reasons: readonly Reason[];
}

/** What one proxy has to accept, and nothing else. */
export interface RequestList {
  readonly proxy: string;
  /** Vendor id of the proxy's exports. */
  readonly vendor: string;
  readonly entries: readonly RequestEntry[];
}

/** Rules that accept, to be put into an export where their requests are refused now. */
export interface RequestInsertion {
  /** As `RequestListWriter` has them. */
  readonly aces: readonly RequestAce[];
  /** The line that refuses the requests; absent: the end of the rules does. */
  readonly before?: SourceRef;
}

/** How a vendor writes what a proxy has to accept. */
export interface RequestListWriter {
  /**
   * The texts that make a proxy accept what the policy does; none, with an error for each limit, iff the format cannot say
   * it. Order has no meaning in the policy: every ace accepts, the rest is dropped. The conditions of an ace are of the
   * kinds `client`, `method`, `scheme`, `port`, `host` and, last, `authenticated`; a `host` may stand in a `not`.
   */
  write(policy: ProxyPolicy): Parsed<readonly WrittenText[]>;
  /**
   * The texts of a proxy's exports, in their order, with written rules in the place of the access rules they have; for no
   * exports, one text with the least that has to stand around the rules.
   */
  embed(exports: readonly string[], rules: string): readonly string[];
  readonly notations: readonly Notation[];
}
