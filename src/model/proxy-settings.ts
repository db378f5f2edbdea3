import { type AddressRange, formatAddress, parseAddress } from "./address.js";
import type { SourceRef } from "./source-ref.js";

/** Where a client sends a request: straight to its target, or to a port it takes for a proxy's. */
export type ProxyRoute =
  | { readonly kind: "direct" }
  | {
      readonly kind: "proxy";
      /** What the client speaks to it. */
      readonly transport: "http" | "https" | "socks4" | "socks5";
      readonly host: string;
      readonly port: number;
    };

/** A proxy's host as topologies write it: lower case, an address in its shortest form and without brackets. */
export function routeHost(text: string): string {
  const address = parseAddress(text.replace(/^\[(.*)\]$/, "$1"));
  return address === undefined ? text.toLowerCase() : formatAddress(address);
}

/**
 * How a client chooses its way for a request:
 * - `script`: an auto-configuration script decides;
 * - `fixed`: by the scheme of the request (`*`: any), but for hosts of the `bypass` list: `*` stands for any text,
 *   `<local>` for names without a dot; no route for the scheme: direct;
 * - `open`: the settings do not tell.
 */
export type ProxySettings = { readonly at: SourceRef } & (
  | { readonly kind: "script"; readonly source: string }
  | {
      readonly kind: "fixed";
      readonly routes: ReadonlyMap<string, ProxyRoute>;
      readonly bypass: readonly string[];
    }
  | { readonly kind: "open"; readonly reason: string }
);

/** What is known of the addresses of a name: all of them in the resolver's order, or ranges that hold them. */
export type KnownAddressTexts = { readonly exactly: readonly string[] } | { readonly within: readonly AddressRange[] };

/** One request as a script is asked about it. */
export interface ScriptQuestion {
  /**
   * `scheme://host[:port]/path`. For many hosts at once the host is `*.suffix` (every name below it), `*` (every name), or
   * `[*]` (every address).
   */
  readonly url: string;
  /** What many hosts leave out: labels before the suffix, with every name that ends in them, or addresses. */
  readonly except?: readonly string[];
  /** The path of the URL stands for every path. */
  readonly isForEveryPath?: boolean;
  /** What the client's own address is; absent: not known. */
  readonly client?: string;
  addressesOf(name: string): KnownAddressTexts;
}

/** Every list of routes a script may answer with, first choice first, and what decides between several. */
export type ScriptAnswer =
  | {
      readonly kind: "routes";
      readonly outcomes: readonly (readonly ProxyRoute[])[];
      readonly doubts: readonly string[];
    }
  | { readonly kind: "open"; readonly reason: string };

/** Runs auto-configuration scripts as browsers do, within limits of work and memory. */
export interface ScriptEngine {
  /** Never throws: a script that fails sends its client directly to the target. */
  findProxy(source: string, question: ScriptQuestion): ScriptAnswer;
}
