/** What the platform's own pages say of packets, asked of the model; and random groups held to a plain reading of them. */
import { expect } from "chai";
import fc from "fast-check";
import { type AddressRange, isInRange, parseAddress, parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import { azureNsg } from "../../../src/vendors/azure-nsg/index.js";
import { asker, type Sketch } from "../probe.js";

const range = (text: string) => parseAddressRange(text) as AddressRange;

interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: string;
  readonly sourceAddressPrefix: string;
  readonly destinationAddressPrefix: string;
  readonly sourcePortRange: string;
  readonly destinationPortRange: string;
}

function rule(priority: number, access: Rule["access"], rest: Partial<Rule> = {}): Rule {
  return {
    name: `rule-${priority}`,
    priority,
    direction: "Inbound",
    access,
    protocol: "*",
    sourceAddressPrefix: "*",
    destinationAddressPrefix: "*",
    sourcePortRange: "*",
    destinationPortRange: "*",
    ...rest,
  };
}

function group(securityRules: readonly Rule[], sets: Readonly<Record<string, string>> = {}): Device {
  const text = JSON.stringify({ name: "nsg", securityRules });
  const definedSets = new Map(Object.entries(sets).map(([name, prefix]) => [name, [range(prefix)]]));
  const { value } = azureNsg.convert([azureNsg.parse(text, "nsg.json").value], { deviceName: "nsg", definedSets });
  return value.devices[0] as Device;
}

const TCP = { protocol: 6 };
/** The network's own space, a peer's and what is behind the gateway: 10.0.0.0/8 in all. */
const NETWORK = { virtualnetwork: "10.0.0.0/8" };

// learn.microsoft.com/azure/virtual-network/network-security-groups-overview (2025-07-15)
describe("azure-nsg by its pages", () => {
  it('"lower numbers processed before higher numbers": the first match decides', () => {
    const ask = asker(group([rule(200, "Allow"), rule(100, "Deny", { destinationPortRange: "22" })]), "input");

    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", ...TCP, port: 22 })).to.equal("drop");
    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", ...TCP, port: 80 })).to.equal("accept");
  });

  it("takes addresses and groups beside what the platform lists for tags", () => {
    const beside = {
      ...rule(100, "Allow", { sourceAddressPrefix: "" }),
      sourceAddressPrefixes: ["Storage", "203.0.113.0/24"],
      expandedSourceAddressPrefix: ["198.51.100.0/24"],
    };
    const grouped = { ...beside, sourceApplicationSecurityGroups: [{ id: "/applicationSecurityGroups/web" }] };
    const from = (address: string, of: Rule) =>
      asker(group([of], NETWORK), "input")({ from: address, to: "10.0.0.4", ...TCP });

    expect(from("198.51.100.1", beside)).to.equal("accept");
    expect(from("203.0.113.1", beside)).to.equal("accept");
    expect(from("192.0.2.1", beside)).to.equal("drop");
    expect(from("192.0.2.1", grouped)).to.equal("undecided");
  });

  it("default rules: the virtual network and the load balancer may come in, the internet may not", () => {
    const ask = asker(group([], NETWORK), "input");

    expect(ask({ from: "10.200.1.1", to: "10.0.0.4", ...TCP })).to.equal("accept");
    expect(ask({ from: "168.63.129.16", to: "10.0.0.4", ...TCP })).to.equal("accept");
    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", ...TCP })).to.equal("drop");
  });

  it("default rules: the virtual network and the internet may be gone out to", () => {
    const ask = asker(group([], NETWORK), "output");

    expect(ask({ from: "10.0.0.4", to: "10.200.1.1", protocol: 17 })).to.equal("accept");
    expect(ask({ from: "10.0.0.4", to: "203.0.113.1", ...TCP })).to.equal("accept");
  });

  it("default rules without the network's space: only what no reading of it changes is certain", () => {
    const outward = asker(group([]), "output");
    const inward = asker(group([]), "input");

    expect(outward({ from: "10.0.0.4", to: "203.0.113.1", ...TCP })).to.equal("undecided");
    expect(inward({ from: "10.9.0.4", to: "10.0.0.4", ...TCP })).to.equal("undecided");
    expect(inward({ from: "168.63.129.16", to: "10.0.0.4", ...TCP })).to.equal("accept");
  });

  it('"You can\'t remove the default rules, but you can override them"', () => {
    const ask = asker(group([rule(4096, "Deny", { sourceAddressPrefix: "VirtualNetwork" })], NETWORK), "input");

    expect(ask({ from: "10.200.1.1", to: "10.0.0.4", ...TCP })).to.equal("drop");
  });

  it("a rule with ports is one of tcp and udp, whatever its protocol", () => {
    const ask = asker(group([rule(100, "Allow", { destinationPortRange: "0-443" })], NETWORK), "input");

    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", protocol: 17, port: 53 })).to.equal("accept");
    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", protocol: 1 })).to.equal("drop");
  });

  it('"same priority and direction can introduce a conflict": only for packets that both rules match', () => {
    const tied = [
      rule(100, "Allow", { name: "a", destinationPortRange: "80-443" }),
      rule(100, "Deny", { name: "b", destinationPortRange: "443-500" }),
      rule(100, "Allow", { name: "c", destinationPortRange: "500-600" }),
    ];
    const ask = asker(group([...tied, rule(200, "Allow")]), "input");
    const answers = [80, 443, 450, 500, 550].map((port) => ask({ from: "203.0.113.1", to: "10.0.0.4", ...TCP, port }));

    expect(answers).to.deep.equal(["accept", "undecided", "drop", "undecided", "accept"]);
  });

  it("a service tag of unknown content may or may not match, and the rest of the rule still binds it", () => {
    const ask = asker(
      group(
        [rule(100, "Allow", { sourceAddressPrefix: "Sql.WestUS", destinationPortRange: "443", protocol: "Tcp" })],
        NETWORK,
      ),
      "input",
    );

    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", ...TCP })).to.equal("undecided");
    expect(ask({ from: "203.0.113.1", to: "10.0.0.4", ...TCP, port: 80 })).to.equal("drop");
  });
});

const prefixes = fc.constantFrom(
  "*",
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.2.0/24",
  "203.0.113.0/24",
  "0.0.0.0/0",
  "Tag.A",
);
const portTexts = fc.constantFrom("*", "22", "80-443", "0-65535", "1024-65535");
const randomRule = fc.record({
  access: fc.constantFrom("Allow" as const, "Deny" as const),
  protocol: fc.constantFrom("*", "Tcp", "UDP", "icmp"),
  sourceAddressPrefix: prefixes,
  destinationAddressPrefix: prefixes,
  sourcePortRange: fc.constantFrom("*", "1024-65535"),
  destinationPortRange: portTexts,
});
const addresses = fc.constantFrom("10.1.2.3", "10.1.9.9", "10.9.9.9", "203.0.113.5", "198.51.100.7");
const sketches = fc.record({
  from: addresses,
  to: addresses,
  protocol: fc.constantFrom(1, 6, 17),
  port: fc.constantFrom(22, 80, 443, 8080),
  sourcePort: fc.constantFrom(53, 50000),
});

/** Whether a rule matches, read straight from its texts; `tag` is what the unknown tag truly holds. */
function isMatch(given: Rule, packet: Required<Omit<Sketch, "type">>, tag: string): boolean {
  const isPortMatch = (text: string, port: number) => {
    if (text === "*" || text === "0-65535") return true;
    const [first = 0, last = first] = text.split("-").map(Number);
    return packet.protocol !== 1 && first <= port && port <= last;
  };
  const isAddressMatch = (text: string, address: string) =>
    text === "*" || isInRange(parseAddress(address) as number[], range(text === "Tag.A" ? tag : text));
  const protocols: Readonly<Record<string, readonly number[]>> = { "*": [1, 6, 17], tcp: [6], udp: [17], icmp: [1] };
  return (
    (protocols[given.protocol.toLowerCase()] ?? []).includes(packet.protocol) &&
    isAddressMatch(given.sourceAddressPrefix, packet.from) &&
    isAddressMatch(given.destinationAddressPrefix, packet.to) &&
    isPortMatch(given.sourcePortRange, packet.sourcePort) &&
    isPortMatch(given.destinationPortRange, packet.port)
  );
}

describe("azure-nsg against a plain reading of random groups", () => {
  it("is certain only of what holds whatever the unknown tag truly is", () => {
    const tags = ["203.0.113.0/24", "10.1.0.0/16", "192.0.2.1/32"];
    fc.assert(
      fc.property(fc.array(randomRule, { maxLength: 6 }), fc.array(sketches, { maxLength: 12 }), (drawn, packets) => {
        const rules = drawn.map((one, index) => rule(100 + index, one.access, one));
        // ICMP rules that name ports are a bound of their own and have no plain reading.
        const plain = rules.filter(({ protocol, ...rest }) => protocol !== "icmp" || !namesPorts(rest));
        const ask = asker(group([...plain, rule(4096, "Deny")]), "input");
        for (const packet of packets) {
          const truths = tags.map((tag) => {
            const decider = plain.find((given) => isMatch(given, packet, tag));
            return decider?.access === "Allow" ? "accept" : "drop";
          });

          const answer = ask(packet);

          if (answer !== "undecided") expect(new Set(truths)).to.deep.equal(new Set([answer]));
          const usesTag = plain.some(({ sourceAddressPrefix, destinationAddressPrefix }) =>
            [sourceAddressPrefix, destinationAddressPrefix].includes("Tag.A"),
          );
          if (!usesTag) expect(answer).to.equal(truths[0]);
        }
      }),
      { numRuns: 400 },
    );
  });
});

function namesPorts({ sourcePortRange, destinationPortRange }: Pick<Rule, "sourcePortRange" | "destinationPortRange">) {
  return sourcePortRange !== "*" || (destinationPortRange !== "*" && destinationPortRange !== "0-65535");
}
