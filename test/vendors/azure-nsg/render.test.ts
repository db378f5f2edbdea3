import { expect } from "chai";
import fc from "fast-check";
import type { Ace, Acl } from "../../../src/model/acl.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { Matches } from "../../../src/model/matches.js";
import { azureNsg } from "../../../src/vendors/azure-nsg/index.js";
import { renderAzureNsg } from "../../../src/vendors/azure-nsg/render.js";
import { fixture } from "../fixtures.js";

const at = { file: "intent.yaml", line: 3 };

function ace(name: string, matches: Partial<Matches>, kind: "accept" | "drop" = "accept"): Ace {
  return { name, enabled: true, matches: { unmodeled: [], ...matches }, action: { kind }, at };
}

function acl(aces: readonly Ace[], kind: "accept" | "drop" = "drop"): Acl {
  return { name: "inbound", aces, defaultAction: { kind }, evaluation: "first-match", at };
}

/** The aces our own reader finds in a rendered template, without the platform's default rules. */
function readBack(text: string, name: "inbound" | "outbound" = "inbound"): Ace[] {
  const { value } = azureNsg.parse(text, "template.json");
  const { devices } = azureNsg.convert([value], { deviceName: "device" }).value;
  return (devices[0]?.acls.find((candidate) => candidate.name === name)?.aces ?? []).slice(0, -3);
}

const anyOf = <T>(...literals: T[]) => [{ operands: literals.map((literal) => ({ literal })), negated: false }];
const range = (text: string) => parseAddressRange(text) as NonNullable<ReturnType<typeof parseAddressRange>>;

const ports = fc
  .tuple(fc.integer({ min: 0, max: 65534 }), fc.integer({ min: 0, max: 65534 }))
  .map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const prefix = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 32 }))
  .map(([octet, length]) => range(`10.${octet}.7.9/${length}`));
const side = fc.option(fc.array(prefix, { minLength: 1, maxLength: 3 }).map((list) => anyOf(...list)));
const service = fc.tuple(fc.constantFrom(6, 17), fc.option(fc.array(ports, { minLength: 1, maxLength: 3 })));
const randomAce = fc.record({
  source: side,
  destination: side,
  service: fc.option(service),
  kind: fc.constantFrom("accept" as const, "drop" as const),
});

describe("renderAzureNsg", () => {
  it("writes a template our own reader reads back to the same aces and a last rule for the default", () => {
    fc.assert(
      fc.property(fc.array(randomAce, { maxLength: 8 }), (drawn) => {
        const aces = drawn.map(({ source, destination, service: drawnService, kind }, index) => {
          const [protocol = 6, destinationPorts] = drawnService ?? [];
          const matched = {
            ...(source && { source }),
            ...(destination && { destination }),
            ...(drawnService && { service: anyOf({ protocol, ...(destinationPorts && { destinationPorts }) }) }),
          };
          return ace(`rule-${index}`, matched, kind);
        });

        const { value, diagnostics } = renderAzureNsg(acl(aces), []);

        const read = readBack(value);
        expect(diagnostics).to.deep.equal([]);
        expect(read.at(-1)).to.deep.include({ name: "everything-else", action: { kind: "drop" } });
        const essence = ({ name, matches, action }: Ace) => ({ name, matches, action });
        expect(read.slice(0, -1).map(essence)).to.deep.equal(aces.map(essence));
      }),
    );
  });

  it("writes a range as the prefixes that make it up, and each tag as a rule of its own", () => {
    const operands = [{ literal: range("10.0.0.1-10.0.0.4") }, { setRef: "Storage.WestUS" }, { setRef: "Sql" }];

    const { value } = renderAzureNsg(acl([ace("mixed", { source: [{ operands, negated: false }] })]), []);

    const sources = readBack(value).map(({ matches }) => matches.source?.[0]?.operands);
    expect(sources).to.deep.equal([
      ["10.0.0.1", "10.0.0.2/31", "10.0.0.4"].map((text) => ({ literal: range(text) })),
      [{ setRef: "Storage.WestUS" }],
      [{ setRef: "Sql" }],
      undefined,
    ]);
  });

  it("keeps tcp/80 and udp/53 apart", () => {
    const port = (value: number) => [{ first: value, last: value }];
    const services = anyOf({ protocol: 6, destinationPorts: port(80) }, { protocol: 17, destinationPorts: port(53) });

    const { value } = renderAzureNsg(acl([ace("two", { service: services })]), []);

    const read = readBack(value).map(({ name, matches }) => [name, matches.service?.[0]?.operands]);
    expect(read.slice(0, 2)).to.deep.equal([
      ["two", [{ literal: { protocol: 6, destinationPorts: port(80) } }]],
      ["two_2", [{ literal: { protocol: 17, destinationPorts: port(53) } }]],
    ]);
  });

  it("puts dropping aces first where they override", () => {
    const overriding: Acl = { ...acl([ace("let", {}), ace("stop", {}, "drop")]), evaluation: "drop-overrides" };

    const { value } = renderAzureNsg(overriding, []);

    expect(readBack(value).map(({ name }) => name)).to.deep.equal(["stop", "let", "everything-else"]);
  });

  it("never writes an ace whose list is empty, and leaves out disabled ones", () => {
    const never = ace("never", { source: [{ operands: [], negated: false }] });
    const off = { ...ace("off", {}), enabled: false };

    const { value } = renderAzureNsg(acl([never, off], "accept"), []);

    expect(readBack(value).map(({ name, action }) => [name, action.kind])).to.deep.equal([
      ["everything-else", "accept"],
    ]);
  });

  it("refuses what a group cannot say, with the limit and the line, and writes nothing", () => {
    const cases: readonly (readonly [string, Partial<Matches>])[] = [
      ["negation", { source: [{ operands: [{ literal: range("10.0.0.0/8") }], negated: true }] }],
      ["conjunction", { source: [...anyOf(range("10.0.0.0/8")), ...anyOf(range("10.1.0.0/16"))] }],
      ["endpoint", { source: anyOf({ fqdn: "example.com" }) }],
      ["unknown-operand", { source: [{ operands: [{ unresolved: "somewhere" }], negated: false }] }],
      ["field", { states: ["new"] }],
      ["field", { service: anyOf({ protocol: 1, icmpTypes: [{ first: 8, last: 8 }] }, { protocol: 58 }) }],
      ["icmp", { service: anyOf({ protocol: 1 }) }],
      ["protocol", { service: anyOf({ protocol: 47 }) }],
      ["condition", { unmodeled: ["-m limit"] }],
    ];
    for (const [limit, matches] of cases) {
      const { value, diagnostics } = renderAzureNsg(acl([ace("odd", matches)]), []);

      expect(value, limit).to.equal("");
      expect(diagnostics.map(({ code }) => code)).to.contain(`azure-nsg/limit-${limit}`);
      expect(diagnostics[0]?.at).to.equal(at);
    }
  });

  it("reads back what it writes of a group it has read", () => {
    const { text } = fixture("azure-nsg", "show-flattened.json");
    const space = new Map([["virtualnetwork", [range("10.0.0.0/8")]]]);
    const [device] = azureNsg.convert([azureNsg.parse(text, "a.json").value], { deviceName: "d", definedSets: space })
      .value.devices;
    const inbound = device?.acls[0] as Acl;

    const { value } = renderAzureNsg(inbound, device?.sets ?? []);

    expect(readBack(value).map(({ name }) => name)).to.deep.equal([
      ...inbound.aces.map(({ name }) => name),
      "everything-else",
    ]);
  });
});
