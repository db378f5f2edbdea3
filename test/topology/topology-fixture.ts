import { parseTopology } from "../../src/intent/parse-topology.js";
import { formatDiagnostic } from "../../src/model/diagnostic.js";
import type { Topology } from "../../src/model/topology.js";

/** A topology from its text; throws where the text has an error, so that no test works on half of one. */
export function topologyOf(text: string): Topology {
  const parsed = parseTopology(text, "topology.yaml");
  const errors = parsed.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(formatDiagnostic).join("\n"));
  return parsed.value;
}

/** Two sites behind an edge each, joined by a vpn and by the internet. */
export const TWO_SITES = `
topology: two-sites
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: servers, site: main, prefixes: [10.2.0.0/16] }
  - { name: internet, kind: internet }
links:
  - { name: tunnel, kind: vpn, between: [branch-edge, main-edge] }
components:
  - { name: client, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: server, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - name: branch-edge
    interfaces: [{ name: lan0, network: office }, { name: tun0, link: tunnel }, { name: wan0, network: internet }]
  - name: main-edge
    interfaces: [{ name: lan0, network: servers }, { name: tun0, link: tunnel }, { name: wan0, network: internet }]
  - { name: client-firewall, protects: { components: [client] } }
  - { name: servers-guard, protects: { networks: [servers] } }
  - { name: server-firewall, protects: { components: [server] } }
`;
