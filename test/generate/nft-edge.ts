import type { ProveInputs } from "../../src/model/inputs.js";
import { oneRequirement } from "../pipeline/prove-texts.js";

const TOPOLOGY = `
topology: t
networks:
  - { name: lan, prefixes: [10.1.0.0/16] }
  - { name: outside, kind: internet }
components:
  - { name: agent, roles: [client], network: lan, addresses: [10.1.0.5] }
  - { name: store, roles: [server], network: outside, addresses: [198.51.100.9] }
devices:
  - name: edge
    exports: [ruleset.nft]
    interfaces: [{ name: eth0, network: outside }, { name: eth1, network: lan }]
    routes: [{ to: 10.1.0.0/16, via: lan }, { to: 0.0.0.0/0, via: outside }]
`;

/** The chain in which an edge towards the internet translates sources, as `nft list ruleset` prints it. */
export function translating(family: "ip" | "inet", ...rules: readonly string[]): string {
  return [
    `table ${family} nat {`,
    "\tchain postrouting {",
    "\t\ttype nat hook postrouting priority srcnat; policy accept;",
    ...rules.map((rule) => `\t\t${rule}`),
    "\t}",
    "}",
    "",
  ].join("\n");
}

/** A listing as the export of an edge between a private network and the internet, from which a host needs HTTPS. */
export function behindEdge(ruleset: string): ProveInputs {
  return {
    topology: { file: "topology.yaml", text: TOPOLOGY },
    exports: new Map([["ruleset.nft", { file: "ruleset.nft", text: ruleset }]]),
    catalogues: [{ file: "catalogue.yaml", text: oneRequirement("services: [tcp/443]\npaths: [internet]") }],
    diagnostics: [],
  };
}
