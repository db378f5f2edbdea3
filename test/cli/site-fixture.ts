/** Two sites with an edge between them and a catalogue of two flows, written to a folder for the tests of the command line. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const TOPOLOGY = `topology: two-sites
title: An office that reaches a server over a tunnel
catalogues: [./own.yaml]
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: servers, site: main, prefixes: [10.2.0.0/16] }
links:
  - { name: tunnel, kind: vpn, between: [edge, servers] }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - name: edge
    exports: [edge.rules]
    interfaces:
      - { name: lan0, network: office }
      - { name: tun0, link: tunnel }
`;

const CATALOGUE = `catalogue: own
title: Two flows
roles: { client: asks, server: answers }
documents: { handbook: the handbook }
requirements:
  - id: WEB
    title: Client to server
    from: client
    to: server
    services: [tcp/443]
    paths: [vpn]
    purpose: work
    cites: [{ document: handbook, section: flows }]
  - id: SSH
    title: Administration of the server
    from: client
    to: server
    services: [tcp/22]
    paths: [vpn]
    purpose: administration
    cites: [{ document: handbook, section: flows }]
`;

export const REPLIES = "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
export const WEB = "-A FORWARD -i lan0 -o tun0 -p tcp -m tcp --dport 443 -j ACCEPT";
export const SSH = "-A FORWARD -i lan0 -o tun0 -p tcp -m tcp --dport 22 -j ACCEPT";

/** Rules of the edge: those given, and nothing else is forwarded. */
export function edgeRules(...rules: readonly string[]): string {
  return `*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules.join("\n")}\nCOMMIT\n`;
}

/** Writes a site with these texts in place of its own and gives the path of its topology. */
export async function writeSite(
  folder: string,
  texts: { readonly topology?: string; readonly edge?: string | undefined },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "topology.yaml"), texts.topology ?? TOPOLOGY);
  await writeFile(join(folder, "own.yaml"), CATALOGUE);
  if (texts.edge !== undefined) await writeFile(join(folder, "edge.rules"), texts.edge);
  return join(folder, "topology.yaml");
}
