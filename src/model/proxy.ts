import type { Address, AddressRange } from "./address.js";
import type { PortRange } from "./service.js";
import type { SourceRef } from "./source-ref.js";

/** What a client asks of a proxy. */
export interface ProxyRequest {
  readonly client: Address;
  readonly method: string;
  /** Empty for CONNECT, which names none. */
  readonly scheme: string;
  /** Lower-case FQDN or address text. */
  readonly host: string;
  readonly port: number;
  /** Begins with `/`, with the query; empty for CONNECT. */
  readonly path: string;
  /** The account whose credentials the request carries and the proxy accepts; absent: no credentials are sent. */
  readonly user?: string;
  /** Header fields by lower-case name; absent: not known which are sent. */
  readonly headers?: ReadonlyMap<string, string>;
}

/** Names below a suffix, or one name. `.example.com` (below: true) holds example.com and everything under it. */
export interface HostPattern {
  readonly name: string;
  readonly below: boolean;
}

/** How a condition on names treats an address: by the name the address has, or `nameless` where it has none. */
export interface ReverseLookup {
  readonly nameless: string;
}

/** A POSIX extended regular expression, searched for anywhere in a text. */
export interface Pattern {
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

/**
 * One condition over a request:
 * - `destination`: the host is an address in the ranges or, with `lookup`, a name that has one; a name without addresses
 *   is in no range;
 * - `host`: the host is one of the names or addresses; `host-pattern`: the pattern is found in the host's text; both take
 *   an address that does not match for its name iff `reverse` is given;
 * - `url-pattern`: the pattern is found in `scheme://host:port/path` (port left out where it is the scheme's own), and for
 *   CONNECT in `host:port`; `path-pattern`: in the path, and never for CONNECT; percent escapes are decoded first;
 * - `header-pattern`: the request has the header (lower-case name), and the pattern is found in its value;
 * - `management`: the request is for the proxy's own management pages, by scheme or by the beginning of the path;
 * - `scheme`: never holds for CONNECT; names are compared in lower case, methods in upper case;
 * - `authenticated`: the request carries credentials of one of the users; asking it of a request without any ends the
 *   walk with a challenge;
 * - `unmodeled`: may hold or not.
 */
export type RequestCondition =
  | { readonly kind: "client"; readonly ranges: readonly AddressRange[] }
  | {
      readonly kind: "destination";
      readonly ranges: readonly AddressRange[];
      readonly lookup: boolean;
      readonly at: SourceRef;
    }
  | {
      readonly kind: "host";
      readonly patterns: readonly HostPattern[];
      readonly addresses: readonly AddressRange[];
      readonly reverse?: ReverseLookup;
      readonly at: SourceRef;
    }
  | ({ readonly kind: "host-pattern"; readonly reverse?: ReverseLookup; readonly at: SourceRef } & Pattern)
  | ({ readonly kind: "url-pattern"; readonly at: SourceRef } & Pattern)
  | ({ readonly kind: "path-pattern"; readonly at: SourceRef } & Pattern)
  | ({ readonly kind: "header-pattern"; readonly header: string; readonly at: SourceRef } & Pattern)
  | { readonly kind: "management"; readonly scheme: string; readonly pathPrefix: string }
  | { readonly kind: "port"; readonly ranges: readonly PortRange[] }
  | { readonly kind: "method"; readonly methods: readonly string[] }
  | { readonly kind: "scheme"; readonly schemes: readonly string[] }
  | {
      readonly kind: "authenticated";
      /** `unknown`: the exports do not say which. */
      readonly users: readonly string[] | "any" | "unknown";
      readonly ignoreCase: boolean;
      readonly at: SourceRef;
    }
  | { readonly kind: "any-of"; readonly conditions: readonly RequestCondition[] }
  | { readonly kind: "all-of"; readonly conditions: readonly RequestCondition[] }
  | { readonly kind: "not"; readonly condition: RequestCondition }
  | { readonly kind: "always" }
  | { readonly kind: "never" }
  | { readonly kind: "unmodeled"; readonly text: string; readonly at: SourceRef };

/** What finally happens to a request; `challenge`: the proxy demands credentials. */
export type RequestDisposition = "accept" | "drop" | "challenge";

/** One rule of a proxy: it decides iff every condition holds, asked in order until one does not. */
export interface RequestAce {
  readonly name: string;
  /** For the people who run the proxy, e.g. whose rule it is; only of rules that are to be written. */
  readonly remark?: string;
  readonly action: "accept" | "drop";
  readonly conditions: readonly RequestCondition[];
  readonly at: SourceRef;
}

/** A port the proxy listens on; `address` absent: every address of the host. */
export interface ProxyListener {
  readonly port: number;
  readonly address?: AddressRange;
  /** What a client must speak to it: plain HTTP, or HTTP within TLS. */
  readonly transport: "http" | "https";
  readonly at: SourceRef;
}

/** Rules that say yes (accept) or no to requests, first match. */
export interface RequestRules {
  readonly aces: readonly RequestAce[];
  readonly defaultAction: "accept" | "drop";
  readonly at: SourceRef;
}

/** Another proxy that requests may be handed to. */
export interface ProxyParent {
  readonly host: string;
  readonly port: number;
  /** What is spoken to it. */
  readonly transport: ProxyListener["transport"];
  /** As whom it is asked: as nobody, with the credentials of the client, or with an account of the proxy's own. */
  readonly login: { readonly kind: "nobody" | "client" } | { readonly kind: "account"; readonly account: string };
  /** The requests that may be handed to it. */
  readonly takes: RequestRules;
  readonly at: SourceRef;
}

/**
 * Where accepted requests go next: `direct`, to the target; else those that `always` accepts to the target, of the others
 * those that `never` accepts to a parent, and the rest either way.
 */
export type Onward = "direct" | { readonly always: RequestRules; readonly never: RequestRules };

/** The access rules of one application proxy, first match. */
export interface ProxyPolicy {
  readonly name: string;
  readonly vendor: string;
  readonly listeners: readonly ProxyListener[];
  /** What may open further ports to clients, and no export decides. */
  readonly openListeners: readonly { readonly condition: string; readonly at: SourceRef }[];
  readonly aces: readonly RequestAce[];
  readonly defaultAction: "accept" | "drop";
  readonly defaultAt: SourceRef;
  /** A drop becomes a challenge iff the condition asked last, whether it held or not, was `authenticated`. */
  readonly challengesOnDrop: boolean;
  readonly onward: Onward;
  readonly parents: readonly ProxyParent[];
}
