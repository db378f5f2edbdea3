import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseTopology } from "../../src/intent/parse-topology.js";
import type { TextInput } from "../../src/model/inputs.js";
import { initFromAzure } from "../../src/pipeline/init-azure.js";
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

describe("initFromAzure", () => {
  it("writes a topology that parses without errors", () => {
    const { value, diagnostics } = initFromAzure(FILES);
    const topology = parseTopology(value ?? "", "topology.yaml");

    expect(diagnostics).to.deep.equal([]);
    expect(topology.diagnostics.filter(({ severity }) => severity === "error")).to.deep.equal([]);
    const { networks, components, devices, links } = topology.value;
    expect(networks.map(({ name }) => name)).to.deep.equal(["hub-gateway", "spoke-web", "spoke-true"]);
    expect(components.map(({ name }) => name)).to.deep.equal(["web1", "nic-db-a", "nic-db-b"]);
    expect(devices.map(({ name }) => name)).to.deep.equal(["hub-routing", "spoke-routing", "nsg-web", "nsg-db"]);
    expect(devices[2]?.protects).to.deep.equal({ components: [], networks: ["spoke-web"] });
    expect(devices[3]?.protects).to.deep.equal({ components: ["nic-db-a"], networks: [] });
    expect(links.map(({ between }) => between)).to.deep.equal([["hub-routing", "spoke-routing"]]);
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
