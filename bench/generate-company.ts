/**
 * A company from a seed: sites of different make with their networks, hosts and a firewall each, tunnels to a hub,
 * applications whose parts stand at one site or two, a requirement for every flow they need, and exports that were
 * written for these flows, but for a few that were forgotten, mistyped or come too late.
 */
import type { ProveInputs, TextInput } from "../src/model/inputs.js";
import { SeededRandom } from "../test/seeded-random.js";

export interface CompanySize {
  readonly components: number;
  readonly requirements: number;
  /** Lines of all exports together, at least as many as the requirements need. */
  readonly lines: number;
  readonly seed: number;
}

const PARTS = ["web", "app", "database", "cache", "batch"] as const;
const NETWORKS = ["front", "middle", "back", "plant", "office"] as const;
const PORTS = [80, 443, 1433, 1521, 3306, 5432, 5672, 6379, 8080, 8443, 9092, 9200] as const;
const HOSTS_PER_SITE = 40;
const PARTS_PER_APPLICATION = 5;

interface Host {
  readonly name: string;
  readonly role: string;
  readonly site: number;
  readonly network: string;
  readonly address: string;
}

interface Need {
  readonly id: string;
  readonly from: Host;
  readonly to: Host;
  readonly port: number;
}

/** The company's topology, catalogue and exports; the same size and seed give the same texts. */
export function generateCompany(size: CompanySize): ProveInputs {
  const random = new SeededRandom(size.seed);
  const siteCount = Math.max(2, Math.round(size.components / HOSTS_PER_SITE));
  const networks = Array.from({ length: siteCount }, () => NETWORKS.slice(0, 2 + random.below(NETWORKS.length - 1)));
  const hosts = hostsOf(size.components, networks, random);
  const needs = Array.from({ length: size.requirements }, (_, index) => needOf(index, hosts, random));
  const linesEach = Math.ceil(size.lines / siteCount);
  const exports = networks.map((_, site): [string, TextInput] => {
    const file = fileOf(site);
    return [file, { file, text: exportOf(site, needs, linesEach, random) }];
  });
  return {
    topology: { file: "topology.yaml", text: topologyOf(networks, hosts) },
    exports: new Map(exports),
    catalogues: [{ file: "company.yaml", text: catalogueOf(hosts, needs) }],
    diagnostics: [],
  };
}

function fileOf(site: number): string {
  return `exports/edge-${site + 1}.iptables-save`;
}

/** Five hosts make an application; every tenth has its last two parts at the next site. */
function hostsOf(count: number, networks: readonly (readonly string[])[], random: SeededRandom): Host[] {
  const taken = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const application = Math.floor(index / PARTS_PER_APPLICATION);
    const part = index % PARTS_PER_APPLICATION;
    const site = (application + (application % 10 === 9 && part >= 3 ? 1 : 0)) % networks.length;
    const number = random.below((networks[site] as readonly string[]).length);
    const network = `${networks[site]?.[number]}-${site + 1}`;
    const last = (taken.get(network) ?? 9) + 1;
    taken.set(network, last);
    return {
      name: `${PARTS[part]}-${application + 1}`,
      role: `${PARTS[part]}-of-application-${application + 1}`,
      ...{ site, network, address: `10.${site + 1}.${number + 1}.${last}` },
    };
  });
}

function needOf(index: number, hosts: readonly Host[], random: SeededRandom): Need {
  const applications = Math.floor(hosts.length / PARTS_PER_APPLICATION);
  const first = (index % applications) * PARTS_PER_APPLICATION;
  const part = random.below(PARTS_PER_APPLICATION);
  const other = (part + 1 + random.below(PARTS_PER_APPLICATION - 1)) % PARTS_PER_APPLICATION;
  const [from, to] = [hosts[first + part], hosts[first + other]] as [Host, Host];
  return {
    id: `REQ-${String(index + 1).padStart(5, "0")}`,
    from,
    to,
    port: random.pick(PORTS) + 20 * random.below(50),
  };
}

function topologyOf(networks: readonly (readonly string[])[], hosts: readonly Host[]): string {
  const each = (line: (site: number, own: readonly string[]) => string): string =>
    networks.map((own, index) => line(index + 1, own)).join("\n");
  return `topology: company
title: A company of ${networks.length} sites
catalogues: [./company.yaml]
networks:
${each((site, own) => own.map((name, i) => `  - { name: ${name}-${site}, site: site-${site}, prefixes: [10.${site}.${i + 1}.0/24] }`).join("\n"))}
  - { name: hub, site: headquarters, prefixes: [10.250.0.0/24] }
links:
${each((site) => `  - { name: tunnel-${site}, kind: vpn, between: [edge-${site}, hub] }`)}
components:
${hosts.map(({ name, role, network, address }) => `  - { name: ${name}, roles: [${role}], network: ${network}, addresses: [${address}] }`).join("\n")}
devices:
${each((site, own) => {
  const ports = own.map((name, i) => `      - { name: eth${i}, network: ${name}-${site} }`).join("\n");
  return `  - name: edge-${site}\n    exports: [${fileOf(site - 1)}]\n    interfaces:\n${ports}\n      - { name: vti0, link: tunnel-${site} }`;
})}
`;
}

function catalogueOf(hosts: readonly Host[], needs: readonly Need[]): string {
  return `catalogue: company
title: What the company's applications need
documents: { book: Operations book }
roles:
${hosts.map(({ role }) => `  ${role}: a part of an application`).join("\n")}
requirements:
${needs.map(({ id, from, to, port }) => `  - { id: ${id}, title: ${from.name} to ${to.name}, from: ${from.role}, to: ${to.role}, services: [tcp/${port}], paths: [lan, vpn], purpose: business, cites: [{ document: book, section: Flows }] }`).join("\n")}
`;
}

function exportOf(site: number, needs: readonly Need[], lines: number, random: SeededRandom): string {
  const own = needs.filter(({ from, to }) => from.network !== to.network && (from.site === site || to.site === site));
  const rules = own.flatMap((need) => rulesFor(need, random));
  const rest = Math.max(0, lines - rules.length - 7);
  const filler = Array.from({ length: rest }, (_, index) => fillerRule(site, index, random));
  const half = Math.floor(rest / 2);
  const head = ["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]"];
  const known = "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
  return [...head, known, ...filler.slice(0, half), ...rules, ...filler.slice(half), "COMMIT", ""].join("\n");
}

function rulesFor({ id, from, to, port }: Need, random: SeededRandom): string[] {
  const rule = (target: string, number = port): string =>
    `-A FORWARD -s ${from.address}/32 -d ${to.address}/32 -p tcp -m tcp --dport ${number} -m comment --comment ${id} -j ${target}`;
  const chance = random.next();
  if (chance < 0.02) return [];
  if (chance < 0.03) return [rule("ACCEPT", port + 1)];
  return chance < 0.04 ? [rule("DROP"), rule("ACCEPT")] : [rule("ACCEPT")];
}

/** A rule about machines that no requirement is about. */
function fillerRule(site: number, index: number, random: SeededRandom): string {
  const source = `172.${16 + random.below(16)}.${random.below(250)}.${random.below(250)}`;
  const port = 20_000 + ((index * 37) % 20_000);
  return `-A FORWARD -s ${source}/32 -d 10.${site + 1}.200.${random.below(250)}/32 -p tcp -m tcp --dport ${port} -j ACCEPT`;
}
