/** Puts the recorded packets of the shared vectors to a device read from their rules. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import { parsePacketLine } from "../../../src/intent/parse-packet.js";
import { formatAddress } from "../../../src/model/address.js";
import type { Packet, Probe } from "../../../src/model/flow.js";
import type { Conversion } from "../../../src/model/vendor.js";
import { convertTexts } from "./fixtures.js";

/** A recorded packet: the notation of packet files, and what the kernel did. */
export interface VectorPacket extends Readonly<Record<string, unknown>> {
  readonly hook?: string;
  readonly verdict: "ACCEPT" | "DROP" | "REJECT";
  readonly out?: Readonly<Record<string, unknown>>;
}

/** One rule set with the packets it was asked about. */
export interface KernelVector {
  readonly id: string;
  readonly kind: string;
  readonly mode?: "chain" | "routed";
  readonly features?: readonly string[];
  readonly ruleset: string;
  readonly ipset?: string;
  readonly ifaces: Readonly<Record<string, readonly string[]>>;
  readonly packets: readonly VectorPacket[];
}

/** How the answers of a replay compare with the kernel's. */
export interface Tally {
  asked: number;
  undecided: number;
  /** Undecided packets of rule sets all of whose lines are modelled. */
  undecidedThoughModelled: number;
  readonly disagreements: string[];
  readonly translations: { compared: number };
  readonly doubts: Map<string, number>;
}

export function emptyTally(): Tally {
  const counts = { asked: 0, undecided: 0, undecidedThoughModelled: 0 };
  return { ...counts, disagreements: [], translations: { compared: 0 }, doubts: new Map() };
}

/** The vectors of a folder or file that are about iptables and ip6tables, or those about another kind of rules. */
export function readVectors(path: string, kindPrefix = "ip"): KernelVector[] {
  const texts = path.endsWith(".json")
    ? [readFileSync(path, "utf8")]
    : readdirSync(path).map((name) => readFileSync(join(path, name), "utf8"));
  return texts
    .flatMap((text) => JSON.parse(text) as KernelVector | KernelVector[])
    .filter(({ kind, ruleset }) => kind?.startsWith(kindPrefix) && ruleset !== undefined);
}

/** The packet of a vector as a probe; undefined iff routing dropped it before any hook that decides. */
export function probeOf(packet: VectorPacket): Probe | undefined {
  if (packet.hook === undefined) return undefined;
  return parsePacketLine(JSON.stringify(packet), "packets", 1).value?.probe;
}

/** Text of `ip addr` for the interfaces of a vector. */
export function addressText(interfaces: KernelVector["ifaces"]): string {
  return Object.entries(interfaces)
    .map(([name, addresses], index) => {
      const lines = addresses.map(
        (each) => `    ${each.includes(":") ? "inet6" : "inet"} ${each} scope global ${name}\n`,
      );
      return `${index + 1}: ${name}: <UP> mtu 1500\n${lines.join("")}`;
    })
    .join("");
}

/** Packets were recorded as they came from a wire, without marks. */
export const RECORDED = { "packet-marks": "rules" };

/** Asks the device of the vector about each packet and adds the comparison to the tally. */
export function replay(vector: KernelVector, tally: Tally): void {
  const texts = {
    [vector.kind.startsWith("ip6") ? "rules.v6" : "rules.v4"]: vector.ruleset,
    addresses: addressText(vector.ifaces),
    ...(vector.ipset ? { sets: vector.ipset } : {}),
  };
  replayOn(convertTexts(texts, RECORDED), vector, tally);
}

/** Asks the device that was read from the vector about each packet and adds the comparison to the tally. */
export function replayOn({ devices, coverage }: Conversion, vector: KernelVector, tally: Tally): void {
  const isModelled = coverage.every(({ lines }) =>
    lines.every(({ fate }) => fate === "modelled" || fate === "harmless"),
  );
  const evaluation = prepareEvaluation(devices[0]!);
  for (const packet of vector.packets) {
    const probe = probeOf(packet);
    // a packet made here and sent elsewhere by nat OUTPUT is recorded with the interface of its second routing
    if (probe === undefined || (vector.mode === "routed" && packet.hook === "OUTPUT")) continue;
    const { outcomes, verdict, doubts, after } = evaluation.evaluate(probe);
    tally.asked++;
    const report = (answer: string): void => {
      tally.disagreements.push(`${vector.id}: ${answer}, kernel ${JSON.stringify(packet)}`);
    };
    if (!outcomes.some((outcome) => agrees(outcome, packet))) report(outcomes.join(" or "));
    else if (verdict === "undecided") {
      tally.undecided++;
      if (isModelled) tally.undecidedThoughModelled++;
      for (const { condition } of doubts) tally.doubts.set(condition, (tally.doubts.get(condition) ?? 0) + 1);
    } else if (verdict === "accept" && packet.out !== undefined && isModelled) {
      tally.translations.compared++;
      const own = vector.ifaces[probe.packet.egressInterface] ?? [];
      if (!isSame(after, packet.out, own)) report(`leaves as ${JSON.stringify(shape(after))}`);
    }
  }
}

/** A REJECT that answers nothing is recorded as DROP. */
function agrees(outcome: string, { verdict }: VectorPacket): boolean {
  return outcome === verdict.toLowerCase() || (verdict === "DROP" && outcome === "reject");
}

function shape({ source, destination, sourcePort, destinationPort }: Packet): Record<string, unknown> {
  const addresses = { src: formatAddress(source), dst: formatAddress(destination) };
  return sourcePort === undefined ? addresses : { ...addresses, sport: sourcePort, dport: destinationPort };
}

/** Of several addresses of the outgoing interface (`own`) the kernel takes one, by rules of its own for IPv6. */
function isSame(after: Packet, out: Readonly<Record<string, unknown>>, own: readonly string[]): boolean {
  const isOwn = (address: unknown): boolean => own.some((each) => each.split("/")[0] === address);
  return Object.entries(shape(after)).every(
    ([key, value]) => out[key] === value || (key === "src" && isOwn(value) && isOwn(out[key])),
  );
}
