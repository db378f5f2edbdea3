import type { Address, AddressRange } from "./address.js";
import type { PortRange } from "./service.js";
import type { SourceRef } from "./source-ref.js";

/** What a client asks of a proxy. */
export interface ProxyRequest {
  readonly client: Address;
  readonly method: string;
  readonly scheme: string;
  /** Lower-case FQDN or address text. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Absent: no credentials are sent. */
  readonly user?: string;
}

/** Names below a suffix, or one name. `.example.com` (below: true) holds example.com and everything under it. */
export interface HostPattern {
  readonly name: string;
  readonly below: boolean;
}

/**
 * One condition over a request. `unmodeled` may hold or not. `authenticated` holds iff the request carries credentials
 * the proxy accepts; asking it of a request without any ends the walk with a challenge.
 */
export type RequestCondition =
  | { readonly kind: "client"; readonly ranges: readonly AddressRange[] }
  | { readonly kind: "destination"; readonly ranges: readonly AddressRange[] }
  | { readonly kind: "host"; readonly patterns: readonly HostPattern[] }
  | { readonly kind: "host-regex" | "url-regex"; readonly pattern: string; readonly ignoreCase: boolean }
  | { readonly kind: "port"; readonly ranges: readonly PortRange[] }
  | { readonly kind: "method"; readonly methods: readonly string[] }
  | { readonly kind: "scheme"; readonly schemes: readonly string[] }
  | { readonly kind: "authenticated"; readonly users: readonly string[] | "any" }
  | { readonly kind: "any-of"; readonly conditions: readonly RequestCondition[] }
  | { readonly kind: "all-of"; readonly conditions: readonly RequestCondition[] }
  | { readonly kind: "not"; readonly condition: RequestCondition }
  | { readonly kind: "always" }
  | { readonly kind: "never" }
  | { readonly kind: "unmodeled"; readonly text: string; readonly at: SourceRef };

/** One rule of a proxy: it decides iff every condition holds, asked in order. */
export interface RequestAce {
  readonly name: string;
  readonly action: "accept" | "drop";
  readonly conditions: readonly RequestCondition[];
  readonly at: SourceRef;
}

/** A port the proxy listens on; `address` absent: every address of the host. */
export interface ProxyListener {
  readonly port: number;
  readonly address?: AddressRange;
  readonly at: SourceRef;
}

/** The access rules of one application proxy, first match. */
export interface ProxyPolicy {
  readonly name: string;
  readonly vendor: string;
  readonly listeners: readonly ProxyListener[];
  readonly aces: readonly RequestAce[];
  readonly defaultAction: "accept" | "drop";
  readonly defaultAt: SourceRef;
  /** Next proxies it must use instead of going to the target itself; empty: it connects by itself. */
  readonly parents: readonly { readonly host: string; readonly port: number; readonly at: SourceRef }[];
}
