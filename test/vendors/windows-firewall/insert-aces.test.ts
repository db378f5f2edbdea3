import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Ace, Acl } from "../../../src/model/acl.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { PatchedText } from "../../../src/model/allow-list.js";
import { windowsFirewall } from "../../../src/vendors/windows-firewall/index.js";

const LISTING = readFileSync(
  new URL("../../../../test/vendors/windows-firewall/fixtures/rules-verbose.txt", import.meta.url),
  "utf8",
);
const at = { file: "rules-verbose.txt", line: 1 };
const anyOf = <T>(...literals: T[]) => [{ operands: literals.map((literal) => ({ literal })), negated: false }];
const range = (text: string) => parseAddressRange(text) as NonNullable<ReturnType<typeof parseAddressRange>>;
const point = (value: number) => ({ first: value, last: value });

function inserted(ace: Partial<Ace>): PatchedText {
  const aces: Ace[] = [
    { name: "R1", enabled: true, matches: { unmodeled: [] }, action: { kind: "accept" }, at, ...ace },
  ];
  const acl: Acl = { name: "inbound", aces, defaultAction: { kind: "drop" }, evaluation: "drop-overrides", at };
  return windowsFirewall.insertAces?.(LISTING, { direction: "input", acl, at }) as PatchedText;
}

function acesOf(text: string, file: string): readonly Ace[] {
  const { devices } = windowsFirewall.convert([windowsFirewall.parse(text, file).value], { deviceName: "host" }).value;
  return devices[0]?.acls.find(({ name }) => name === "inbound")?.aces ?? [];
}

/** What the first rules of the listing say, and what the commands say. */
function bothSides({ text, commands }: PatchedText) {
  const essence = ({ name, matches, action }: Ace) => ({ name, matches, action });
  const made = acesOf(commands.join("\n"), "script.ps1").map(essence);
  const names = new Set(made.map(({ name }) => name));
  const listed = acesOf(text, at.file)
    .map(essence)
    .filter(({ name }) => names.has(name));
  return { listed, made };
}

describe("rules put into a listing of netsh", () => {
  const need = {
    source: anyOf(range("10.0.0.5"), range("10.2.0.1-10.2.0.9")),
    service: anyOf({ protocol: 6, destinationPorts: [point(22), { first: 80, last: 90 }] }),
    unmodeled: [],
  };

  for (const text of [
    "R1 -LocalAddress 10.9.9.9",
    "R1 -Protocol UDP -RemotePort 53 -IcmpType 8:0",
    'R1" -RemoteAddress 10.9.9.9 -Action Block -Description "',
    'R1 `" -Action Block $(1) \u201d\nAction: Block',
  ]) {
    it(`say what their commands say where a requirement is called ${JSON.stringify(text)}`, () => {
      const { listed, made } = bothSides(inserted({ name: text, remark: text, matches: need }));

      expect(listed).to.deep.equal(made);
      expect(listed.map(({ matches, action }) => ({ matches, action }))).to.deep.equal([
        { matches: need, action: { kind: "accept" } },
      ]);
    });
  }

  it("hold a row for each ICMP type", () => {
    const service = anyOf({ protocol: 1, icmpTypes: [point(8), point(13)], icmpCodes: [point(0)] });

    const { listed, made } = bothSides(inserted({ matches: { service, unmodeled: [] } }));

    expect(listed).to.deep.equal(made);
    expect(listed[0]?.matches.service?.[0]?.operands).to.have.length(2);
  });
});
