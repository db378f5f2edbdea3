/**
 * Rule sets as firewalls have them, from a seed: an address plan of organisations, subnets and hosts that rules pick from
 * unevenly, well-known and odd ports, copies that were narrowed or widened later, and ranges entered half by half and then
 * again as a whole, so that unions of rules hide others.
 */
import type { Address, AddressRange, Family } from "../src/model/address.js";
import { addressFromValue, addressValue } from "../src/model/address.js";
import type { PortRange } from "../src/model/service.js";
import { SeededRandom } from "../test/seeded-random.js";

/** `acl`: narrow rules; `fw`: many wild addresses; `ipc`: between them; `groups`: address groups; `ipv6`: as acl. */
export const STYLES = ["acl", "fw", "ipc", "groups", "ipv6"] as const;
export type Style = (typeof STYLES)[number];

export interface GeneratedRule {
  readonly family: Family;
  readonly source: AddressRange;
  readonly destination: AddressRange;
  /** Absent: any. */
  readonly protocol?: number;
  readonly sourcePorts?: PortRange;
  readonly destinationPorts?: PortRange;
  /** Names of address groups that stand in place of an address. */
  readonly sourceGroup?: string;
  readonly action: "accept" | "drop";
}

export interface GeneratedRules {
  readonly rules: readonly GeneratedRule[];
  readonly groups: ReadonlyMap<string, readonly AddressRange[]>;
}

const WILD: Readonly<Record<Style, { source: number; destination: number; host: number; anyPort: number }>> = {
  acl: { source: 0.02, destination: 0.01, host: 0.75, anyPort: 0.25 },
  fw: { source: 0.35, destination: 0.25, host: 0.6, anyPort: 0.2 },
  ipc: { source: 0.12, destination: 0.12, host: 0.5, anyPort: 0.35 },
  groups: { source: 0.03, destination: 0.02, host: 0.6, anyPort: 0.2 },
  ipv6: { source: 0.02, destination: 0.01, host: 0.75, anyPort: 0.25 },
};

const KNOWN_PORTS = [22, 25, 53, 80, 88, 110, 123, 135, 143, 161, 389, 443, 445, 514, 636, 993, 1433, 1521, 2049, 3306];
const PORT_RANGES = [
  { first: 1024, last: 65535 },
  { first: 49152, last: 65535 },
  { first: 137, last: 139 },
  { first: 5000, last: 5100 },
  { first: 8000, last: 8999 },
];

/** `count` rules of a style, the same for the same seed. */
export function generateRules(style: Style, count: number, seed: number): GeneratedRules {
  return new Generator(style, count, new SeededRandom(seed)).generate();
}

class Generator {
  readonly #style: Style;
  readonly #count: number;
  readonly #random: SeededRandom;
  readonly #family: Family;
  readonly #bits: number;
  readonly #groups = new Map<string, AddressRange[]>();
  readonly #sources: Plan;
  readonly #destinations: Plan;

  constructor(style: Style, count: number, random: SeededRandom) {
    this.#style = style;
    this.#count = count;
    this.#random = random;
    this.#family = style === "ipv6" ? "ipv6" : "ipv4";
    this.#bits = style === "ipv6" ? 128 : 32;
    const scale = Math.max(1, Math.sqrt(count / 1000));
    this.#sources = this.#plan(Math.ceil(6 * scale), Math.ceil(10 * scale));
    this.#destinations = this.#plan(Math.ceil(4 * scale), Math.ceil(12 * scale));
    if (style === "groups") this.#makeGroups(Math.ceil(12 * scale));
  }

  generate(): GeneratedRules {
    const rules: GeneratedRule[] = [];
    while (rules.length < this.#count) rules.push(...this.#next(rules).filter((rule) => !isNearlyAny(rule)));
    return { rules: rules.slice(0, this.#count), groups: this.#groups };
  }

  #next(rules: readonly GeneratedRule[]): GeneratedRule[] {
    const random = this.#random;
    const kind = rules.length < 50 ? 1 : random.next();
    if (kind < 0.02) return [this.#narrowed(random.pick(rules))];
    if (kind < 0.03) return this.#halvesAndWhole(this.#fresh());
    if (kind < 0.05)
      return [{ ...random.pick(rules), destination: this.#address(this.#destinations, 0, 0), action: this.#action() }];
    return [this.#fresh()];
  }

  #fresh(): GeneratedRule {
    const random = this.#random;
    const wild = WILD[this.#style];
    const protocol = random.chance(0.62) ? 6 : random.chance(0.6) ? 17 : random.pick([undefined, 1, 47, 50]);
    const hasPorts = (protocol === 6 || protocol === 17) && !random.chance(wild.anyPort);
    const group = this.#groups.size > 0 && random.chance(0.5) ? random.pick([...this.#groups.keys()]) : undefined;
    return {
      family: this.#family,
      source: group === undefined ? this.#address(this.#sources, wild.source, wild.host) : this.#whole(),
      destination: this.#address(this.#destinations, wild.destination, wild.host),
      ...(protocol === undefined ? {} : { protocol }),
      ...(hasPorts ? { destinationPorts: this.#ports() } : {}),
      ...(hasPorts && random.chance(0.14) ? { sourcePorts: PORT_RANGES[0] } : {}),
      ...(group === undefined ? {} : { sourceGroup: group }),
      action: this.#action(),
    };
  }

  #action(): "accept" | "drop" {
    return this.#random.chance(0.6) ? "accept" : "drop";
  }

  #ports(): PortRange {
    const random = this.#random;
    if (random.chance(0.62)) return point(random.pick(KNOWN_PORTS));
    if (random.chance(0.3)) return point(random.below(65536));
    if (random.chance(0.6)) return random.pick(PORT_RANGES);
    const first = random.below(60000);
    return { first, last: first + random.below(3000) };
  }

  #narrowed(rule: GeneratedRule): GeneratedRule {
    const { source, destination } = rule;
    return { ...rule, source: this.#part(source), destination: this.#part(destination), action: this.#action() };
  }

  #part(range: AddressRange): AddressRange {
    const size = sizeOf(range);
    if (size === 1n || this.#random.chance(0.5)) return range;
    const half = size / 2n;
    const first = addressValue(range.first);
    return this.#range(this.#random.chance(0.5) ? first : first + half, half);
  }

  #halvesAndWhole(rule: GeneratedRule): GeneratedRule[] {
    const size = sizeOf(rule.destination);
    if (size === 1n) return [rule];
    const first = addressValue(rule.destination.first);
    const halves = [this.#range(first, size / 2n), this.#range(first + size / 2n, size / 2n)];
    return [...halves.map((destination) => ({ ...rule, destination })), rule];
  }

  #address(plan: Plan, wild: number, host: number): AddressRange {
    const random = this.#random;
    if (random.chance(wild)) return random.chance(0.8) ? this.#whole() : this.#prefix(0n, 1 + random.below(8));
    if (random.chance(host))
      return this.#prefix(plan.hosts[Math.floor(random.next() * random.next() * plan.hosts.length)], this.#bits);
    return random.pick(plan.networks);
  }

  #plan(organisations: number, subnets: number): Plan {
    const random = this.#random;
    const networks: AddressRange[] = [];
    const hosts: bigint[] = [];
    const unit = this.#bits === 32 ? 0n : 64n;
    for (let i = 0; i < organisations; i++) {
      const base = BigInt(1 + random.below(223)) * 0x1000000n + BigInt(random.below(256)) * 0x10000n;
      for (let k = 0; k < subnets; k++) {
        const subnet = (base + BigInt(Math.floor(256 ** random.next())) * 0x100n) << (unit + (unit === 0n ? 0n : 32n));
        networks.push(
          this.#prefix(
            subnet,
            this.#bits === 32 ? random.pick([24, 24, 25, 26, 27, 28, 23, 22, 20]) : random.pick([64, 64, 56, 48]),
          ),
        );
        for (let h = 0; h < 12; h++) hosts.push(subnet + BigInt(1 + Math.floor(253 ** random.next())));
      }
    }
    return { networks, hosts };
  }

  #makeGroups(count: number): void {
    for (let i = 0; i < count; i++) {
      const members = this.#random.list(5, 40, () => this.#address(this.#sources, 0, 0.5));
      this.#groups.set(`group${i}`, members);
    }
  }

  #whole(): AddressRange {
    return this.#prefix(0n, 0);
  }

  #prefix(value: bigint, length: number): AddressRange {
    const size = 1n << BigInt(this.#bits - length);
    return this.#range(value - (value % size), size);
  }

  #range(first: bigint, size: bigint): AddressRange {
    const at = (value: bigint): Address => addressFromValue(value, this.#family);
    return { family: this.#family, first: at(first), last: at(first + size - 1n) };
  }
}

interface Plan {
  readonly networks: readonly AddressRange[];
  readonly hosts: readonly bigint[];
}

function point(value: number): PortRange {
  return { first: value, last: value };
}

function sizeOf({ first, last }: AddressRange): bigint {
  return addressValue(last) - addressValue(first) + 1n;
}

/** Two wide addresses and no port: such a rule would hide almost everything after it, so nobody leaves one in the middle. */
function isNearlyAny({ family, source, destination, destinationPorts, sourceGroup }: GeneratedRule): boolean {
  const wide = 1n << (family === "ipv4" ? 24n : 112n);
  const isWide = (range: AddressRange) => sizeOf(range) >= wide;
  const hasFewPorts = destinationPorts !== undefined && destinationPorts.last - destinationPorts.first < 200;
  return isWide(source) && isWide(destination) && !hasFewPorts && sourceGroup === undefined;
}
