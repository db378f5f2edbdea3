/** Makes what the kernel judge is asked: random rules read by our readers, and random packets. */
import type { Device } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import type { Conversion, Vendor } from "../../src/model/vendor.js";
import { iptables } from "../../src/vendors/iptables/index.js";
import { nftables } from "../../src/vendors/nftables/index.js";
import { SeededRandom } from "../seeded-random.js";
import type { KernelCase } from "./kernel-lab.js";
import { ADDRESS_EXPORT } from "./kernel-network.js";
import type { RuleOptions } from "./kernel-options.js";
import { errorAbout, laterThan, randomPacket, randomSentPacket, replyTo } from "./kernel-packets.js";
import { randomIptablesRules } from "./kernel-rules-iptables.js";
import { randomNftRules } from "./kernel-rules-nft.js";

/** One rule set, how we read it, and what the kernel is asked about it. */
export interface Trial {
  readonly asked: KernelCase;
  readonly device: Device;
  /** The rules, by the name of their file. */
  readonly files: Readonly<Record<string, string>>;
  /** True iff our reader is told that only rules mark packets, which come without marks. */
  readonly statesMarks: boolean;
  /** True iff no line of the rules was approximated. */
  readonly isModelled: boolean;
}

type Maker = (random: SeededRandom, options: RuleOptions) => Pick<Trial, "files"> & Pick<KernelCase, "loads">;

/** The kinds of rule sets there are. */
export type TrialKind = keyof typeof MAKERS;

const MAKERS = {
  nftables: (random, options) => {
    const text = randomNftRules(random, options);
    return { files: { "rules.nft": text }, loads: [{ command: ["nft", "-f", "-"], text }] };
  },
  iptables: (random, options) => {
    const [v4, v6] = [randomIptablesRules(random, 4, options), randomIptablesRules(random, 6, options)];
    const sets = v4.sets + v6.sets;
    const loads = [
      { command: ["ipset", "restore"], text: sets },
      { command: ["iptables-nft-restore"], text: v4.rules },
      { command: ["ip6tables-nft-restore"], text: v6.rules },
    ];
    return { files: { "rules.v4": v4.rules, "rules.v6": v6.rules, sets }, loads };
  },
} satisfies Record<string, Maker>;

export const TRIAL_KINDS = Object.keys(MAKERS) as readonly TrialKind[];

const VENDORS: Readonly<Record<TrialKind, Vendor>> = { nftables, iptables };

/** How we read the rules of a trial. */
export function readTrial(
  kind: TrialKind,
  { files, statesMarks }: Pick<Trial, "files" | "statesMarks">,
): Omit<Trial, "asked"> {
  const vendor = VENDORS[kind];
  const all = Object.entries({ ...files, addresses: ADDRESS_EXPORT });
  const configs = all.map(([file, text]) => vendor.parse(text, file).value);
  const facts = new Map(statesMarks ? [["packet-marks", "rules"]] : []);
  const conversion: Conversion = vendor.convert(configs, { deviceName: "judged", facts }).value;
  const fates = conversion.coverage.flatMap(({ lines }) => lines.map(({ fate }) => fate));
  return {
    ...{ files, statesMarks, device: conversion.devices[0] as Device },
    isModelled: fates.every((fate) => fate === "modelled" || fate === "harmless"),
  };
}

/** So many packets that the machine sends are asked about for each that arrives. */
const SENT_HERE = 0.25;

/** Without NAT, conversations: first packets, answers, errors about them and later packets. */
function packetsFor(random: SeededRandom, hasNat: boolean, count: number): KernelCase["packets"] {
  if (hasNat) return random.list(count, count, () => ({ packet: randomPacket(random, ["ipv4", "ipv6"]) }));
  const number = Math.floor(count / 3);
  const firsts = random.list(number, number, () => randomPacket(random, ["ipv4", "ipv6"]));
  const optional = (packet: Packet | undefined, about?: Packet): KernelCase["packets"] =>
    packet === undefined ? [] : [{ packet, ...(about && { about }) }];
  return [
    ...firsts.map((packet) => ({ packet })),
    ...firsts.flatMap((packet) => optional(errorAbout(packet), packet)),
    ...firsts.flatMap((packet) => optional(replyTo(packet))),
    ...firsts.map((packet) => ({ packet: laterThan(packet) })),
  ];
}

/** The trial of this number, always the same for the same seed. */
export function makeTrial(kind: TrialKind, seed: number, packets: number): Trial {
  const random = new SeededRandom(seed);
  const options = {
    ...{ hasNat: random.chance(0.4), hasMarks: random.chance(0.4), isWide: random.chance(0.3) },
    statesMarks: random.chance(0.7),
  };
  const { loads, files } = MAKERS[kind](random, options);
  const arriving = packetsFor(random, options.hasNat, packets);
  const number = Math.floor(packets * SENT_HERE);
  const sent = random.list(number, number, () => ({ packet: randomSentPacket(random) }));
  return {
    ...readTrial(kind, { files, statesMarks: options.statesMarks }),
    asked: { loads, confirms: !options.hasNat, packets: [...arriving, ...sent] },
  };
}
