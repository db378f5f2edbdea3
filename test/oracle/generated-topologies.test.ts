/**
 * The lists of every device of every shipped topology before the kernel: whatever the device is, its lists are written for
 * iptables and nftables, loaded into a machine with its interfaces, and asked about packets in and beside them.
 */
import { expect } from "chai";
import { packetsOfEntry } from "../../src/generate/entries-of-packets.js";
import { type AddressRange, addressFromValue, addressValue, formatAddress } from "../../src/model/address.js";
import type { AllowEntry, AllowList } from "../../src/model/allow-list.js";
import type { Packet } from "../../src/model/flow.js";
import type { ProveInputs } from "../../src/model/inputs.js";
import { hasPorts, type PortRange, type Service } from "../../src/model/service.js";
import { generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { readTopology } from "../../src/pipeline/read-topology.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { readShipped, SCENARIOS } from "../topologies/prove-shipped.js";
import { askKernel, noKernelBecause } from "./ask-kernel.js";
import type { KernelAnswer, KernelCase } from "./kernel-lab.js";
import type { MachineInterface } from "./kernel-network.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261128);
const EACH = 3;
const LOADERS: Readonly<Record<string, readonly string[]>> = {
  ".v4.rules": ["iptables-nft-restore"],
  ".v6.rules": ["ip6tables-nft-restore"],
  ".nft": ["nft", "-f", "-"],
};
/** The interface of a machine that packets are for. */
const LAN = "lan0";

type Way = "forward" | "input";

interface Trial {
  readonly scenario: string;
  readonly device: string;
  readonly way: Way;
  readonly list: AllowList;
  readonly packets: readonly { readonly packet: Packet; readonly isNeeded: boolean }[];
  readonly interfaces: readonly MachineInterface[];
  readonly cases: readonly KernelCase[];
}

function within({ first, last, family }: AddressRange, random: SeededRandom): Packet["source"] {
  const [low, high] = [addressValue(first), addressValue(last)];
  const offset = BigInt(Math.floor(random.next() * Number(high - low > 1_000_000n ? 1_000_000n : high - low)));
  return addressFromValue(low + offset, family);
}

function portIn(ranges: readonly PortRange[] | undefined, random: SeededRandom): number {
  const { first, last } = ranges === undefined ? { first: 1, last: 65535 } : random.pick(ranges);
  return first + random.below(last - first + 1);
}

/** A packet of the entry that begins a connection. */
function packetOf(entry: AllowEntry, random: SeededRandom): Packet {
  const service: Service = random.pick(entry.services);
  const { protocol, icmpTypes, icmpCodes } = service;
  const isIcmp = protocol === 1 || protocol === 58;
  return {
    family: entry.family,
    source: within(random.pick(entry.sources), random),
    destination: within(random.pick(entry.destinations), random),
    protocol,
    ...(hasPorts(protocol) && {
      sourcePort: portIn(service.sourcePorts, random),
      destinationPort: portIn(service.destinationPorts, random),
    }),
    ...(protocol === 6 && { tcpFlags: 2 }),
    ...(isIcmp && { icmpType: icmpTypes?.[0]?.first ?? 8, icmpCode: icmpCodes?.[0]?.first ?? 0 }),
    state: "new",
    ingressInterface: entry.ingressInterface ?? LAN,
    egressInterface: "",
    fragment: "first-or-whole",
  };
}

/** The same packet but for one thing. */
function beside(packet: Packet, random: SeededRandom): Packet {
  const moved = (address: Packet["source"], by: bigint): Packet["source"] =>
    addressFromValue(addressValue(address) + by, packet.family);
  const port = packet.destinationPort;
  const others: Packet[] = [
    { ...packet, source: moved(packet.source, random.chance(0.5) ? 1n : 64n) },
    ...(port === undefined ? [] : [{ ...packet, destinationPort: port === 65535 ? 1 : port + 1 }]),
    ...(port === undefined || packet.sourcePort === undefined ? [] : [{ ...packet, sourcePort: 1023 }]),
    ...(packet.protocol === 6 ? [withoutFlags({ ...packet, protocol: 17 })] : []),
  ];
  return random.pick(others);
}

function withoutFlags({ tcpFlags: _, ...packet }: Packet): Packet {
  return packet;
}

/** A machine that leads each of the list's destinations to where the topology does, or has them itself. */
function machineFor(
  list: AllowList,
  way: Way,
  packets: readonly Packet[],
  names: readonly string[],
): MachineInterface[] {
  const own = (index: number) => `198.18.${index}.1/32`;
  const own6 = (index: number) => `2001:db8:ffff:${index}::1/128`;
  if (way === "input") {
    const local = [...new Set(packets.map(({ destination }) => formatAddress(destination)))];
    const addresses = local.map((address) => `${address}/${address.includes(":") ? 128 : 32}`);
    return [{ name: LAN, addresses: [own(0), own6(0), ...addresses], routes: ["default", "::/0"] }];
  }
  const egressOf = new Map<string, string>();
  for (const entry of list.entries) {
    const set = packetsOfEntry({ ...entry, services: entry.services });
    for (const { destination, ...packet } of packets) {
      const anywhere = { ...packet, destination, egressInterface: entry.egressInterface ?? LAN };
      if (set.contains(anywhere)) egressOf.set(formatAddress(destination), entry.egressInterface ?? LAN);
    }
  }
  const all = [...new Set([...names, LAN])];
  return all.map((name, index) => ({
    name,
    addresses: [own(index), own6(index)],
    routes: [
      ...[...egressOf]
        .filter(([, egress]) => egress === name)
        .map(([address]) => `${address}/${address.includes(":") ? 128 : 32}`),
      ...(index === 0 ? ["default", "::/0"] : []),
    ],
  }));
}

function trialsOf(scenario: string, inputs: ProveInputs, random: SeededRandom): Trial[] {
  const devices = readTopology(inputs.topology).value.devices;
  return devices.flatMap(({ name: device, attachments }) => {
    const written = ["iptables", "nftables"].map(
      (target) => generateAllowLists(inputs, { device, target, names: "widen" }).analysis,
    );
    const [analysis] = written;
    if (written.some((each) => (each?.written.length ?? 0) === 0)) return [];
    const loads = written.map((each) =>
      (each?.written ?? []).flatMap(({ texts }) =>
        texts.map(({ ending, text }) => ({ command: LOADERS[ending] ?? [], text })),
      ),
    );
    return (["forward", "input"] as const).flatMap((way): Trial[] => {
      const list = analysis?.lists.find(({ direction, entries }) => direction === way && entries.length > 0);
      if (list === undefined) return [];
      const needed = list.entries.flatMap((entry) => random.list(EACH, EACH, () => packetOf(entry, random)));
      const packets = [
        ...needed.map((packet) => ({ packet, isNeeded: true })),
        ...needed.map((packet) => ({ packet: beside(packet, random), isNeeded: false })),
      ];
      const names = attachments.map((attachment) => attachment.interface);
      const interfaces = machineFor(
        list,
        way,
        packets.map(({ packet }) => packet),
        names,
      );
      const asked = packets.map(({ packet }) => ({ packet }));
      const cases = loads.map((each) => ({ loads: each, confirms: false, packets: asked }));
      return [{ scenario, device, way, list, packets, interfaces, cases }];
    });
  });
}

describe("generated lists of the shipped topologies before the kernel", function () {
  this.timeout(600_000);

  for (const scenario of SCENARIOS) {
    it(`let through in ${scenario} what is needed and nothing else (seed ${SEED})`, async function () {
      const reason = noKernelBecause();
      if (reason !== undefined) {
        if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error(reason);
        console.log(`      skipped: ${reason}`);
        this.skip();
      }
      const trials = trialsOf(scenario, await readShipped(scenario), new SeededRandom(SEED));
      let [passed, stopped] = [0, 0];
      for (const trial of trials) {
        for (const answer of await askKernel(trial.cases, trial.interfaces)) {
          const counts = judge(trial, answer);
          passed += counts.passed;
          stopped += counts.stopped;
        }
      }

      console.log(`      ${trials.length} lists: ${passed} packets passed, ${stopped} stopped`);
      expect(passed).to.be.greaterThan(0);
      expect(stopped).to.be.greaterThan(0);
    });
  }
});

function judge({ device, way, list, packets }: Trial, answer: KernelAnswer): { passed: number; stopped: number } {
  if ("refused" in answer) throw new Error(answer.refused);
  const meant = PacketSet.unionOf(list.entries.map(packetsOfEntry));
  let [passed, stopped] = [0, 0];
  packets.forEach(({ packet, isNeeded }, index) => {
    const seen = answer.observations[index];
    if (seen?.hook !== way || seen.state !== "new") {
      expect(isNeeded, `${device} ${way}: ${JSON.stringify(packet)} ${JSON.stringify(seen)}`).to.equal(false);
      return;
    }
    const judged = { ...packet, egressInterface: way === "forward" ? (seen.egress ?? "") : "" };
    expect(seen.left !== undefined, `${device} ${way} ${JSON.stringify(judged)}`).to.equal(meant.contains(judged));
    if (seen.left === undefined) stopped++;
    else passed++;
    expect(isNeeded && seen.left === undefined, `${device} ${way} ${JSON.stringify(judged)}`).to.equal(false);
  });
  return { passed, stopped };
}
