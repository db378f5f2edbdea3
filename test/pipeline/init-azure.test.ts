import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseTopology } from "../../src/intent/parse-topology.js";
import { formatAddressRange } from "../../src/model/address.js";
import type { TextInput } from "../../src/model/inputs.js";
import type { DeviceNode } from "../../src/model/topology.js";
import { initFromAzure } from "../../src/pipeline/init-azure/init-azure.js";
import { traceTopology } from "../../src/pipeline/trace-topology.js";
import { requireShared } from "../shared-path.js";

const SUB = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Network";

function network(name: string, prefix: string, subnets: readonly object[], peer?: string): object {
  const peerings = peer === undefined ? [] : [{ remoteVirtualNetwork: { id: `${SUB}/virtualNetworks/${peer}` } }];
  return { name, addressSpace: { addressPrefixes: [prefix] }, subnets, virtualNetworkPeerings: peerings };
}

function nic(name: string, place: string, address: string, more: object = {}): object {
  const configuration = { privateIPAddress: address, subnet: { id: `${SUB}/virtualNetworks/${place}` } };
  return { name, id: `${SUB}/networkInterfaces/${name}`, ipConfigurations: [configuration], ...more };
}

const group = (name: string) => ({ id: `${SUB}/networkSecurityGroups/${name}` });
const machine = (name: string) => ({ id: `/subscriptions/1/providers/Microsoft.Compute/virtualMachines/${name}` });

const FILES: readonly TextInput[] = [
  {
    file: "vnets.json",
    text: JSON.stringify([
      network("hub", "10.0.0.0/16", [{ name: "gateway", addressPrefix: "10.0.0.0/24" }], "spoke"),
      network(
        "spoke",
        "10.1.0.0/16",
        [
          { name: "web", addressPrefix: "10.1.0.0/24", networkSecurityGroup: group("nsg-web") },
          { name: "true", addressPrefix: "10.1.1.0/24" },
        ],
        "hub",
      ),
    ]),
  },
  {
    file: "nics.json",
    text: JSON.stringify([
      nic("nic-web1", "spoke/subnets/web", "10.1.0.4", { virtualMachine: machine("web1") }),
      nic("nic-db-a", "spoke/subnets/true", "10.1.1.4", {
        virtualMachine: machine("db"),
        networkSecurityGroup: group("nsg-db"),
      }),
      nic("nic-db-b", "spoke/subnets/true", "10.1.1.5", { virtualMachine: machine("db") }),
    ]),
  },
  { file: "nsg-web.json", text: JSON.stringify({ name: "nsg-web", securityRules: [] }) },
  { file: "nsg-db.json", text: JSON.stringify({ name: "nsg-db", properties: { securityRules: [] } }) },
  { file: "nsg-unused.json", text: JSON.stringify({ name: "nsg-unused", securityRules: [] }) },
];

const id = (kind: string, name: string) => ({ id: `${SUB}/${kind}/${name}` });
const at = (place: string) => ({ subnet: { id: `${SUB}/virtualNetworks/${place}` } });
const listed = (kind: string, name: string, own: object) => ({ name, ...id(kind, name), ...own });

/** A hub with a VPN gateway and a firewall, and a spoke one of whose subnets leads everything through the firewall. */
const HUB: readonly TextInput[] = [
  [
    "vnets.json",
    [
      {
        name: "hub",
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        subnets: [
          { name: "GatewaySubnet", addressPrefix: "10.0.0.0/27" },
          { name: "AzureFirewallSubnet", addressPrefix: "10.0.1.0/26" },
        ],
        virtualNetworkPeerings: [{ remoteVirtualNetwork: id("virtualNetworks", "spoke"), peeringState: "Connected" }],
      },
      {
        name: "spoke",
        addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
        subnets: [
          { name: "app", addressPrefix: "10.1.0.0/24", routeTable: id("routeTables", "rt-app") },
          { name: "web", addressPrefix: "10.1.1.0/24", networkSecurityGroup: group("nsg-web") },
        ],
        virtualNetworkPeerings: [
          {
            remoteVirtualNetwork: id("virtualNetworks", "hub"),
            remoteAddressSpace: { addressPrefixes: ["10.0.0.0/16"] },
            useRemoteGateways: true,
            allowVirtualNetworkAccess: true,
            peeringState: "Connected",
          },
        ],
      },
    ],
  ],
  [
    "nics.json",
    [
      nic("nic-app1", "spoke/subnets/app", "10.1.0.4", { virtualMachine: machine("app1") }),
      {
        ...listed("networkInterfaces", "nic-web1", { virtualMachine: machine("web1") }),
        ipConfigurations: [
          {
            id: `${SUB}/networkInterfaces/nic-web1/ipConfigurations/one`,
            privateIPAddress: "10.1.1.4",
            publicIPAddress: id("publicIPAddresses", "pip-web1"),
            loadBalancerBackendAddressPools: [id("loadBalancers/lb/backendAddressPools", "web")],
            ...at("spoke/subnets/web"),
          },
        ],
      },
      {
        ...listed("networkInterfaces", "nic-web2", { virtualMachine: machine("web2") }),
        ipConfigurations: [
          {
            privateIPAddress: "10.1.1.5",
            loadBalancerBackendAddressPools: [id("loadBalancers/lb/backendAddressPools", "web")],
            ...at("spoke/subnets/web"),
          },
        ],
      },
    ],
  ],
  [
    "pips.json",
    [
      listed("publicIPAddresses", "pip-web1", { ipAddress: "203.0.113.1" }),
      listed("publicIPAddresses", "pip-lb", { ipAddress: "203.0.113.2" }),
      listed("publicIPAddresses", "pip-fw", { ipAddress: "203.0.113.3" }),
    ],
  ],
  [
    "lb.json",
    [
      listed("loadBalancers", "lb", {
        frontendIPConfigurations: [{ name: "front", publicIPAddress: id("publicIPAddresses", "pip-lb") }],
        inboundNatRules: [
          {
            name: "rdp",
            protocol: "Tcp",
            frontendPort: 50001,
            backendPort: 3389,
            frontendIPConfiguration: id("loadBalancers/lb/frontendIPConfigurations", "front"),
            backendIPConfiguration: { id: `${SUB}/networkInterfaces/nic-web1/ipConfigurations/one` },
          },
        ],
        loadBalancingRules: [
          {
            name: "https",
            protocol: "Tcp",
            frontendPort: 443,
            backendPort: 8443,
            frontendIPConfiguration: id("loadBalancers/lb/frontendIPConfigurations", "front"),
            backendAddressPool: id("loadBalancers/lb/backendAddressPools", "web"),
          },
        ],
        outboundRules: [
          {
            frontendIPConfigurations: [id("loadBalancers/lb/frontendIPConfigurations", "front")],
            backendAddressPool: id("loadBalancers/lb/backendAddressPools", "web"),
          },
        ],
      }),
    ],
  ],
  [
    "routes.json",
    [
      listed("routeTables", "rt-app", {
        routes: [{ addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.1.4" }],
      }),
    ],
  ],
  [
    "gateways.json",
    [
      listed("virtualNetworkGateways", "gw", {
        gatewayType: "Vpn",
        enableBgp: false,
        ipConfigurations: [at("hub/subnets/GatewaySubnet")],
      }),
      listed("localNetworkGateways", "office", { localNetworkAddressSpace: { addressPrefixes: ["192.168.0.0/16"] } }),
      listed("connections", "to-office", {
        virtualNetworkGateway1: id("virtualNetworkGateways", "gw"),
        localNetworkGateway2: id("localNetworkGateways", "office"),
      }),
    ],
  ],
  [
    "fw.json",
    [
      listed("azureFirewalls", "fw", {
        ipConfigurations: [
          {
            privateIPAddress: "10.0.1.4",
            publicIPAddress: id("publicIPAddresses", "pip-fw"),
            ...at("hub/subnets/AzureFirewallSubnet"),
          },
        ],
        networkRuleCollections: [
          {
            name: "out",
            priority: 100,
            action: { type: "Allow" },
            rules: [
              {
                name: "web",
                protocols: ["TCP"],
                sourceAddresses: ["10.1.0.0/16"],
                destinationAddresses: ["*"],
                destinationPorts: ["443"],
              },
            ],
          },
        ],
      }),
    ],
  ],
  ["nsg.json", [{ name: "nsg-web", securityRules: [] }]],
].map(([file, content]) => ({ file: file as string, text: JSON.stringify(content) }));

describe("initFromAzure", () => {
  it("writes a topology that parses without errors", () => {
    const { value, diagnostics } = initFromAzure(FILES);
    const topology = parseTopology(value ?? "", "topology.yaml");

    expect(diagnostics).to.deep.equal([]);
    expect(topology.diagnostics.filter(({ severity }) => severity === "error")).to.deep.equal([]);
    const { networks, components, devices, links } = topology.value;
    expect(networks.map(({ name }) => name)).to.deep.equal(["internet", "hub-gateway", "spoke-web", "spoke-true"]);
    expect(components.map(({ name }) => name)).to.deep.equal(["web1", "nic-db-a", "nic-db-b"]);
    expect(devices.map(({ name }) => name)).to.deep.equal(["hub-routing", "spoke-routing", "nsg-web", "nsg-db"]);
    expect(devices[2]?.protects).to.deep.equal({ components: [], networks: ["spoke-web"] });
    expect(devices[3]?.protects).to.deep.equal({ components: ["nic-db-a"], networks: [] });
    expect(links.map(({ between }) => between)).to.deep.equal([["hub-routing", "spoke-routing"]]);
  });

  describe("of a hub with gateway and firewall", () => {
    const { value = "", diagnostics } = initFromAzure(HUB);
    const topology = parseTopology(value, "topology.yaml");
    const device = (name: string) => topology.value.devices.find((each) => each.name === name) as DeviceNode;
    const routes = (name: string) => device(name).routes.map(({ to, via }) => `${formatAddressRange(to)} ${via}`);

    it("is a topology without mistakes", () => {
      expect(diagnostics).to.deep.equal([]);
      expect(topology.diagnostics).to.deep.equal([]);
    });

    it("leads a subnet with routes of its own through the firewall, and back", () => {
      expect(device("spoke-app-routing").attachments.map(({ to }) => to)).to.deep.equal([
        "spoke-app",
        "spoke-app-to-spoke",
        "spoke-app-routing-to-fw",
      ]);
      expect(routes("spoke-app-routing")).to.deep.equal([
        "0.0.0.0/0 spoke-app-routing-to-fw",
        "10.1.0.0/16 spoke-app-to-spoke",
        "10.0.0.0/16 spoke-app-to-spoke",
        "192.168.0.0/16 spoke-app-to-spoke",
        "0.0.0.0/0 spoke-app-to-spoke",
      ]);
      expect(routes("fw")).to.include.members(["10.1.0.0/24 spoke-app-routing-to-fw", "0.0.0.0/0 internet"]);
      expect(device("fw").exports.map(({ file }) => file)).to.deep.equal(["fw.json"]);
    });

    it("has no way for what a route drops or leads where the exports do not follow, but for nearer routes", () => {
      const routesWith = (nextHopType: string, addressPrefix: string) => {
        const route = { addressPrefix, nextHopType };
        const text = JSON.stringify([listed("routeTables", "rt-app", { routes: [route] })]);
        const inputs = HUB.map((input) => (input.file === "routes.json" ? { ...input, text } : input));
        const { devices } = parseTopology(initFromAzure(inputs).value ?? "", "topology.yaml").value;
        const router = devices.find(({ name }) => name === "spoke-app-routing");
        return router?.routes.map(({ to }) => formatAddressRange(to));
      };
      const nearer = ["10.1.0.0/16", "10.0.0.0/16", "192.168.0.0/16"];

      expect(routesWith("None", "0.0.0.0/0")).to.deep.equal(nearer);
      expect(routesWith("VirtualNetworkGateway", "0.0.0.0/0")).to.deep.equal(nearer);
      expect(routesWith("None", "128.0.0.0/2")).to.deep.equal([...nearer, "0.0.0.0/1", "192.0.0.0/2"]);
    });

    it("leads what is on premises through the gateway, for peers that use it too", () => {
      expect(
        topology.value.networks.find(({ name }) => name === "office")?.prefixes.map(formatAddressRange),
      ).to.deep.equal(["192.168.0.0/16"]);
      expect(topology.value.links.filter(({ kind }) => kind === "vpn").map(({ between }) => between)).to.deep.equal([
        ["gw", "office"],
      ]);
      expect(routes("gw")).to.include.members(["192.168.0.0/16 to-office", "10.1.0.0/16 gw-to-hub"]);
      expect(routes("spoke-routing")).to.include("192.168.0.0/16 peering-hub-spoke");
    });

    it("maps what a load balancer and public addresses lead to machines", () => {
      const { mappedEndpoints, translations } = device("spoke-routing");

      expect(mappedEndpoints.map(({ component, port, publicPort }) => [component, port, publicPort])).to.deep.equal([
        ["web1", 3389, 50001],
      ]);
      expect(translations.map(({ translation }) => translation.side)).to.deep.equal([
        "destination",
        "destination",
        "source",
        "source",
        "source",
      ]);
    });

    it("states what VirtualNetwork holds where the exports leave no doubt, and else says what is missing", () => {
      const noDefault = HUB.filter(({ file }) => file !== "routes.json");
      const stated = initFromAzure(noDefault).value ?? "";
      const withoutTable = noDefault.map((input) => ({ ...input, text: input.text.replace("rt-app", "rt-unknown") }));

      expect(topology.value.sets.size).to.equal(0);
      expect(value).to.contain("perhaps more: route table rt-app has a route to 0.0.0.0/0");
      expect(stated).to.contain("perhaps more: the prefixes of route table rt-app");
      expect(initFromAzure(withoutTable).value).to.contain("perhaps more: the prefixes of route table rt-unknown");
      const certain = noDefault.map((input) => ({
        ...input,
        text: input.text.replace(/"routeTable":\{[^}]*\}/, '"x":0'),
      }));
      expect(initFromAzure(certain).value).to.contain(
        "sets: { VirtualNetwork: [10.1.0.0/16, 10.0.0.0/16, 192.168.0.0/16] }",
      );
    });

    it("is a topology whose packets take those ways", () => {
      const exports = new Map(HUB.map((input) => [input.file, input]));
      const to = "components:\n  - { name: outside, roles: [], network: internet, addresses: [203.0.113.99] }";
      const text = value.replace("components:", to);
      const inputs = { topology: { file: "t.yaml", text }, exports, catalogues: [], diagnostics: [] };
      const query = {
        kind: "service",
        from: "app1",
        to: "outside",
        protocol: 6,
        destinationPort: 443,
        state: "new",
      } as const;

      const { trace, diagnostics: found } = traceTopology(inputs, query);

      expect(found.filter(({ severity }) => severity === "error")).to.deep.equal([]);
      const ways = trace?.paths.map(({ path, verdict }) => [path.nodes.join(" "), verdict]);
      expect(ways?.filter(([, verdict]) => verdict !== "drop")).to.deep.equal([
        ["spoke-app spoke-app-routing spoke-app-routing-to-fw fw internet", "accept"],
      ]);
      expect(ways?.map(([way]) => way)).to.include(
        "spoke-app spoke-app-routing spoke-app-to-spoke spoke-routing internet",
      );
    });
  });

  it("refuses a folder without virtual networks, and says what to put there", () => {
    const { value, diagnostics } = initFromAzure(FILES.slice(2));

    expect(value).to.equal(undefined);
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(["init/nothing-found"]);
    expect(diagnostics[0]?.help).to.contain("az network vnet list");
  });

  it("reads a real folder of the shared corpus", function () {
    const folder = join(requireShared(this), "corpus", "azure-nsg", "batfish-cloud-azure");
    const inputs = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));

    const { value } = initFromAzure(inputs);

    const topology = parseTopology(value ?? "", "topology.yaml");
    expect(topology.diagnostics.filter(({ severity }) => severity === "error")).to.deep.equal([]);
    expect(topology.value.components.map(({ name }) => name).sort()).to.deep.equal(["VM1", "VM2"]);
    expect(topology.value.devices.map(({ name }) => name)).to.include.members(["VM1-nsg", "VM2-nsg", "subnet-nsg"]);
  });
});
