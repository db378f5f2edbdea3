/** Reads where a Squid listens, and where it sends what it accepts. */
import { parseAddress, singleAddress } from "../../model/address.js";
import type { Onward, ProxyListener, ProxyParent } from "../../model/proxy.js";
import { readPorts } from "./acl-values.js";
import type { Statement } from "./expand.js";

export type Directive = Extract<Statement, { readonly kind: "directive" }>;

// Ports with these options take connections that were not addressed to a proxy.
const NOT_FOR_CLIENTS = new Set([
  "intercept",
  "transparent",
  "tproxy",
  "accel",
  "vhost",
  "vport",
  "require-proxy-header",
]);

/** The port a line opens to clients that know the proxy; undefined iff it opens none or is not understood. */
export function readListener({ directive, words, at }: Directive): ProxyListener | undefined {
  const [endpoint = "", ...options] = words;
  if (options.some((option) => NOT_FOR_CLIENTS.has(option.split("=")[0] as string))) return undefined;
  const colon = endpoint.lastIndexOf(":");
  const ports = readPorts(endpoint.slice(colon + 1));
  const address = parseAddress(endpoint.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, ""));
  if (ports === undefined || ports.first !== ports.last) return undefined;
  const transport = directive === "https_port" ? "https" : "http";
  const isEverywhere = address === undefined || address.every((word) => word === 0);
  return { port: ports.first, transport, at, ...(isEverywhere ? {} : { address: singleAddress(address) }) };
}

/** The proxy a `cache_peer` line names, if it takes requests (a sibling is only asked for what it has stored). */
export function readParent({ words, at }: Directive): ProxyParent | undefined {
  const [host, type, port] = words;
  const ports = readPorts(port ?? "");
  return host !== undefined && type === "parent" && ports !== undefined ? { host, port: ports.first, at } : undefined;
}

/** Where accepted requests go next, as far as lines for all requests say. */
export function readOnward(directives: readonly Directive[], hasParents: boolean): Onward {
  const isSure = (name: string): boolean => {
    const [first] = directives.filter(({ directive }) => directive === name);
    return first !== undefined && first.unless.length === 0 && first.words.join(" ") === "allow all";
  };
  if (!hasParents || isSure("always_direct")) return "direct";
  const isPreferred = directives.some(({ directive }) => directive === "always_direct");
  return isSure("never_direct") && !isPreferred ? "parents" : "either";
}
