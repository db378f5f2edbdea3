/** Generated rules before the programs they are for: what we print has to load, and to do what it is for. */
import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { packetsOfEntry } from "../../src/generate/entries-of-packets.js";
import { type Need, planAllowLists } from "../../src/generate/plan-allow-lists.js";
import { singleAddress } from "../../src/model/address.js";
import type { Device } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import { hasPorts } from "../../src/model/service.js";
import { generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { vendors } from "../../src/vendors/registry.js";
import { SeededRandom } from "../seeded-random.js";
import { readShipped, SCENARIOS } from "../topologies/prove-shipped.js";
import { askKernel, noKernelBecause } from "./ask-kernel.js";
import type { KernelAnswer } from "./kernel-lab.js";
import { randomPacket, sideOf } from "./kernel-packets.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261122);
const LISTS = 12;
const NEEDS = 10;
const OTHERS = 40;

const at = { file: "catalogue.yaml", line: 1 };

/** A router with an empty filter. */
const ROUTER: Device = {
  ...{ name: "router", vendor: "iptables", acls: [], sets: [], interfaces: [], tracking: "explicit" },
  stages: { forward: [], input: [], output: [] },
};

/** A packet that begins a connection across the router. */
function beginning(random: SeededRandom): Packet {
  for (;;) {
    const packet = randomPacket(random, ["ipv4", "ipv6"]);
    const [from, to] = [sideOf(packet.source), sideOf(packet.destination)];
    const isEcho = packet.icmpType === (packet.family === "ipv4" ? 8 : 128);
    if (from === undefined || to === undefined || from === to || !(hasPorts(packet.protocol) || isEcho)) continue;
    const flags = packet.protocol === 6 ? { tcpFlags: 2 } : {};
    return { ...packet, ...flags, ingressInterface: from, egressInterface: to };
  }
}

function needOf(packet: Packet): Need {
  const { source, destination, protocol, destinationPort, icmpType, icmpCode } = packet;
  const point = (value: number) => ({ first: value, last: value });
  const packets = PacketSet.fromFields({
    sources: [singleAddress(source)],
    destinations: [singleAddress(destination)],
    protocols: [point(protocol)],
    ...(destinationPort !== undefined && { destinationPorts: [point(destinationPort)] }),
    ...(icmpType !== undefined && { icmpTypes: [point(icmpType)] }),
    ...(icmpCode !== undefined && { icmpCodes: [point(icmpCode)] }),
    ingressInterfaces: [{ name: packet.ingressInterface }],
    egressInterfaces: [{ name: packet.egressInterface }],
    states: ["new"],
  });
  const reason = { requirement: "R", from: "a", to: "b", purpose: "test", at };
  return { device: "router", direction: "forward", packets, reason };
}

function skipWithout(this: Mocha.Context, reason: string | undefined): void {
  if (reason === undefined) return;
  if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  this.skip();
}

function isInstalled(tool: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
}

describe("generated rules", function () {
  this.timeout(600_000);

  it("are loaded by iptables-restore for every shipped topology", async function () {
    const isThere = ["iptables-restore", "ip6tables-restore", "unshare"].every(isInstalled) && process.getuid?.() === 0;
    skipWithout.call(this, isThere ? undefined : "no iptables-restore to ask as root");

    for (const scenario of SCENARIOS) {
      const { analysis } = generateAllowLists(await readShipped(scenario), { names: "widen" });
      const own = (analysis?.written ?? []).filter(({ target }) => target === "iptables");
      for (const { device, texts } of own) {
        for (const { text, ending } of texts) {
          const tool = ending === ".v6.rules" ? "ip6tables-restore" : "iptables-restore";
          const { status, stderr } = spawnSync("unshare", ["--net", tool, "--test", "--noflush"], { input: text });

          expect([status, String(stderr)], `${scenario} ${device}`).to.deep.equal([0, ""]);
        }
      }
    }
  });

  it("are checked by nft for every shipped topology", async function () {
    const isThere = ["nft", "unshare"].every(isInstalled) && process.getuid?.() === 0;
    skipWithout.call(this, isThere ? undefined : "no nft to ask as root");

    for (const scenario of SCENARIOS) {
      const inputs = await readShipped(scenario);
      const { analysis: own } = generateAllowLists(inputs, { names: "widen" });
      const devices = (own?.written ?? []).filter(({ target }) => target === "iptables").map(({ device }) => device);
      for (const device of devices) {
        const { analysis } = generateAllowLists(inputs, { device, target: "nftables", names: "widen" });
        for (const { text } of (analysis?.written ?? []).flatMap(({ texts }) => texts)) {
          const { status, stderr } = spawnSync("unshare", ["--net", "nft", "-c", "-f", "-"], { input: text });

          expect([status, String(stderr)], `${scenario} ${device}`).to.deep.equal([0, ""]);
        }
      }
    }
  });

  it("are read by terraform, and stand as it would write them", async function () {
    // No package of Debian: where it is not there, nothing asks for it.
    if (!isInstalled("terraform")) {
      console.log("      skipped: no terraform to ask");
      this.skip();
    }
    let files = 0;
    for (const scenario of SCENARIOS) {
      const { analysis } = generateAllowLists(await readShipped(scenario), { notation: "terraform", names: "widen" });
      for (const { device, texts } of analysis?.written ?? []) {
        for (const { text } of texts) {
          const { status, stdout } = spawnSync("terraform", ["fmt", "-check", "-diff", "-"], { input: text });

          expect([status, String(stdout)], `${scenario} ${device}`).to.deep.equal([0, ""]);
          files++;
        }
      }
    }
    expect(files).to.be.greaterThan(0);
  });

  it("are scripts that a shell reads", async () => {
    const { analysis } = generateAllowLists(await readShipped("remote-management"), { notation: "az" });
    for (const { text } of (analysis?.written ?? []).flatMap(({ texts }) => texts)) {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: text });

      expect([status, String(stderr)]).to.deep.equal([0, ""]);
    }
  });

  for (const id of ["iptables", "nftables"]) {
    it(`let through in the kernel what ${id} is told to and nothing else (seed ${SEED})`, async function () {
      skipWithout.call(this, noKernelBecause());
      const target = vendors.find((vendor) => vendor.id === id) as (typeof vendors)[number];
      const trials = Array.from({ length: LISTS }, (_, index) => {
        const random = new SeededRandom(SEED + index);
        const needed = random.list(NEEDS, NEEDS, () => beginning(random));
        const others = random.list(OTHERS, OTHERS, () => beginning(random));
        const lists = planAllowLists({ device: ROUTER, tracking: "explicit" }, needed.map(needOf), {});
        const { value } = writeAllowLists(lists, target, at);
        const meant = PacketSet.unionOf(lists.flatMap(({ entries }) => entries.map(packetsOfEntry)));
        const loads = (value?.texts ?? []).map(({ text, ending }) => ({
          command: LOADERS[ending] ?? ["nft", "-f", "-"],
          text,
        }));
        // A family without needs has no list: nothing of it is asked about.
        const packets = [...needed, ...others].filter(({ family }) => needed.some((each) => each.family === family));
        return { meant, asked: { loads, confirms: false, packets: packets.map((packet) => ({ packet })) } };
      });

      let passed = 0;
      let stopped = 0;
      const answers = await askKernel(trials.map(({ asked }) => asked));
      answers.forEach((answer: KernelAnswer, trial) => {
        if ("refused" in answer) throw new Error(answer.refused);
        const { meant, asked } = trials[trial] as (typeof trials)[number];
        asked.packets.forEach(({ packet }, index) => {
          const seen = answer.observations[index];
          if (seen?.hook !== "forward" || seen.state !== "new") return;
          const judged = { ...packet, egressInterface: seen.egress ?? "" };
          expect(seen.left !== undefined, JSON.stringify(judged)).to.equal(meant.contains(judged));
          if (seen.left === undefined) stopped++;
          else passed++;
        });
      });

      console.log(`      ${passed} packets passed, ${stopped} stopped`);
      expect(passed).to.be.greaterThan(LISTS);
      expect(stopped).to.be.greaterThan(LISTS);
    });
  }
});

const LOADERS: Readonly<Record<string, readonly string[]>> = {
  ".v4.rules": ["iptables-nft-restore"],
  ".v6.rules": ["ip6tables-nft-restore"],
};
