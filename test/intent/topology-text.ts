/** A small topology without a mistake, for tests that spoil one thing in it. */
export const TOPOLOGY = `topology: office-to-cloud
title: An office and a virtual network
catalogues: [asr-classic]
scenarios: [vmware-to-azure-vpn]
facts: { replication-transport: https }
networks:
  - { name: office, site: hq, prefixes: [10.1.0.0/16] }
  - { name: vnet, site: azure, prefixes: [10.20.0.0/16] }
  - { name: internet, kind: internet }
links:
  - { name: tunnel, kind: vpn, between: [edge, vnet] }
components:
  - name: ps1
    title: Process server
    roles: [process-server]
    network: office
    addresses: [10.1.2.10, 10.1.2.16/28, 10.1.3.1-10.1.3.9]
    proxies: [web]
    accounts: [DRAProxyAccount]
    facts: { cache-disk-gb: 600, disks: [1, 2], retained: true }
  - { name: gateway, network: office, addresses: [10.1.2.1] }
  - { name: cs1, networks: [vnet], addresses: [10.20.1.4] }
  - { name: blobs, network: internet, addresses: ["*.Blob.example"] }
  - { name: anybody, network: internet, addresses: [public] }
devices:
  - name: edge
    exports: [exports/edge.rules, exports/edge.ipset]
    vendor: iptables
    interfaces:
      - { name: eth0, network: office }
      - { name: tun0, link: tunnel }
      - { name: eth1, network: internet }
    routes: [{ to: 10.20.0.0/16, via: tunnel }]
    translations:
      - { source-nat: 203.0.113.9, leaves-to: internet, sources: [10.1.0.0/16] }
  - { name: ps1-firewall, exports: [exports/ps1.txt], protects: { components: [ps1] } }
  - name: cloud-service
    interfaces: [{ name: outside, network: internet }, { name: inside, network: vnet }]
    mapped-endpoints:
      - { component: cs1, port: tcp/443, public-port: 8443, public: 203.0.113.10 }
      - { component: cs1, port: tcp/5986, public: cs1.cloudapp.example }
      - { component: cs1, port: tcp/3389 }
proxies:
  - { name: web, component: gateway, exports: [exports/squid.conf], port: 3128 }
names: { Recovery.Example: [203.0.113.80] }
sets: { VirtualNetwork: [10.20.0.0/16, 10.1.0.0/16] }
`;
