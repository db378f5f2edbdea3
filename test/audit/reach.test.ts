import { expect } from "chai";
import type { Root } from "../../src/audit/attachment.js";
import { ReachSurvey } from "../../src/audit/reach.js";
import { RedundancySearch } from "../../src/audit/redundancy.js";
import { rulesOf } from "../../src/audit/rules.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import type { Ace } from "../../src/model/acl.js";
import { type AddressRange, formatAddress, parseAddressRange } from "../../src/model/address.js";
import type { Device } from "../../src/model/device.js";
import { Budget } from "../../src/sets/budget.js";
import { convertTexts } from "../vendors/iptables/fixtures.js";

const TEXT = [
  "*filter",
  ":INPUT ACCEPT [0:0]",
  ":FORWARD DROP [0:0]",
  ":OUTPUT ACCEPT [0:0]",
  ":hosts - [0:0]",
  ":servers - [0:0]",
  "-A FORWARD -s 192.0.2.0/24 -i eth1 -j hosts",
  "-A FORWARD -d 198.51.100.0/24 -o eth2 -j servers",
  "-A hosts -s 192.0.2.7 -j DROP",
  "-A servers -p tcp -m tcp --dport 443 --syn -j ACCEPT",
  "COMMIT",
  "",
].join("\n");

const at = (line: number) => ({ file: "rules", line });

const ace = (line: number, matches: Partial<Ace["matches"]>, action: Ace["action"]): Ace => ({
  ...{ name: `${line}`, enabled: true, action, at: at(line) },
  matches: { unmodeled: [], ...matches },
});

const LOW_HALF = [{ operands: [{ literal: parseAddressRange("0.0.0.0/1") as AddressRange }], negated: false }];
const SSH = [{ operands: [{ literal: { protocol: 6, destinationPorts: [{ first: 22, last: 22 }] } }], negated: false }];

/** Every packet is marked; SSH from the upper half of the addresses is dropped by line 4 alone, for line 5 accepts marks. */
const MARKING: Device = {
  ...{ name: "marking", vendor: "test", sets: [], interfaces: [], tracking: "implicit" },
  stages: { input: [], output: [], forward: [{ hook: "main", kind: "filter", acl: "main" }] },
  acls: [
    {
      ...{ name: "main", evaluation: "first-match", defaultAction: { kind: "drop" }, at: at(0) },
      aces: [
        ace(1, { tags: [1] }, { kind: "drop" }),
        ace(2, { tags: [0] }, { kind: "tag", becomes: [1, 1] }),
        ace(3, {}, { kind: "jump", acl: "low" }),
        ace(4, { service: SSH }, { kind: "drop" }),
        ace(5, { tags: [1] }, { kind: "accept" }),
      ],
    },
    {
      ...{ name: "low", evaluation: "first-match", defaultAction: { kind: "return" }, at: at(10) },
      aces: [ace(11, { source: LOW_HALF }, { kind: "accept" })],
    },
  ],
};

describe("a search for redundant rules", () => {
  it("puts packets to the first rule as they came, not as rules have marked them since", () => {
    const compiled = compileDevice(MARKING);
    const search = new RedundancySearch(new ReachSurvey(compiled, new Budget(1e6)), new Budget(1e6));

    expect(search.find(rulesOf(compiled).find((rule) => rule.at.line === 4)!)).to.equal(undefined);
  });
});

describe("a survey of what rules packets reach", () => {
  it("finds packets of a rule behind a jump that a rule behind another one would treat otherwise", () => {
    const compiled = compileDevice(convertTexts({ "edge.save": TEXT }).devices[0] as Device);
    const survey = new ReachSurvey(compiled, new Budget(1e6));
    const rule = rulesOf(compiled).find(({ at }) => at.line === 9)!;
    const root = survey.roots.find(({ acls }) => acls.has(rule.aces[0]!.acl.acl.name)) as Root;

    const packets = [...survey.contestedPackets(root, rule.aces[0]!, "drop")];

    expect(
      packets.map(({ source, destination, destinationPort, ingressInterface, egressInterface }) => ({
        ...{ source: formatAddress(source), destination: formatAddress(destination) },
        ...{ destinationPort, ingressInterface, egressInterface },
      })),
    ).to.deep.equal([
      {
        ...{ source: "192.0.2.7", destination: "198.51.100.0", destinationPort: 443 },
        ...{ ingressInterface: "eth1", egressInterface: "eth2" },
      },
    ]);
    expect(survey.points.without(rule, root, "drop")(packets[0]!)).to.equal(false);
  });

  it("looks behind a rule first, where very many before it decide otherwise", () => {
    const before = Array.from({ length: 250 }, (_, i) => `-A FORWARD -s 192.0.2.0/24 -d 203.0.113.${i} -j ACCEPT`);
    const text = [
      ...["*filter", ":INPUT ACCEPT [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]", ":hosts - [0:0]"],
      ...[...before, "-A FORWARD -s 192.0.2.0/24 -j hosts", "-A FORWARD -s 192.0.2.0/24 -d 203.0.113.251 -j ACCEPT"],
      ...["-A hosts -s 192.0.2.7 -j DROP", "COMMIT", ""],
    ];
    const compiled = compileDevice(convertTexts({ "edge.save": text.join("\n") }).devices[0] as Device);
    const survey = new ReachSurvey(compiled, new Budget(1e6));
    const rule = rulesOf(compiled).at(-1)!;
    const root = survey.roots.find(({ acls }) => acls.has("filter hosts")) as Root;

    const packets = [...survey.contestedPackets(root, rule.aces[0]!, "drop")];

    expect(packets.map(({ destination }) => formatAddress(destination))).to.include("203.0.113.251");
  });
});
