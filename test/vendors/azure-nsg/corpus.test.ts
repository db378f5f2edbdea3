import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { azureNsg } from "../../../src/vendors/azure-nsg/index.js";
import { requireShared } from "../../shared-path.js";

function load(path: string) {
  const text = readFileSync(path, "utf8");
  const { value } = azureNsg.parse(text, path);
  const converted = azureNsg.convert([value], { deviceName: "device" });
  return { text, ...converted.value };
}

describe("azure-nsg on the shared corpus", () => {
  let corpus = "";
  before(function () {
    corpus = join(requireShared(this), "corpus");
  });

  it("reads every file with all lines accounted for and none rejected", () => {
    const files = ["azure-nsg", "azure-servicetags"].flatMap((folder) =>
      readdirSync(join(corpus, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.\w+$/.test(name))
        .map((name) => join(corpus, folder, name)),
    );
    for (const file of files) {
      const { text, coverage } = load(file);

      const lines = coverage[0]?.lines ?? [];
      expect(lines.length, file).to.equal(text.split("\n").filter((line) => line.trim() !== "").length);
      expect(
        lines.filter(({ fate }) => fate === "rejected"),
        file,
      ).to.deep.equal([]);
    }
    expect(files.length).to.be.greaterThan(10);
  });

  it("finds the groups and their rules", () => {
    const group = load(join(corpus, "azure-nsg", "batfish-cloud-azure", "subnet-nsg.json"));
    const template = load(join(corpus, "azure-nsg", "netsec-lab-arm.json"));

    const sizes = group.devices[0]?.acls.map(({ aces }) => aces.length);
    expect(sizes).to.deep.equal([5, 6]);
    expect(template.devices.map(({ name }) => name)).to.deep.equal(["SOC-NS-NSG-SPOKE1", "SOC-NS-NSG-SPOKE2"]);
    expect(template.devices[0]?.acls[0]?.aces[0]?.matches.source?.[0]?.operands).to.have.length(1);
    expect(template.devices[0]?.acls[0]?.aces[0]?.matches.source?.[0]?.operands[0]).to.have.property("literal");
  });

  it("finds the groups of a Bicep file, whose names follow from its variables", () => {
    const { devices } = load(join(corpus, "azure-nsg", "aks-baseline-spoke.bicep"));

    const sizes = devices.map(({ name, acls }) => [
      name.slice(name.lastIndexOf("-") + 1),
      ...acls.map(({ aces }) => aces.length),
    ]);
    expect(sizes).to.deep.equal([
      ["nodepools", 3, 3],
      ["privatecluster", 3, 3],
      ["aksilbs", 3, 3],
      ["appgw", 7, 4],
      ["privatelinkendpoints", 5, 4],
    ]);
  });

  it("loads the full service-tags file in under a second and resolves a tag of it", () => {
    const started = process.cpuUsage().user;
    const path = join(corpus, "azure-servicetags", "ServiceTags_Public.json");
    const tags = azureNsg.parse(readFileSync(path, "utf8"), path).value;
    const elapsed = (process.cpuUsage().user - started) / 1000;

    const rule = '{"name":"n","securityRules":[{"name":"r","access":"Allow","direction":"Outbound","priority":100,'
      .concat('"protocol":"*","sourceAddressPrefix":"*","sourcePortRange":"*","destinationPortRange":"*",')
      .concat('"destinationAddressPrefix":"sql.WESTUS"}]}');
    const group = azureNsg.parse(rule, "rule.json").value;
    const { value } = azureNsg.convert([group, tags], { deviceName: "device" });

    const set = value.devices[0]?.sets.find(({ name }) => name === "sql.WESTUS");
    expect(set?.members.length).to.be.greaterThan(10);
    expect(set?.members.every((member) => "literal" in member)).to.equal(true);
    expect(set?.at.file).to.equal(path);
    expect(elapsed).to.be.lessThan(1000);
  });
});
