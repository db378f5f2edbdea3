/**
 * A network namespace in which the kernel is asked what rules do to packets. Runs in a process of its own that `unshare`
 * has put into a fresh network and mount namespace: it reads a job from standard input and writes the answers.
 *
 * Each interface is a veth whose other end carries a macvtap, a character device that takes frames; what is written there
 * arrives at the interface before the write returns. Packets of no interface are sent by a socket of the machine itself,
 * as UDP; they are told apart by their length. Chains of a table `judge` write down, in sets that are listed
 * afterwards, which packets came by which hook and what they looked like at the end.
 */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { formatAddress } from "../../src/model/address.js";
import type { Packet } from "../../src/model/flow.js";
import { frameOf, senderOf } from "./kernel-frames.js";
import type { MachineInterface } from "./kernel-network.js";

/** Rules to load, and packets to send in order; ids count from 1. */
export interface KernelCase {
  readonly loads: readonly { readonly command: readonly string[]; readonly text: string }[];
  /** True iff packets really leave, so that their connections become known. */
  readonly confirms: boolean;
  readonly packets: readonly { readonly packet: Packet; readonly about?: Packet }[];
}

/** What a process of the lab is told. */
export interface KernelJob {
  readonly interfaces: readonly MachineInterface[];
  readonly cases: readonly KernelCase[];
}

/** What happened to one packet. */
export interface Observation {
  /** What connection tracking concluded; absent iff the packet did not come so far. */
  readonly state?: string;
  /** True iff a rule before routing let it pass. */
  readonly isRouted: boolean;
  readonly hook?: "input" | "forward" | "output";
  readonly egress?: string;
  /** How it came through: source, destination, and the first four bytes of its transport header as two numbers. */
  readonly left?: readonly [source: string, destination: string, first: number, second: number];
}

export type KernelAnswer = { readonly observations: readonly Observation[] } | { readonly refused: string };

const LAST = 2147483000;
const UDP_HEADER = 8;

/**
 * What is written down, by the name of the set; a packet is told apart by the hardware address that sent it, and one that
 * was sent here by its length.
 */
const SETS: Readonly<Record<string, string>> = {
  tracked: "ether saddr . ct state",
  routed: "ether saddr",
  input: "ether saddr",
  forward: "ether saddr . oifname",
  left4: "ether saddr . ip saddr . ip daddr . th sport . th dport",
  left6: "ether saddr . ip6 saddr . ip6 daddr . th sport . th dport",
  sent_tracked: "udp length . ct state",
  sent: "udp length . oifname",
  sent_from4: "udp length . ip saddr . udp sport",
  sent_to4: "udp length . ip daddr . udp dport",
  sent_from6: "udp length . ip6 saddr . udp sport",
  sent_to6: "udp length . ip6 daddr . udp dport",
};

const LEFT = ["left4", "left6"];
const SENT_LEFT = ["sent_from4", "sent_to4", "sent_from6", "sent_to6"];

/** The chains that write down what they see; what the machine itself says in answer is dropped. */
function observer(confirms: boolean): string {
  const sets = Object.entries(SETS).map(([name, key]) => {
    return `set ${name} { typeof ${key}; flags dynamic; size 65535; }`;
  });
  const chain = (hook: string, priority: number, names: readonly string[], end = ""): string => {
    const rules = names.map((name) => `update @${name} { ${SETS[name]} }`);
    const head = `chain ${hook}${Math.abs(priority)} { type filter hook ${hook} priority ${priority};`;
    return [head, ...rules, end, "}"].join("\n");
  };
  return [
    ...["table inet judge {", ...sets, chain("prerouting", -190, ["tracked"]), chain("prerouting", LAST, ["routed"])],
    ...[chain("input", -2000, ["input"]), chain("input", LAST, LEFT, "drop")],
    chain("forward", -2000, ["forward"]),
    chain("postrouting", LAST, [...LEFT, ...SENT_LEFT], confirms ? "" : "drop"),
    ...[chain("output", -2000, ["sent"], "meta l4proto != udp drop"), chain("output", -190, ["sent_tracked"]), "}", ""],
  ].join("\n");
}

interface Gate {
  readonly device: number;
  readonly hardware: readonly number[];
}

function run(command: readonly string[], input = ""): string {
  const [file = "", ...rest] = command;
  return execFileSync(file, rest, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 28 });
}

function set(path: string, value: number): void {
  writeFileSync(`/proc/sys/net/${path}`, String(value));
}

/** Makes the interfaces; what is written to a gate arrives there. */
function openGates(interfaces: readonly MachineInterface[]): ReadonlyMap<string, Gate> {
  run(["mount", "-t", "sysfs", "sysfs", "/sys"]);
  for (const path of ["ipv4/ip_forward", "ipv6/conf/all/forwarding"]) set(path, 1);
  for (const path of ["ipv4/conf/all/rp_filter", "ipv4/conf/default/rp_filter", "ipv6/conf/default/accept_ra"])
    set(path, 0);
  set("netfilter/nf_conntrack_tcp_be_liberal", 1);
  run(["ip", "link", "set", "lo", "up"]);
  const gates = new Map(interfaces.map(({ name, addresses }, index) => [name, openGate(name, addresses, index)]));
  for (const { name, routes = [] } of interfaces) {
    for (const route of routes) run(["ip", ...(route.includes(":") ? ["-6"] : []), "route", "add", route, "dev", name]);
  }
  return gates;
}

function openGate(name: string, addresses: readonly string[], index: number): Gate {
  const [peer, gate] = [`peer${index}`, `gate${index}`];
  run(["ip", "link", "add", name, "type", "veth", "peer", "name", peer]);
  run(["ip", "link", "add", "link", peer, "name", gate, "type", "macvtap", "mode", "passthru"]);
  run(["ip", "link", "set", name, "arp", "off"]);
  set(`ipv6/conf/${peer}/disable_ipv6`, 1);
  set(`ipv6/conf/${gate}/disable_ipv6`, 1);
  set(`ipv4/conf/${name}/rp_filter`, 0);
  for (const device of [peer, gate, name]) run(["ip", "link", "set", device, "up"]);
  for (const address of addresses) {
    run(["ip", "addr", "add", address, "dev", name, ...(address.includes(":") ? ["nodad"] : [])]);
  }
  const tap = readdirSync(`/sys/class/net/${gate}`).find((entry) => /^tap\d+$/.test(entry)) ?? "";
  const [major = "", minor = ""] = readFileSync(`/sys/class/net/${gate}/${tap}/dev`, "utf8").trim().split(":");
  // a device node of its own, in a directory that only this mount namespace sees
  run(["mknod", `/run/${gate}`, "c", major, minor]);
  const hardware = readFileSync(`/sys/class/net/${name}/address`, "utf8").trim().split(":");
  return { device: openSync(`/run/${gate}`, "r+"), hardware: hardware.map((byte) => Number.parseInt(byte, 16)) };
}

function isSentHere({ ingressInterface }: Packet): boolean {
  return ingressInterface === "";
}

/** Sends a packet of the machine itself; a rule that drops it makes the call fail. */
function sendFromHere({ family, source, sourcePort, destination, destinationPort }: Packet, id: number): Promise<void> {
  const socket = createSocket(family === "ipv4" ? "udp4" : "udp6");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: formatAddress(source), port: sourcePort ?? 0 }, () => {
      socket.send(Buffer.alloc(id), destinationPort ?? 0, formatAddress(destination), () =>
        socket.close(() => resolve()),
      );
    });
  });
}

async function ask({ loads, confirms, packets }: KernelCase, gates: ReadonlyMap<string, Gate>): Promise<KernelAnswer> {
  run(["nft", "-f", "-"], "flush ruleset\n");
  destroySets();
  for (const { command, text } of loads) {
    try {
      run(command, text);
    } catch (error) {
      return { refused: `${command.join(" ")}: ${(error as { stderr?: string }).stderr ?? error}\n${text}` };
    }
  }
  run(["nft", "-f", "-"], observer(confirms));
  for (const [index, { packet, about }] of packets.entries()) {
    const id = index + 1;
    if (isSentHere(packet)) {
      await sendFromHere(packet, id);
      continue;
    }
    const gate = gates.get(packet.ingressInterface) as Gate;
    writeSync(gate.device, frameOf(packet, gate.hardware, { id, ...(about && { about }) }));
  }
  const sets = listSets();
  return {
    observations: packets.map(({ packet }, index) =>
      (isSentHere(packet) ? observedFromHere : observed)(sets, index + 1),
    ),
  };
}

/** Lists let go of their sets when they are emptied; rules that are gone do so after a while. */
function destroySets(): void {
  for (let tries = 50; ; tries--) {
    try {
      run(["ipset", "restore"], "flush\ndestroy\n");
      return;
    } catch (error) {
      if (tries === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

type Values = readonly (string | number)[];
type Sets = ReadonlyMap<string, ReadonlyMap<string, Values>>;

/** For each set, what was written down about each sender. */
function listSets(): Sets {
  const listing = JSON.parse(run(["nft", "-j", "list", "table", "inet", "judge"])) as {
    readonly nftables: readonly { readonly set?: { readonly name: string; readonly elem?: readonly unknown[] } }[];
  };
  const sets = listing.nftables.flatMap((entry) => entry.set ?? []);
  return new Map(
    sets.map(({ name, elem = [] }) => [name, new Map(elem.map(valuesOf).map((values) => [String(values[0]), values]))]),
  );
}

function valuesOf(element: unknown): Values {
  if (typeof element === "string") return [element];
  const { elem, concat } = element as { readonly elem?: { readonly val: unknown }; readonly concat?: Values };
  return elem === undefined ? (concat ?? []) : valuesOf(elem.val);
}

function observed(sets: Sets, id: number): Observation {
  const sender = senderOf(id)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
  const at = (name: string): Values | undefined => sets.get(name)?.get(sender);
  const [state, forward, left] = [at("tracked"), at("forward"), at("left4") ?? at("left6")];
  return {
    ...(state && { state: String(state[1]) }),
    isRouted: at("routed") !== undefined,
    ...(at("input") && { hook: "input" }),
    ...(forward && { hook: "forward", egress: String(forward[1]) }),
    ...(left && { left: [String(left[1]), String(left[2]), Number(left[3]), Number(left[4])] }),
  };
}

/** The same about a packet that was sent here. */
function observedFromHere(sets: Sets, id: number): Observation {
  const at = (name: string): Values | undefined => sets.get(name)?.get(String(id + UDP_HEADER));
  const [state, sent] = [at("sent_tracked"), at("sent")];
  const [from, to] = [at("sent_from4") ?? at("sent_from6"), at("sent_to4") ?? at("sent_to6")];
  return {
    ...(state && { state: String(state[1]) }),
    isRouted: sent !== undefined,
    ...(sent && { hook: "output", egress: String(sent[1]) }),
    ...(from && to && { left: [String(from[1]), String(to[1]), Number(from[2]), Number(to[2])] }),
  };
}

const { interfaces, cases } = JSON.parse(readFileSync(0, "utf8")) as KernelJob;
run(["mount", "-t", "tmpfs", "tmpfs", "/run"]);
const gates = openGates(interfaces);
// those that leave connections behind come last: the kernel gives a translated packet no port that a connection has
const order = [...cases.keys()].sort((a, b) => Number(cases[a]?.confirms) - Number(cases[b]?.confirms));
const answers = new Map<number, KernelAnswer>();
for (const index of order) answers.set(index, await ask(cases[index] as KernelCase, gates));
writeFileSync(1, JSON.stringify([...cases.keys()].map((index) => answers.get(index))));
for (const { device } of gates.values()) closeSync(device);
