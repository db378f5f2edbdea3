import { expect } from "chai";
import type { Acl } from "../../../src/model/acl.js";
import { type AddressRange, parseAddressRange } from "../../../src/model/address.js";
import { azureNsg } from "../../../src/vendors/azure-nsg/index.js";
import { NOTATIONS } from "../../../src/vendors/azure-nsg/notations.js";
import { renderSecurityGroup } from "../../../src/vendors/azure-nsg/render.js";

const at = { file: "intent.yaml", line: 3 };
const anyOf = <T>(...literals: T[]) => [{ operands: literals.map((literal) => ({ literal })), negated: false }];
const range = (text: string) => parseAddressRange(text) as AddressRange;
const port = (value: number) => ({ first: value, last: value });

function acl(name: string): Acl {
  const matches = {
    source: anyOf(range("10.0.0.0/24"), range("10.0.2.7")),
    destination: anyOf(range("10.0.1.4")),
    service: anyOf({ protocol: 6, destinationPorts: [port(443), port(8443)] }),
    unmodeled: [],
  };
  const ace = { name: "it's $" + "{here}", enabled: true, matches, action: { kind: "accept" }, at } as const;
  return { name, aces: [ace], defaultAction: { kind: "drop" }, evaluation: "first-match", at };
}

const template = renderSecurityGroup([acl("inbound"), acl("outbound")], [], "web").value;

interface Rule {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const rules: readonly Rule[] = JSON.parse(template).resources[0].properties.securityRules;

function translated(id: string): string {
  return NOTATIONS.find((notation) => notation.id === id)?.translate(template, "web") ?? "";
}

/** The plural name with a list, whichever way a rule has its values. */
function values({ properties }: Rule, one: string, several: string): unknown {
  return properties[several] ?? [properties[one]];
}

/** What our own reader makes of a text, without the places. */
function readBack(text: string, file: string): unknown {
  const { value } = azureNsg.convert([azureNsg.parse(text, file).value], { deviceName: "web" });
  return JSON.parse(JSON.stringify(value.devices, (key, one) => (key === "at" ? undefined : one)));
}

describe("notations of a security group", () => {
  for (const { id, title, ending } of NOTATIONS) {
    it(`are read back from ${title} as the same device`, () => {
      const text = translated(id);

      expect(azureNsg.detect(text, `web${ending}`)).to.equal("certain");
      expect(readBack(text, `web${ending}`)).to.deep.equal(readBack(template, "web.json"));
    });
  }

  it("are one az command a rule, with every value as one word", () => {
    const [, ...commands] = translated("az").trimEnd().split("\n");

    const read = commands.map((command) => {
      const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
        ([, quoted, double, bare]) => quoted ?? double ?? bare ?? "",
      );
      const options = words.join("\n").split(/^--/m).slice(1);
      return Object.fromEntries(
        options.map((option) => option.trim().split("\n")).map(([key, ...rest]) => [key, rest]),
      );
    });

    expect(read).to.deep.equal(
      rules.map((rule) => ({
        "resource-group": ["$GROUP"],
        "nsg-name": ["web"],
        name: [rule.name],
        priority: [String(rule.properties["priority"])],
        direction: [rule.properties["direction"]],
        access: [rule.properties["access"]],
        protocol: [rule.properties["protocol"]],
        "source-address-prefixes": values(rule, "sourceAddressPrefix", "sourceAddressPrefixes"),
        "source-port-ranges": values(rule, "sourcePortRange", "sourcePortRanges"),
        "destination-address-prefixes": values(rule, "destinationAddressPrefix", "destinationAddressPrefixes"),
        "destination-port-ranges": values(rule, "destinationPortRange", "destinationPortRanges"),
      })),
    );
  });

  it("are in Terraform one resource a rule, under labels of their own", () => {
    const blocks = translated("terraform")
      .split(/^resource /m)
      .slice(1);

    const read = blocks.map((block) =>
      Object.fromEntries(
        [...block.matchAll(/^ {2}(\w+) += ("|\[|\d)(.*)$/gm)].map(([, key, first, rest]) => [
          key,
          JSON.parse(`${first}${rest}`),
        ]),
      ),
    );

    const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(read).to.deep.equal(
      rules.map(({ name, properties }) => ({
        name,
        ...Object.fromEntries(Object.entries(properties).map(([key, value]) => [snake(key), value])),
        network_security_group_name: "web",
      })),
    );
    expect(new Set(blocks.map((block) => block.split("\n")[0])).size).to.equal(rules.length);
  });
});
