/** Generates a company of many branches: thousands of required flows over firewalls with thousands of rules. */
import type { ProveInputs, TextInput } from "../../src/model/inputs.js";

const ROLES = ["web", "app", "database", "desk"] as const;

/** How large the company is; `rules` is the length of each branch's firewall export. */
export interface LargeSite {
  readonly branches: number;
  readonly hostsPerRole: number;
  readonly rules: number;
}

/** The company's topology, one export for each branch, and its catalogue; the same size gives the same texts. */
export function largeSite(size: LargeSite): ProveInputs {
  const branches = Array.from({ length: size.branches }, (_, branch) => branch + 1);
  const exports = branches.map((branch): [string, TextInput] => {
    const file = `exports/edge-${branch}.iptables-save`;
    return [file, { file, text: edgeExport(size, branch) }];
  });
  return {
    topology: { file: "topology.yaml", text: topologyText(size, branches) },
    exports: new Map(exports),
    catalogues: [{ file: "company.yaml", text: CATALOGUE }],
    diagnostics: [],
  };
}

function topologyText(size: LargeSite, branches: readonly number[]): string {
  const each = (line: (branch: number) => string): string => branches.map(line).join("\n");
  return `topology: company
title: A company of ${size.branches} branches
catalogues: [./company.yaml]
networks:
${each((b) => `  - { name: front-${b}, site: branch-${b}, prefixes: [10.${b}.1.0/24] }\n  - { name: back-${b}, site: branch-${b}, prefixes: [10.${b}.2.0/24] }`)}
  - { name: hub, site: headquarters, prefixes: [10.200.0.0/24] }
links:
${each((b) => `  - { name: tunnel-${b}, kind: vpn, between: [edge-${b}, hub] }`)}
components:
  - { name: auditor, roles: [auditor], network: hub, addresses: [10.200.0.5] }
${each((b) => hosts(size, b))}
devices:
${each((b) => `  - name: edge-${b}\n    exports: [exports/edge-${b}.iptables-save]\n    interfaces:\n      - { name: eth0, network: front-${b} }\n      - { name: eth1, network: back-${b} }\n      - { name: vti0, link: tunnel-${b} }`)}
`;
}

function hosts({ hostsPerRole }: LargeSite, branch: number): string {
  const lines = [
    `  - { name: monitor-${branch}, roles: [monitor], network: front-${branch}, addresses: [10.${branch}.1.5] }`,
  ];
  for (const role of ROLES) {
    for (let host = 0; host < hostsPerRole; host++) {
      const network = isBack(role) ? "back" : "front";
      const address = addressOf(branch, role, host);
      lines.push(
        `  - { name: ${role}-${branch}-${host}, roles: [${role}], network: ${network}-${branch}, addresses: [${address}] }`,
      );
    }
  }
  return lines.join("\n");
}

function isBack(role: (typeof ROLES)[number]): boolean {
  return role === "app" || role === "database";
}

function addressOf(branch: number, role: (typeof ROLES)[number], host: number): string {
  return `10.${branch}.${isBack(role) ? 2 : 1}.${16 + 32 * ROLES.indexOf(role) + host}`;
}

/** Rules for single hosts and ports; every seventh host is forgotten, and one branch in five drops its monitor. */
function edgeExport({ hostsPerRole, rules }: LargeSite, branch: number): string {
  const needed = ["-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"];
  if (branch % 5 === 0) needed.push(`-A FORWARD -s 10.${branch}.1.5/32 -o eth1 -j DROP`);
  needed.push(`-A FORWARD -s 10.${branch}.1.5/32 -j ACCEPT`, "-A FORWARD -i vti0 -p tcp -m tcp --dport 443 -j ACCEPT");
  for (let host = 0; host < hostsPerRole; host++) {
    if (host % 7 === 6) continue;
    needed.push(
      `-A FORWARD -s ${addressOf(branch, "web", host)}/32 -d 10.${branch}.2.0/24 -p tcp -m tcp --dport 8443 -j ACCEPT`,
    );
  }
  const filler = Array.from({ length: Math.max(0, rules - needed.length - 6) }, (_, i) => {
    const port = 20000 + ((i * 37) % 20000);
    return `-A FORWARD -s 172.16.${i % 250}.${i % 200}/32 -d 10.${branch}.2.${(i * 7) % 250}/32 -p tcp -m tcp --dport ${port} -j ACCEPT`;
  });
  const head = ["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]"];
  const half = Math.floor(filler.length / 2);
  return [...head, ...filler.slice(0, half), ...needed, ...filler.slice(half), "COMMIT", ""].join("\n");
}

const CATALOGUE = `catalogue: company
title: What the company needs
documents: { book: Operations book }
roles:
  web: web server
  app: application server
  database: database server
  desk: workstation
  monitor: asks whether hosts are alive
  auditor: looks at everything
requirements:
  - { id: WEB-APP, title: Web server to application server, from: web, to: app, services: [tcp/8443], paths: [lan], pairs: same-site, purpose: pages, cites: [{ document: book, section: Pages }] }
  - { id: MONITOR, title: Monitoring, from: monitor, to: [web, app, database, desk], services: [tcp/9100, icmp/echo], paths: [lan], pairs: same-site, purpose: alarms, cites: [{ document: book, section: Alarms }] }
  - { id: AUDIT, title: Audit, from: auditor, to: [web, app], services: [tcp/443], paths: [vpn, lan], purpose: audit, cites: [{ document: book, section: Audit }] }
  - { id: DESK, title: No workstation at a database, expect: deny, from: desk, to: database, services: [tcp/5432], paths: [lan], pairs: same-site, purpose: hygiene, cites: [{ document: book, section: Hygiene }] }
`;
