/** The texts of requests that patterns are searched in, with what is not known of them left open. */
import { formatAddress } from "../model/address.js";
import type { ProxyRequest } from "../model/proxy.js";
import { addressOfHost, type HostRegion, singleLiteral } from "./host-set.js";
import type { PortSet } from "./port-set.js";
import { ANY_CHAR, type CharRange } from "./regex-syntax.js";
import type { TextPart } from "./text-pattern.js";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 };

/** The host as proxies write it into a url: lower case, no trailing dot, IPv6 in brackets. */
export function hostText(host: string): string {
  const address = addressOfHost(host);
  if (address === undefined) return host.toLowerCase().replace(/\.+$/, "");
  return address.length === 1 ? formatAddress(address) : `[${formatAddress(address)}]`;
}

/** The url of one request as the proxy searches it. */
export function urlText(request: ProxyRequest): string {
  const host = hostText(request.host);
  if (request.method.toUpperCase() === "CONNECT") return `${host}:${request.port}`;
  const scheme = request.scheme.toLowerCase();
  const port = DEFAULT_PORTS[scheme] === request.port ? "" : `:${request.port}`;
  return `${scheme}://${host}${port}${pathText(request)}`;
}

/** The path of one request as the proxy searches it: percent escapes stand for what they encode. */
export function pathText({ path }: ProxyRequest): string {
  return path.replace(/%(%|[0-9a-f]{2})/gi, (escaped, code: string) => {
    if (code === "%") return "%";
    return code === "00" ? escaped : String.fromCharCode(Number.parseInt(code, 16));
  });
}

function charRanges(...pairs: readonly string[]): CharRange[] {
  return pairs.map((pair) => ({ first: pair.charCodeAt(0), last: pair.charCodeAt(pair.length - 1) }));
}

// A host's text is lower case and ends where a port or a path begins; proxies do not check its letters further.
const HOST_CHARS = charRanges("!.", "09", ";>", "[`", "{~", "az");
const IPV4_CHARS = charRanges("..", "09");
const IPV6_CHARS = charRanges("..", "0:", "af");
const PORT_CHARS = charRanges("0:");
const SCHEME_CHARS = charRanges("+.", "09", "az");

/** Every text a host of the region can have, and maybe some more. */
export function regionText(region: HostRegion): readonly TextPart[] {
  if (region.scope === "literals") {
    const address = singleLiteral(region);
    if (address !== undefined) return [hostText(formatAddress(address))];
    return region.range.family === "ipv4" ? [{ anyOf: IPV4_CHARS }] : ["[", { anyOf: IPV6_CHARS }, "]"];
  }
  if (region.scope === "name") return [region.name];
  return region.name === "" ? [{ anyOf: HOST_CHARS }] : [{ anyOf: HOST_CHARS }, `.${region.name}`];
}

/** Every url of a CONNECT to a host text and one of the ports. */
export function tunnelUrl(host: readonly TextPart[], ports: PortSet): readonly TextPart[] {
  const port = onlyPort(ports);
  return port === undefined ? [...host, ":", { anyOf: charRanges("09") }] : [...host, `:${port}`];
}

/** Every url of another method to a host text, a scheme (undefined: any) and one of the ports, with any path. */
export function plainUrl(scheme: string | undefined, host: readonly TextPart[], ports: PortSet): readonly TextPart[] {
  const start: readonly TextPart[] = scheme === undefined ? [{ anyOf: SCHEME_CHARS }, "://"] : [`${scheme}://`];
  return [...start, ...host, ...portText(scheme, ports), "/", { anyOf: ANY_CHAR }];
}

function portText(scheme: string | undefined, ports: PortSet): readonly TextPart[] {
  const port = onlyPort(ports);
  if (scheme === undefined || port === undefined) return [{ anyOf: PORT_CHARS }];
  return DEFAULT_PORTS[scheme] === port ? [] : [`:${port}`];
}

function onlyPort(ports: PortSet): number | undefined {
  const [range, ...others] = ports;
  return range !== undefined && others.length === 0 && range.first === range.last ? range.first : undefined;
}
