/** An office whose requests to the internet go where the file `way` sends them: to its Squid, or directly. */

export const TOPOLOGY = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: internet, kind: internet }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5], proxy-settings: way }
  - { name: gate, roles: [], network: office, addresses: [10.1.0.9, gate.corp.example] }
  - { name: cloud, roles: [server], network: internet, addresses: ["*.cloud.example"] }
devices:
  - name: edge
    exports: [edge.rules]
    interfaces: [{ name: lan0, network: office }, { name: wan0, network: internet }]
    translations: [{ source-nat: 203.0.113.2, leaves-to: internet }]
proxies:
  - { name: squid, component: gate, exports: [squid.conf], port: 3128 }
`;
export const SQUID =
  "http_port 3128\nacl cloud dstdomain .cloud.example\nhttp_access allow cloud\nhttp_access deny all\n";
/** Only the proxy gets out. */
export const EDGE = [
  "*filter",
  ":INPUT DROP [0:0]",
  ":FORWARD DROP [0:0]",
  ":OUTPUT ACCEPT [0:0]",
  "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT",
  "-A FORWARD -s 10.1.0.9 -j ACCEPT",
  "COMMIT",
  "",
].join("\n");
