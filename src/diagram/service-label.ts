/** Turns services into the few words an edge has room for. */
import { formatRanges, protocolName, type Service } from "../model/service.js";

const SHOWN_DETAILS = 6;

/** Services by protocol, each port once, e.g. ["tcp/443, 9443", "udp/137-138"]; of many only the number. */
export function serviceLabels(services: readonly Service[]): string[] {
  const byProtocol = new Map<string, Set<string>>();
  for (const service of services) {
    const name = protocolName(service.protocol);
    const details = byProtocol.get(name) ?? new Set();
    byProtocol.set(name, details.add(detailOf(service)));
  }
  return [...byProtocol].map(([name, details]) => {
    const known = [...details].filter((detail) => detail !== "").sort(byNumber);
    if (details.has("") || known.length === 0) return name;
    return known.length > SHOWN_DETAILS ? `${name}, ${known.length} services` : `${name}/${known.join(", ")}`;
  });
}

function detailOf({ destinationPorts, icmpTypes }: Service): string {
  if (destinationPorts !== undefined) return formatRanges(destinationPorts);
  return icmpTypes === undefined ? "" : `type ${formatRanges(icmpTypes)}`;
}

function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}
