import { expect } from "chai";
import fc from "fast-check";
import type { Ace, Acl } from "../../../src/model/acl.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { Matches } from "../../../src/model/matches.js";
import { windowsFirewall } from "../../../src/vendors/windows-firewall/index.js";
import { renderWindowsFirewall } from "../../../src/vendors/windows-firewall/render.js";

const at = { file: "intent.yaml", line: 3 };

function ace(name: string, matches: Partial<Matches>, kind: "accept" | "drop" = "accept"): Ace {
  return { name, enabled: true, matches: { unmodeled: [], ...matches }, action: { kind }, at };
}

function acl(aces: readonly Ace[], name: "inbound" | "outbound" = "inbound"): Acl {
  return { name, aces, defaultAction: { kind: "drop" }, evaluation: "drop-overrides", at };
}

/** The acl our own reader finds in a rendered script. */
function readBack(text: string, name: "inbound" | "outbound" = "inbound"): Acl {
  const { value } = windowsFirewall.parse(text, "script.ps1");
  const { devices } = windowsFirewall.convert([value], { deviceName: "host" }).value;
  return devices[0]?.acls.find((candidate) => candidate.name === name) as Acl;
}

const anyOf = <T>(...literals: T[]) => [{ operands: literals.map((literal) => ({ literal })), negated: false }];
const range = (text: string) => parseAddressRange(text) as NonNullable<ReturnType<typeof parseAddressRange>>;
const point = (value: number) => ({ first: value, last: value });

const ports = fc
  .tuple(fc.integer({ min: 0, max: 65535 }), fc.integer({ min: 0, max: 65535 }))
  .map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const addresses = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 99 }))
  .map(([octet, last]) => range(`10.${octet}.7.${last}-10.${octet}.7.${last + 100}`));
const side = fc.option(fc.array(addresses, { minLength: 1, maxLength: 3 }).map((list) => anyOf(...list)));
const service = fc.tuple(fc.constantFrom(6, 17), fc.option(fc.array(ports, { minLength: 1, maxLength: 3 })));
const randomAce = fc.record({
  source: side,
  destination: side,
  service: fc.option(service),
  kind: fc.constantFrom("accept" as const, "drop" as const),
});

describe("renderWindowsFirewall", () => {
  for (const direction of ["inbound", "outbound"] as const) {
    it(`writes a script our own reader reads back to the same ${direction} acl`, () => {
      fc.assert(
        fc.property(fc.array(randomAce, { minLength: 1, maxLength: 8 }), (drawn) => {
          const aces = drawn.map(({ source, destination, service: drawnService, kind }, index) => {
            const [protocol = 6, destinationPorts] = drawnService ?? [];
            const matched = {
              ...(source && { source }),
              ...(destination && { destination }),
              ...(drawnService && { service: anyOf({ protocol, ...(destinationPorts && { destinationPorts }) }) }),
            };
            return ace(`rule ${index}`, matched, kind);
          });

          const { value, diagnostics } = renderWindowsFirewall(acl(aces, direction), []);

          const read = readBack(value, direction);
          expect(diagnostics).to.deep.equal([]);
          expect(read.defaultAction.kind).to.equal("drop");
          const essence = ({ name, matches, action }: Ace) => ({ name, matches, action });
          expect(read.aces.map(essence)).to.deep.equal(aces.map(essence));
        }),
      );
    });
  }

  it("writes ICMP types, keywords and one command for each service", () => {
    const services = anyOf({ protocol: 1, icmpTypes: [point(8)], icmpCodes: [point(0)] }, { protocol: 47 });
    const source = [{ operands: [{ setRef: "LocalSubnet" }], negated: false }];

    const { value } = renderWindowsFirewall(acl([ace("ping", { service: services, source })]), []);

    expect(value.split("\n").slice(1, 3)).to.deep.equal([
      'New-NetFirewallRule -DisplayName "ping" -Direction Inbound -Action Allow -Protocol ICMPv4 -IcmpType "8:0" -RemoteAddress LocalSubnet',
      'New-NetFirewallRule -DisplayName "ping" -Direction Inbound -Action Allow -Protocol 47 -RemoteAddress LocalSubnet',
    ]);
  });

  it("lets no name of a rule end its text", () => {
    const { value } = renderWindowsFirewall(acl([ace('x" ; Stop-Computer $(1)\n#`', {})]), []);

    expect(value.split("\n")).to.have.length(3);
    expect(value).to.contain('-DisplayName "x_ ; Stop-Computer _(1)_#_"');
  });

  it("refuses an order in which something is allowed before something is blocked", () => {
    const first: Acl = { ...acl([ace("let", {}), ace("stop", {}, "drop")]), evaluation: "first-match" };
    const reversed: Acl = { ...first, evaluation: "last-match" };

    expect(renderWindowsFirewall(first, []).diagnostics[0]?.code).to.equal("windows-firewall/limit-order");
    expect(renderWindowsFirewall(reversed, []).diagnostics).to.deep.equal([]);
  });

  it("refuses what the firewall cannot say, with the limit and the line, and writes nothing", () => {
    const cases: readonly (readonly [string, Partial<Matches>])[] = [
      ["negation", { source: [{ operands: [{ literal: range("10.0.0.0/8") }], negated: true }] }],
      ["conjunction", { source: [...anyOf(range("10.0.0.0/8")), ...anyOf(range("10.1.0.0/16"))] }],
      ["endpoint", { source: anyOf({ fqdn: "example.com" }) }],
      ["unknown-operand", { source: [{ operands: [{ setRef: "Storage" }], negated: false }] }],
      ["field", { fragment: "later" }],
      ["field", { service: anyOf({ protocol: 6, tcpFlags: { mask: 2, value: 2 } }) }],
      ["family", { family: "ipv4" }],
      ["condition", { unmodeled: ["-m limit"] }],
    ];
    for (const [limit, matches] of cases) {
      const { value, diagnostics } = renderWindowsFirewall(acl([ace("odd", matches)]), []);

      expect(value, limit).to.equal("");
      expect(diagnostics.map(({ code }) => code)).to.contain(`windows-firewall/limit-${limit}`);
    }
  });
});
