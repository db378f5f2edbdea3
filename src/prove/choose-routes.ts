/** Asks a client's proxy settings which way each request of a requirement goes. */
import { asksFor } from "../compile/requested-names.js";
import { type AddressRange, ALL_ADDRESSES, compareAddresses, formatAddress, PUBLIC_RANGES } from "../model/address.js";
import type { KnownAddressTexts, ProxyRoute, ProxySettings, ScriptAnswer } from "../model/proxy-settings.js";
import type { Component } from "../model/topology.js";
import { parseHostSet } from "../sets/host-set.js";
import type { ProofContext } from "./proof-context.js";

/** One host (or `*.suffix`) and port that a client asks for. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

const DIRECT: readonly ProxyRoute[] = [{ kind: "direct" }];

/** Every list of routes that the settings may give for a target. */
export function routesFor(
  context: ProofContext,
  settings: ProxySettings,
  from: Component,
  target: Target,
): ScriptAnswer {
  switch (settings.kind) {
    case "open":
      return settings;
    case "fixed":
      return fixedRoutes(settings, target);
    case "script":
      return scriptRoutes(context, settings.source, from, target);
  }
}

// A request for port 80 is made in the clear, every other one within TLS.
function schemeOf({ port }: Target): "http" | "https" {
  return port === 80 ? "http" : "https";
}

function fixedRoutes({ routes, bypass }: Extract<ProxySettings, { kind: "fixed" }>, target: Target): ScriptAnswer {
  const route = routes.get(schemeOf(target)) ?? routes.get("*") ?? routes.get("socks");
  const proxied = route === undefined ? DIRECT : [route];
  const fits = bypass.map((pattern) => bypasses(pattern, target.host));
  if (fits.includes("yes")) return { kind: "routes", outcomes: [DIRECT], doubts: [] };
  if (!fits.includes("unknown") || route === undefined) return { kind: "routes", outcomes: [proxied], doubts: [] };
  const open = bypass.filter((_, i) => fits[i] === "unknown");
  const doubts = open.map((pattern) => `whether \`${target.host}\` is meant by \`${pattern}\` of the bypass list`);
  return { kind: "routes", outcomes: [proxied, DIRECT], doubts };
}

function bypasses(pattern: string, host: string): "yes" | "no" | "unknown" {
  if (pattern === "<local>") return /^[^.:*]+$/.test(host) ? "yes" : "no";
  if (pattern === host) return "yes";
  // An entry for one scheme or port holds for some requests.
  const bare = pattern.replace(/^[a-z]+:\/\//, "").replace(/^([^:]*|\[.*\]):\d+$/, "$1");
  if (bare !== pattern) return bypasses(bare, host) === "no" ? "no" : "unknown";
  const hosts = parseHostSet([host]);
  if (hosts.literals.length > 0) return /^[a-z*.-]*[a-z][a-z*.-]*$/.test(pattern) ? "no" : "unknown";
  return /^\d+\.[\d.*]*$/.test(pattern) ? "no" : asksFor(pattern, hosts);
}

function scriptRoutes(context: ProofContext, source: string, from: Component, target: Target): ScriptAnswer {
  const { scripts } = context.choosing;
  if (scripts === undefined) throw new Error("a script was let through without an engine");
  const scheme = schemeOf(target);
  const isUsual = target.port === (scheme === "http" ? 80 : 443);
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  const client = singleAddress(from.addresses.ranges);
  return scripts.findProxy(source, {
    url: `${scheme}://${host}${isUsual ? "" : `:${target.port}`}/`,
    isForEveryPath: true,
    ...(client !== undefined && { client }),
    addressesOf: (name) => addressesOf(context, target.host, name),
  });
}

function singleAddress(ranges: readonly AddressRange[]): string | undefined {
  const [range, ...others] = ranges;
  if (range === undefined || others.length > 0 || compareAddresses(range.first, range.last) !== 0) return undefined;
  return formatAddress(range.first);
}

// One stated address is the name's; of several nobody knows which the resolver gives first. A target nobody states
// addresses of is on the internet.
function addressesOf(context: ProofContext, target: string, name: string): KnownAddressTexts {
  const stated = context.names.get(name);
  if (stated === undefined)
    return { within: name === target ? PUBLIC_RANGES : [ALL_ADDRESSES.ipv4, ALL_ADDRESSES.ipv6] };
  const single = singleAddress(stated);
  return single === undefined ? { within: stated } : { exactly: [single] };
}
