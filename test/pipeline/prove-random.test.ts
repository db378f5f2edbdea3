import { expect } from "chai";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import type { Direction } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import type { Verdict } from "../../src/model/verdict.js";
import { iptables } from "../../src/vendors/iptables/index.js";
import { SeededRandom } from "../seeded-random.js";
import { edgeRules, oneRequirement, proveTexts } from "./prove-texts.js";

const TOPOLOGY = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/24] }
  - { name: servers, site: main, prefixes: [10.2.0.0/24] }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.4-10.1.0.7] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - { name: edge, exports: [edge.rules], interfaces: [{ name: a, network: office }, { name: b, network: servers }] }
`;
const WEB = oneRequirement("services: [tcp/443]\npaths: [lan]");

function randomRule(random: SeededRandom): string {
  const pick = (choices: readonly string[]): string => random.pick(choices);
  return [
    "-A FORWARD",
    pick(["", "", "-s 10.1.0.4/31", "-s 10.1.0.0/24", "-s 10.2.0.5/32", "! -s 10.1.0.6/32"]),
    pick(["", "", "-d 10.2.0.5/32", "-d 10.2.0.0/24", "-d 10.1.0.0/24", "-d 10.9.0.0/16"]),
    pick(["", "-i a", "-o b", "-i b", "! -i b"]),
    pick(["", "-p tcp", "-p tcp -m tcp --dport 443", "-p tcp -m tcp --sport 443", "-p tcp -m tcp --sport 1024:32767"]),
    pick([
      "",
      "",
      "-m conntrack --ctstate NEW",
      "-m conntrack --ctstate ESTABLISHED",
      "-m state --state NEW,ESTABLISHED",
    ]),
    pick(["", "", "", "", "-m recent --name x --rcheck", "-m limit --limit 5/sec"]),
    `-j ${pick(["ACCEPT", "ACCEPT", "ACCEPT", "DROP", "REJECT"])}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** What rule sets end with: left to chance alone, hardly any would let a whole conversation pass. */
const ENDINGS: readonly (readonly string[])[] = [
  [],
  ["-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT"],
  ["-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A FORWARD -i a -p tcp -m tcp --dport 443 -j ACCEPT"],
  ["-A FORWARD -j ACCEPT"],
];

/** The packets of one conversation of the requirement, leg by leg. */
function conversation(source: number, sourcePort: number): Packet[] {
  const out = { ingressInterface: "a", egressInterface: "b" };
  const back = { ingressInterface: "b", egressInterface: "a" };
  const common = { family: "ipv4", protocol: 6, fragment: "first-or-whole" } as const;
  const there = { ...common, ...out, source: [source], destination: [0x0a020005], sourcePort, destinationPort: 443 };
  const here = { ...common, ...back, source: [0x0a020005], destination: [source], sourcePort: 443 };
  return [
    { ...there, state: "new", tcpFlags: 2 },
    ...[16, 24, 17, 25].map((tcpFlags) => ({ ...there, state: "established" as const, tcpFlags })),
    ...[18, 16, 24, 17, 25].map((tcpFlags) => ({
      ...{ ...here, destinationPort: sourcePort, state: "established" as const, tcpFlags },
    })),
  ];
}

/** What the slow evaluator says of whole conversations, over every source and the source ports at which rules part. */
function bruteForce(rules: string): Verdict["kind"] {
  const parsed = iptables.parse(rules, "edge.rules");
  const device = iptables.convert([parsed.value], { deviceName: "edge" }).value.devices[0]!;
  const evaluation = prepareEvaluation(device);
  const direction: Direction = "forward";
  const answers = [4, 5, 6, 7].flatMap((host) =>
    [1024, 32767, 32768, 65535].map((port) => {
      const legs = conversation(0x0a010000 + host, port).map((packet) => evaluation.evaluate({ direction, packet }));
      if (legs.some(({ outcomes }) => !outcomes.includes("accept"))) return "refuted";
      return legs.every(({ verdict }) => verdict === "accept") ? "proved" : "undecided";
    }),
  );
  if (answers.includes("refuted")) return "refuted";
  return answers.includes("undecided") ? "undecided" : "proved";
}

describe("proofs over random rules", () => {
  it("agree with the slow evaluator on every conversation", () => {
    const seed = Number(process.env["FLOWPROOF_SEED"] ?? 20240817);
    const random = new SeededRandom(seed);
    const counts = { proved: 0, refuted: 0, undecided: 0 };
    for (let round = 0; round < 400; round++) {
      const drawn = Array.from({ length: random.below(5) }, () => randomRule(random));
      const rules = edgeRules(...drawn, ...random.pick(ENDINGS));
      const [verdict] = proveTexts(TOPOLOGY, { "edge.rules": rules }, WEB);

      const expected = bruteForce(rules);
      expect(verdict?.kind, `seed ${seed}, round ${round}:\n${rules}`).to.equal(expected);
      counts[expected]++;
    }
    console.log(`      seed ${seed}: ${JSON.stringify(counts)}`);
    expect(Math.min(...Object.values(counts))).to.be.greaterThan(10);
  });
});
