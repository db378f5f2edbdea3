import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { parseTopology } from "../../src/intent/parse-topology.js";
import { topologySchema } from "../../src/intent/topology-schema.js";
import { formatAddressRange } from "../../src/model/address.js";
import { lines } from "./problems.js";
import { TOPOLOGY } from "./topology-text.js";

const FILE = "topology.yaml";

/** The mistakes of the small topology with `from` (once in it) replaced by `to`. */
function spoil(from: string, to: string): string[] {
  expect(TOPOLOGY.split(from), from).to.have.length(2);
  const text = TOPOLOGY.replace(from, to);
  const { diagnostics } = parseTopology(text, FILE);
  for (const { at } of diagnostics) {
    const before = text.split("\n")[at.line - 1]?.slice(0, (at.column ?? 1) - 1);
    expect(before, "a place is where a word starts").to.match(/(^|[ [{"])$/);
  }
  return lines(diagnostics);
}

describe("parseTopology", () => {
  it("reads a topology without a mistake", () => {
    const { value, diagnostics } = parseTopology(TOPOLOGY, FILE);

    expect(lines(diagnostics)).to.deep.equal([]);
    expect(value).to.deep.include({ name: "office-to-cloud", title: "An office and a virtual network", file: FILE });
    expect(value.catalogues).to.deep.equal([{ name: "asr-classic", at: { file: FILE, line: 3, column: 14 } }]);
    expect(value.networks.map(({ name, site, kind }) => [name, site, kind])).to.deep.equal([
      ["office", "hq", "lan"],
      ["vnet", "azure", "lan"],
      ["internet", "internet", "internet"],
    ]);
    expect(value.links[0]).to.deep.include({ name: "tunnel", kind: "vpn", between: ["edge", "vnet"] });
  });

  it("reads components with addresses, names, proxies, accounts and facts", () => {
    const [ps1, , cs1, blobs, anybody] = parseTopology(TOPOLOGY, FILE).value.components;

    expect(ps1).to.deep.include({ name: "ps1", title: "Process server", networks: ["office"], proxies: ["web"] });
    expect(ps1?.addresses.ranges.map(formatAddressRange)).to.deep.equal([
      "10.1.2.10",
      "10.1.2.16/28",
      "10.1.3.1-10.1.3.9",
    ]);
    expect(ps1?.accounts).to.deep.equal(["DRAProxyAccount"]);
    expect([...(ps1?.facts.values ?? [])].map(([name, { value }]) => [name, value])).to.deep.equal([
      ["cache-disk-gb", 600],
      ["disks", [1, 2]],
      ["retained", true],
    ]);
    expect(cs1).to.deep.include({ title: "cs1", networks: ["vnet"] });
    expect(blobs?.addresses).to.deep.equal({ ranges: [], names: ["*.blob.example"] });
    expect(anybody?.addresses.ranges.map(formatAddressRange)).to.include("2000::/3");
  });

  it("reads devices with exports, interfaces, routes, translations and mapped endpoints", () => {
    const [edge, host, cloud] = parseTopology(TOPOLOGY, FILE).value.devices;

    expect(edge).to.deep.include({ name: "edge", vendor: "iptables" });
    expect(edge?.exports[1]).to.deep.equal({ file: "exports/edge.ipset", at: { file: FILE, line: 27, column: 35 } });
    expect(edge?.attachments.map((attachment) => [attachment.interface, attachment.to])).to.deep.equal([
      ["eth0", "office"],
      ["tun0", "tunnel"],
      ["eth1", "internet"],
    ]);
    expect(edge?.routes[0]).to.deep.include({ via: "tunnel" });
    expect(edge?.translations[0]).to.deep.include({ leavesTo: "internet", destinations: [] });
    expect(edge?.translations[0]?.translation).to.have.nested.property("addresses.kind", "pool");
    expect(host?.protects).to.deep.equal({ components: ["ps1"], networks: [] });
    expect(host).not.to.have.property("vendor");
    expect(cloud?.mappedEndpoints.map(({ port, publicPort }) => [port, publicPort])).to.deep.equal([
      [443, 8443],
      [5986, 5986],
      [3389, 3389],
    ]);
    expect(cloud?.mappedEndpoints[1]).to.deep.include({ protocol: 6, publicName: "cs1.cloudapp.example" });
    expect(cloud?.mappedEndpoints[2]).not.to.have.any.keys("publicName", "publicAddress");
  });

  it("reads proxies, names and sets", () => {
    const { proxies, names, sets } = parseTopology(TOPOLOGY, FILE).value;

    expect(proxies[0]).to.deep.include({ name: "web", component: "gateway", port: 3128 });
    expect([...names.keys()]).to.deep.equal(["recovery.example"]);
    expect(sets.get("VirtualNetwork")?.map(formatAddressRange)).to.deep.equal(["10.20.0.0/16", "10.1.0.0/16"]);
  });

  const translations: readonly (readonly [text: string, expected: object])[] = [
    ["source-nat: interface", { side: "source", addresses: { kind: "interface" } }],
    ["destination-nat: unknown", { side: "destination", addresses: { kind: "unresolved", text: "unknown" } }],
    [
      "destination-nat: interface, to-ports: 8443",
      { side: "destination", addresses: { kind: "interface" }, ports: { first: 8443, last: 8443 } },
    ],
    [
      "source-nat: interface, to-ports: 1024-2047",
      { side: "source", addresses: { kind: "interface" }, ports: { first: 1024, last: 2047 } },
    ],
  ];
  for (const [text, expected] of translations) {
    it(`reads the translation ${text}`, () => {
      const { value } = parseTopology(TOPOLOGY.replace("source-nat: 203.0.113.9", text), FILE);
      expect(value.devices[0]?.translations[0]?.translation).to.deep.equal(expected);
    });
  }

  it("keeps host bits where the translation says so", () => {
    const text = TOPOLOGY.replace(
      "source-nat: 203.0.113.9",
      "source-nat: 198.18.0.0/16, keep-host-bits: true, service: udp/53",
    );
    const [translation] = parseTopology(text, FILE).value.devices[0]?.translations ?? [];
    expect(translation?.translation).to.have.nested.property("addresses.kind", "netmap");
    expect(translation?.service).to.deep.equal({ protocol: 17, ports: [{ first: 53, last: 53 }] });
  });

  const mistakes: readonly (readonly [what: string, from: string, to: string, expected: readonly string[]])[] = [
    ["a misspelt key", "    accounts:", "    acounts:", ["19:5 schema/unknown-key unknown key `acounts`"]],
    ["a missing key", "{ name: tunnel, kind: vpn,", "{ name: tunnel,", ["11:5 schema/missing-key `kind` is missing"]],
    [
      "a wrong kind of value",
      "roles: [process-server]",
      "roles: process-server",
      ["15:12 schema/wrong-kind `roles` must be a list, not text"],
    ],
    [
      "a value left out",
      "    roles: [process-server]",
      "    roles:",
      ["15:5 schema/wrong-kind `roles` must be a list, not nothing"],
    ],
    [
      "an unknown word",
      "kind: vpn",
      "kind: vnp",
      ["11:27 schema/unknown-word `kind` must be `lan`, `vpn` or `internet`"],
    ],
    ["an absurd port", "port: 3128", "port: 70000", ["44:75 schema/out-of-range `port` must lie between 1 and 65535"]],
    [
      "a link with one end",
      "between: [edge, vnet]",
      "between: [edge]",
      ["11:41 schema/wrong-length `between` holds 1 item, which is not exactly 2"],
    ],
    [
      "a name with blanks",
      "topology: office-to-cloud",
      "topology: office to cloud",
      ["1:11 schema/malformed `topology` is not well formed"],
    ],
    [
      "a role twice",
      "[process-server]",
      "[process-server, process-server]",
      ["15:29 schema/repeated-item `roles` holds the same item twice"],
    ],
    [
      "an octet too large",
      "10.1.2.10,",
      "10.1.2.300,",
      ["17:17 topology/not-an-address `10.1.2.300` is no address, prefix or range"],
    ],
    [
      "a prefix with host bits",
      "10.1.2.16/28",
      "10.1.2.20/28",
      ["17:28 topology/not-an-address `10.1.2.20/28` has bits below its prefix length"],
    ],
    [
      "a range the wrong way round",
      "10.1.3.1-10.1.3.9",
      "10.1.3.9-10.1.3.1",
      ["17:42 topology/not-an-address `10.1.3.9-10.1.3.1` is no address, prefix or range"],
    ],
    [
      "text that is no address",
      "[10.1.2.1]",
      "[the gateway]",
      ["21:51 topology/not-an-address `the gateway` is no address and no host name"],
    ],
    [
      "an address outside its network",
      "[10.1.2.1]",
      "[10.2.2.1]",
      ["21:51 topology/address-outside-network `10.2.2.1` is not in network `office`"],
    ],
    [
      "two hosts with one address",
      "[10.1.2.1]",
      "[10.1.2.10]",
      ["21:51 topology/shared-address `10.1.2.10` is also an address of `ps1`"],
    ],
    [
      "a component without address",
      ", addresses: [10.1.2.1]",
      "",
      ["21:13 topology/no-address component `gateway` has no address and no name"],
    ],
    [
      "a component without network",
      "network: office, addresses: [10.1.2.1]",
      "addresses: [10.1.2.1]",
      ["21:13 topology/no-network component `gateway` is attached to no network"],
    ],
    [
      "network and networks",
      "{ name: gateway, network: office",
      "{ name: gateway, network: office, networks: []",
      ["21:31 topology/two-network-keys `network` and `networks` stand side by side"],
    ],
    [
      "an unknown network",
      "name: gateway, network: office",
      "name: gateway, network: ofice",
      ["21:31 topology/unknown-name there is no network `ofice`"],
    ],
    ["an unknown proxy", "proxies: [web]", "proxies: [wab]", ["18:15 topology/unknown-name there is no proxy `wab`"]],
    [
      "an unknown component",
      "component: gateway",
      "component: getaway",
      ["44:29 topology/unknown-name there is no component `getaway`"],
    ],
    [
      "a thing of the wrong kind",
      "components: [ps1]",
      "components: [office]",
      ["36:80 topology/wrong-kind `office` is a network, and a component belongs here"],
    ],
    [
      "a repeated name",
      "{ name: web,",
      "{ name: edge,",
      [
        "18:15 topology/unknown-name there is no proxy `web`",
        "44:13 topology/repeated-name `edge` is already the device on line 26",
      ],
    ],
    [
      "a link to nowhere",
      "between: [edge, vnet]",
      "between: [egde, vnet]",
      [
        "11:42 topology/unknown-name there is no network or device `egde`",
        "31:17 topology/dangling-link link `tunnel` joins egde and vnet, and not device `edge`",
      ],
    ],
    [
      "a link to a device without interface on it",
      "between: [edge, vnet]",
      "between: [edge, cloud-service]",
      ["11:48 topology/dangling-link device `cloud-service` has no interface on link `tunnel`"],
    ],
    [
      "a link from a network to itself",
      "between: [edge, vnet]",
      "between: [vnet, vnet]",
      [
        "11:13 topology/dangling-link link `tunnel` joins `vnet` with itself",
        "31:17 topology/dangling-link link `tunnel` joins vnet and vnet, and not device `edge`",
      ],
    ],
    [
      "an interface without an end",
      "{ name: eth1, network: internet }",
      "{ name: eth1 }",
      [
        "32:17 topology/interface-without-end interface `eth1` must lead to one network or link",
        "35:47 topology/no-such-exit no interface of `edge` leads to `internet`",
      ],
    ],
    [
      "an interface twice",
      "name: eth1",
      "name: eth0",
      ["32:17 topology/repeated-interface `edge` already has interface `eth0` on line 30"],
    ],
    [
      "a route to nowhere",
      "via: tunnel",
      "via: tunel",
      ["33:39 topology/no-such-exit no interface of `edge` leads to `tunel`"],
    ],
    [
      "overlapping networks of one site",
      "name: vnet, site: azure, prefixes: [10.20.0.0/16]",
      "name: vnet, site: hq, prefixes: [10.20.0.0/16, 10.1.8.0/24]",
      ["8:54 topology/overlap `10.1.8.0/24` overlaps `10.1.0.0/16` of network `office`"],
    ],
    [
      "a network nobody is attached to",
      "networks:\n",
      "networks:\n  - { name: spare }\n",
      ["7:13 topology/unused-network nothing is attached to network `spare`"],
    ],
    [
      "a device nothing can pass",
      ", protects: { components: [ps1] }",
      "",
      ["36:13 topology/idle-device no packet can pass device `ps1-firewall`"],
    ],
    ["a mapped endpoint out of reach", "{ name: inside, network: vnet }", "{ name: inside, network: office }", []],
    [
      "a mapped endpoint beyond the internet only",
      ", { name: inside, network: vnet }",
      "",
      [
        "40:22 topology/unreachable-endpoint `cloud-service` cannot reach `cs1`",
        "41:22 topology/unreachable-endpoint `cloud-service` cannot reach `cs1`",
        "42:22 topology/unreachable-endpoint `cloud-service` cannot reach `cs1`",
      ],
    ],
    [
      "a mapped endpoint with an absurd port",
      "port: tcp/3389",
      "port: tcp/0",
      ["42:33 topology/not-a-port `tcp/0` is not one port"],
    ],
    [
      "two mapped endpoints in one place",
      "{ component: cs1, port: tcp/3389 }",
      "{ component: cs1, port: tcp/3389, public-port: 8443, public: 203.0.113.10 }",
      ["42:22 topology/repeated-endpoint `203.0.113.10 tcp/8443` already leads to `cs1`"],
    ],
    [
      "a host that is its own proxy",
      "name: gateway, network",
      "name: gateway, proxies: [web], network",
      ["21:13 topology/own-proxy `gateway` sends its requests through `web`, which runs on it"],
    ],
    [
      "a translation to nothing",
      "source-nat: 203.0.113.9, ",
      "",
      ["35:9 topology/unclear-translation a translation has either `source-nat` or `destination-nat`"],
    ],
    [
      "a translation to a bad port",
      "source-nat: 203.0.113.9",
      "source-nat: 203.0.113.9, to-ports: 0",
      ["35:46 topology/not-a-port `0` is no port or range of ports"],
    ],
    [
      "a service without ports in a translation",
      "source-nat: 203.0.113.9",
      "source-nat: 203.0.113.9, service: esp",
      ["35:45 topology/not-a-port `esp` names no ports"],
    ],
    [
      "a name that is none",
      "Recovery.Example:",
      "Recovery..Example:",
      ["45:10 topology/not-a-name `Recovery..Example` is no host name"],
    ],
    [
      "a set with text in it",
      "VirtualNetwork: [10.20.0.0/16",
      "VirtualNetwork: [vnet",
      ["46:26 topology/not-an-address `vnet` is no address, prefix or range"],
    ],
  ];
  for (const [what, from, to, expected] of mistakes) {
    it(`says where there is ${what}`, () => {
      expect(spoil(from, to)).to.deep.equal(expected);
    });
  }

  it("says all mistakes at once, in the order of the text", () => {
    const text = TOPOLOGY.replace("title:", "titel:")
      .replace("via: tunnel", "via: x")
      .replace("port: 3128", "port: web");
    expect(lines(parseTopology(text, FILE).diagnostics)).to.deep.equal([
      "2:1 schema/unknown-key unknown key `titel`",
      "33:39 topology/no-such-exit no interface of `edge` leads to `x`",
      "44:75 schema/wrong-kind `port` must be a whole number, not text",
    ]);
  });

  it("hints at the name that was probably meant", () => {
    const help = (from: string, to: string) => parseTopology(TOPOLOGY.replace(from, to), FILE).diagnostics[0]?.help;
    expect(help("    addresses: [10.1.2.10", "    adresses: [10.1.2.10")).to.match(/^add `addresses/);
    expect(help("titel", "title")).to.equal(undefined);
    expect(help("title: An", "titel: An")).to.equal("did you mean `title`?");
    expect(help("kind: vpn", "kind: vnp")).to.equal("did you mean `vpn`?");
    expect(help("proxies: [web]", "proxies: [wab]")).to.equal("did you mean `web`?");
  });

  it("gives an empty topology and the mistake for text that is no topology", () => {
    for (const text of ["", "- 1\n", "just words\n", "\u0000\u0001", "topology: x\n"]) {
      const { value, diagnostics } = parseTopology(text, FILE);
      expect(value.components).to.deep.equal([]);
      expect(diagnostics.length, text).to.be.greaterThan(0);
    }
  });

  it("throws for no spoiled topology whatever", () => {
    const splice = fc.record({
      at: fc.nat(TOPOLOGY.length),
      length: fc.nat(20),
      text: fc.constantFrom(
        "",
        " ",
        "\n",
        ":",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "*a",
        "&a ",
        "0",
        "null",
        "'",
        "10.0.0.0/8",
        "edge",
      ),
    });
    fc.assert(
      fc.property(fc.array(splice, { minLength: 1, maxLength: 4 }), (splices) => {
        const text = splices.reduce(
          (rest, { at, length, text }) => rest.slice(0, at) + text + rest.slice(at + length),
          TOPOLOGY,
        );
        const { diagnostics } = parseTopology(text, FILE);
        const places = diagnostics.map(({ at }) => at.line * 1000 + (at.column ?? 0));
        expect(places).to.deep.equal([...places].sort((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  it("publishes the schema it uses", () => {
    const published = JSON.parse(readFileSync("schemas/topology.schema.json", "utf8"));
    expect(published, "run `node scripts/schemas.mjs` after the build").to.deep.equal(topologySchema);
  });

  it("reads five thousand components within two seconds of processor time", () => {
    const hosts = Array.from(
      { length: 5000 },
      (_, i) =>
        `  - { name: host-${i}, roles: [protected-machine], network: lan, addresses: [10.1.${i >> 8}.${i & 255}] }\n`,
    );
    const text = `topology: large\nnetworks:\n  - { name: lan, prefixes: [10.1.0.0/16] }\ncomponents:\n${hosts.join("")}`;
    const before = process.cpuUsage();

    const { value, diagnostics } = parseTopology(text, FILE);

    expect(diagnostics).to.deep.equal([]);
    expect(value.components).to.have.length(5000);
    expect(process.cpuUsage(before).user).to.be.lessThan(2_000_000);
  });
});
