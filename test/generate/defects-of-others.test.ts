/** Ways in which generators of rules are known to open too much, to block everything, or to be refused: none of them is ours. */
import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { acceptedByFilters } from "../../src/generate/accepted-by-filters.js";
import { aclOfList, askedPackets } from "../../src/generate/acl-of-list.js";
import { type Need, planAllowLists } from "../../src/generate/plan-allow-lists.js";
import { parseRequirements } from "../../src/intent/parse-requirements.js";
import type { Ace, Acl } from "../../src/model/acl.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { Device, Direction } from "../../src/model/device.js";
import type { Matches } from "../../src/model/matches.js";
import type { Vendor } from "../../src/model/vendor.js";
import { targetsFor, vendorOf } from "../../src/pipeline/targets.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const at = { file: "catalogue.yaml", line: 1 };
const range = (text: string) => parseAddressRange(text) as AddressRange;
const point = (value: number) => ({ first: value, last: value });
const HOST: Device = {
  ...{ name: "host", vendor: "iptables", acls: [], sets: [], interfaces: [], tracking: "explicit" },
  stages: { forward: [], input: [], output: [] },
};
const RENDERERS = targetsFor("device").filter(({ render }) => render !== undefined);

function directionFor({ allowLists }: Vendor): Direction {
  return allowLists?.aclName("input", "ipv4") === undefined ? "forward" : "input";
}

function needOf(
  target: Vendor,
  services: readonly (readonly [protocol: number, port: number])[],
  purpose = "test",
): Need {
  const packets = PacketSet.unionOf(
    services.map(([protocol, port]) =>
      PacketSet.fromFields({
        sources: [range("10.9.0.0/16")],
        destinations: [range("10.1.2.3")],
        protocols: [point(protocol)],
        destinationPorts: [point(port)],
        states: ["new"],
      }),
    ),
  );
  const reason = { requirement: "R1", from: "a", to: "b", purpose, at };
  return { device: "host", direction: directionFor(target), packets, reason };
}

function listsFor(target: Vendor, need: Need) {
  return planAllowLists({ device: HOST, tracking: target.allowLists?.tracking ?? "explicit" }, [need], {});
}

function textsFor(target: Vendor, need: Need) {
  const { value, diagnostics } = writeAllowLists(listsFor(target, need), target, at);
  expect(diagnostics, target.id).to.deep.equal([]);
  return value as NonNullable<typeof value>;
}

/** An acl of the target's own that accepts what matches, and drops the rest. */
function accepting(target: Vendor, matches: Partial<Matches>): Acl {
  const ace: Ace = {
    name: "R1",
    enabled: true,
    matches: {
      source: [{ operands: [{ literal: range("10.9.0.0/16") }], negated: false }],
      service: [{ operands: [{ literal: { protocol: 6, destinationPorts: [point(443)] } }], negated: false }],
      unmodeled: [],
      ...matches,
    },
    action: { kind: "accept" },
    at,
  };
  const [list] = listsFor(target, needOf(target, [[6, 443]]));
  const name = target.allowLists?.aclName(directionFor(target), "ipv4") ?? "acl";
  return { ...aclOfList(list as NonNullable<typeof list>, name, at), aces: [ace], evaluation: "first-match" };
}

describe("a port that is a number of YAML", () => {
  it("is a mistake of the catalogue, and never every port", () => {
    const catalogue = `catalogue: own
title: One flow
roles: { client: asks, server: answers }
documents: { book: the book }
requirements:
  - { id: R1, title: One, from: client, to: server, services: [5555], paths: [lan], purpose: work, cites: [{ document: book, section: one }] }
`;
    const { diagnostics } = parseRequirements(catalogue, "own.yaml");

    expect(diagnostics.map(({ severity }) => severity)).to.include("error");
  });
});

for (const target of RENDERERS) {
  describe(`rules for ${target.id}`, () => {
    it("accept nothing where a list of addresses is empty, and never everything", () => {
      for (const field of ["source", "destination"] as const) {
        const acl = accepting(target, { [field]: [{ operands: [], negated: false }] });
        const { value: text } = target.render?.(acl, []) ?? { value: "" };
        if (text === "") continue;
        const [device] = target.convert([target.parse(text, "own").value], { deviceName: "own" }).value.devices;
        // A text without any rule may be none of a device's: it accepts nothing either.
        if (device === undefined) continue;
        const asked = PacketSet.fromFields({ states: ["new"], family: "ipv4" });
        const { possibly } = acceptedByFilters(compileDevice(device), directionFor(target), asked);

        expect(possibly.isEmpty, `${field}\n${text}`).to.equal(true);
      }
    });

    it("never leave out an exception: one that cannot be said is refused", () => {
      const except = { operands: [{ literal: range("10.9.0.128/25") }], negated: true };
      const both = [{ operands: [{ literal: range("10.9.0.0/24") }], negated: false }, except];
      const { value: text } = target.render?.(accepting(target, { source: both }), []) ?? { value: "" };
      if (text === "") return;
      const [device] = target.convert([target.parse(text, "own").value], { deviceName: "own" }).value.devices;
      const excepted = PacketSet.fromFields({ states: ["new"], sources: [range("10.9.0.128/25")] });

      const { possibly } = acceptedByFilters(compileDevice(device as Device), directionFor(target), excepted);
      expect(possibly.isEmpty, text).to.equal(true);
    });

    it("name no set that the text does not hold", () => {
      const unknown = { operands: [{ setRef: "PART" }], negated: true };
      const { value: text, diagnostics } = target.render?.(accepting(target, { destination: [unknown] }), []) ?? {
        value: "",
        diagnostics: [],
      };

      expect(text).to.equal("");
      expect(diagnostics.map(({ severity }) => severity)).to.include("error");
    });

    it("open no port of one protocol that only another one needs", () => {
      const { readBack } = textsFor(
        target,
        needOf(target, [
          [6, 80],
          [6, 443],
          [17, 443],
        ]),
      );
      const [list] = listsFor(
        target,
        needOf(target, [
          [6, 80],
          [6, 443],
          [17, 443],
        ]),
      );
      const asked = askedPackets(list as NonNullable<typeof list>).intersect(
        PacketSet.fromFields({
          family: "ipv4",
          protocols: [point(17)],
          destinationPorts: [point(80)],
          states: ["new"],
        }),
      );

      const { possibly } = acceptedByFilters(compileDevice(readBack), directionFor(target), asked);
      expect(possibly.isEmpty).to.equal(true);
    });
  });
}

describe("rules for windows-firewall", () => {
  it("close what is not needed by the default, since a rule that blocks everything overrides the rest", () => {
    const windows = vendorOf("windows-firewall") as Vendor;
    const { texts } = textsFor(windows, needOf(windows, [[6, 443]]));
    const text = texts.map((each) => each.text).join("");

    expect(text).to.match(/-DefaultInboundAction Block/);
    expect(text).to.not.match(/-Action Block/);
  });
});

describe("rules for nftables", () => {
  it("have one comment each, on one line, that nft takes", function () {
    const nftables = vendorOf("nftables") as Vendor;
    const need = needOf(nftables, [[6, 443]]);
    const told = { ...need, reason: { ...need.reason, owner: "first line\nsecond line" } };
    const text = textsFor(nftables, told)
      .texts.map((each) => each.text)
      .join("");

    expect(text.split("\n").every((line) => line.split(" comment ").length <= 2)).to.equal(true);
    const isThere = spawnSync("sh", ["-c", "command -v nft unshare"]).status === 0 && process.getuid?.() === 0;
    if (!isThere) this.skip();
    const { status, stderr } = spawnSync("unshare", ["--net", "nft", "-c", "-f", "-"], { input: text });
    expect([status, String(stderr)]).to.deep.equal([0, ""]);
  });
});
