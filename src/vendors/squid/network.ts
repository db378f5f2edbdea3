/** Reads where a Squid listens, and where it sends what it accepts. */
import { parseAddress, singleAddress } from "../../model/address.js";
import type { ProxyListener, ProxyParent, RequestRules } from "../../model/proxy.js";
import { routeHost } from "../../model/proxy-settings.js";
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

/** True iff the line names a port that Squid can open. */
export function hasPort({ words: [endpoint = ""] }: Directive): boolean {
  return readPorts(endpoint.slice(endpoint.lastIndexOf(":") + 1)) !== undefined;
}

/** The proxy a `cache_peer` line names, if it takes requests (a sibling is only asked for what it has stored). */
export function readParent({ words, at }: Directive, takes: RequestRules): ProxyParent | undefined {
  const [host, type, port, , ...options] = words;
  const ports = readPorts(port ?? "");
  if (host === undefined || type !== "parent" || ports === undefined) return undefined;
  const isSecure = options.some((option) => /^(ssl|tls)$/.test(option));
  const login = readLogin(options.find((option) => option.startsWith("login="))?.slice("login=".length));
  return { host: routeHost(host), port: ports.first, transport: isSecure ? "https" : "http", login, takes, at };
}

/** What `cache_peer_access` calls the peer of a line, in lower case: Squid does not tell the cases apart. */
export function peerName({ words: [host = "", , , , ...options] }: Directive): string {
  const name = options.find((option) => option.startsWith("name="))?.slice("name=".length) ?? host;
  return name.toLowerCase();
}

// squid.conf, "cache_peer": `*:password` is the client's name, and PASS and PASSTHRU hand on what the client sent.
function readLogin(text: string | undefined): ProxyParent["login"] {
  if (text === undefined || text.startsWith("NEGOTIATE")) return { kind: "nobody" };
  if (/^PASS(THRU)?$/.test(text) || text.startsWith("*:")) return { kind: "client" };
  return { kind: "account", account: decodePercents(text.split(":")[0] as string) };
}

function decodePercents(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
