/** Random sets of the kernel, and the matches that ask for them. */
import type { SeededRandom } from "../seeded-random.js";
import { INTERFACES } from "./kernel-network.js";
import { HOSTS, PORTS } from "./kernel-packets.js";

/** Sets as `ipset save` prints them, with the number of dimensions of each. */
export interface RandomSets {
  readonly text: string;
  readonly dimensions: ReadonlyMap<string, number>;
}

const NETS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ["10.0.0.0/24", "10.0.0.64/26", "192.168.1.0/25", "172.16.0.0/20", "10.0.0.5"],
  6: ["2001:db8:1::/64", "2001:db8::/46", "fd00:10::/64", "2001:db8:2::9"],
};

type Dimension = "ip" | "net" | "port" | "iface";

const TYPES: readonly (readonly Dimension[])[] = [
  ["ip"],
  ["net"],
  ["ip", "port"],
  ["net", "port"],
  ["ip", "port", "ip"],
  ["ip", "port", "net"],
  ["net", "iface"],
];

/** Some sets of one family; `changes` are those whose elements expire, so that their content is not certain. */
export function randomSets(random: SeededRandom, version: 4 | 6, mayExpire: boolean): RandomSets {
  const lines: string[] = [];
  const dimensions = new Map<string, number>();
  const family = version === 4 ? "inet" : "inet6";
  for (const [index, parts] of random.list(2, 4, () => random.pick(TYPES)).entries()) {
    const name = `s${version}${index}`;
    const expires = mayExpire && random.chance(0.3) ? " timeout 3600" : "";
    lines.push(`create ${name} hash:${parts.join(",")} family ${family}${expires}`);
    const elements = new Set(random.list(0, 6, () => elementOf(random, parts, version)));
    for (const element of elements) lines.push(`add ${name} ${element}${nomatch(random, parts)}`);
    dimensions.set(name, parts.length);
  }
  lines.push(`create p${version} bitmap:port range 0-65535`, `add p${version} ${random.pick(PORTS)}`);
  dimensions.set(`p${version}`, 1);
  if (version === 4) {
    lines.push("create b4 bitmap:ip range 10.0.0.0/24", `add b4 ${random.pick(HOSTS.ipv4.slice(0, 3))}`);
    dimensions.set("b4", 1);
  }
  lines.push(`create l${version} list:set size 8`);
  for (const name of new Set(random.list(1, 3, () => random.pick([...dimensions.keys()])))) {
    lines.push(`add l${version} ${name}`);
  }
  dimensions.set(`l${version}`, random.pick([1, 2, 3]));
  return { text: `${lines.join("\n")}\n`, dimensions };
}

function elementOf(random: SeededRandom, parts: readonly Dimension[], version: 4 | 6): string {
  return parts.map((part) => partOf(random, part, version)).join(",");
}

function partOf(random: SeededRandom, part: Dimension, version: 4 | 6): string {
  switch (part) {
    case "ip":
      return random.pick(HOSTS[version === 4 ? "ipv4" : "ipv6"]);
    case "net":
      return random.pick(NETS[version]);
    case "iface":
      return random.pick(INTERFACES).name;
    case "port": {
      const icmp = version === 4 ? "icmp:8/0" : "icmpv6:128/0";
      return random.pick([icmp, ...PORTS.map((port) => `${random.pick(["tcp", "udp"])}:${port}`)]);
    }
  }
}

function nomatch(random: SeededRandom, parts: readonly Dimension[]): string {
  return parts.includes("net") && random.chance(0.25) ? " nomatch" : "";
}

/** A match such as `-m set ! --match-set s40 src,dst`; seldom with fewer directions than the set has dimensions. */
export function randomSetMatch(random: SeededRandom, { dimensions }: RandomSets): string {
  const [name, count] = random.pick([...dimensions]);
  const asked = random.chance(0.1) ? 1 : count;
  const directions = random.list(asked, asked, () => random.pick(["src", "dst"])).join(",");
  return `-m set ${random.chance(0.2) ? "! " : ""}--match-set ${name} ${directions}`;
}
