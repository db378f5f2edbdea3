/** Parameters of templates that no file gives a value. */
import { expect } from "chai";
import { azureNsg } from "../../../src/vendors/azure-nsg/index.js";

const rule = (source: string) => ({
  ...{ name: "rule", priority: 100, access: "Allow", direction: "Inbound", protocol: "Tcp" },
  ...{ sourceAddressPrefix: source, sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "443" },
});
const group = (source: string, location = "north") => ({
  ...{ type: "Microsoft.Network/networkSecurityGroups", name: "group", location },
  properties: { securityRules: [rule(source)] },
});
const template = (parameters: object, ...resources: object[]) =>
  JSON.stringify({ $schema: "deploymentTemplate.json#", parameters, resources }, undefined, 1);
const values = (parameters: object) => JSON.stringify({ $schema: "deploymentParameters.json#", parameters });
const HOSTS = { hosts: { type: "string", defaultValue: "10.0.0.0/16" } };

/** Messages about defaults. */
function told(...texts: readonly string[]): string[] {
  const configs = texts.map((text, index) => azureNsg.parse(text, `${index}.json`).value);
  const { diagnostics } = azureNsg.convert(configs, { deviceName: "device" });
  return diagnostics.filter(({ code }) => code === "azure-nsg/default-values").map(({ message }) => message);
}

describe("defaults of a template's parameters", () => {
  const own = template(HOSTS, group("[parameters('hosts')]"));

  it("are told where they count", () => {
    const variable = template(HOSTS, group("[variables('all')]")).replace(
      '"resources"',
      '"variables": { "all": "[parameters(\'hosts\')]" }, "resources"',
    );

    expect(told(own)).to.deep.equal(["parameters count with their defaults: `hosts`"]);
    expect(told(variable)).to.deep.equal(["parameters count with their defaults: `hosts`"]);
  });

  it("are not told where a file gives values, or nothing uses them", () => {
    expect(told(own, values({ hosts: { value: "192.168.0.0/16" } }))).to.deep.equal([]);
    expect(told(template(HOSTS, group("10.0.0.1")))).to.deep.equal([]);
  });

  it("are not told where their value is known only while the template is deployed", () => {
    const place = { place: { type: "string", defaultValue: "[resourceGroup().location]" } };

    expect(told(template(place, group("10.0.0.1", "[parameters('place')]")))).to.deep.equal([]);
  });

  it("are certain in a template that only the outer one gives values", () => {
    const inner = {
      ...{ type: "Microsoft.Resources/deployments", name: "inner" },
      properties: {
        expressionEvaluationOptions: { scope: "inner" },
        template: JSON.parse(own),
      },
    };

    expect(told(template({}, inner))).to.deep.equal([]);
  });

  it("are named up to eight", () => {
    const many = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`p${i}`, { type: "string", defaultValue: `10.0.0.${i}` }]),
    );
    const groups = Object.keys(many).map((name) => group(`[parameters('${name}')]`));

    expect(told(template(many, ...groups))[0]).to.match(/`p0`, .*`p7` and 2 more$/);
  });
});
