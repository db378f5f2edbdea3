/** Finds the proxy of a topology that something is told of by host and port. */
import { formatAddressRange } from "../model/address.js";
import type { ProxyNode } from "../model/topology.js";
import type { ProofContext } from "./proof-context.js";

/** The proxy whose host has the address or name; undefined iff the topology has none there. */
export function proxyAt({ index, names: known }: ProofContext, host: string, port: number): ProxyNode | undefined {
  const stated = (known.get(host) ?? []).map(formatAddressRange);
  return index.topology.proxies.find((proxy) => {
    const { ranges = [], names = [] } = index.components.get(proxy.component)?.addresses ?? {};
    const addresses = ranges.map(formatAddressRange);
    const isThere = addresses.includes(host) || names.includes(host) || addresses.some((each) => stated.includes(each));
    return proxy.port === port && isThere;
  });
}
