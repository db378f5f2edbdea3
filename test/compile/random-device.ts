/** Random devices that use every feature of the model over few values, so that their aces meet. */
import type { Ace, Acl, Action, Evaluation } from "../../src/model/acl.js";
import { type AddressRange, type Family, parseAddress, parseAddressRange } from "../../src/model/address.js";
import type { DefinedSet, Device, Direction, Stage } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import {
  type AnyOf,
  CONNECTION_STATES,
  type Endpoint,
  type InterfacePattern,
  type Matches,
  type Operand,
  type Tuple,
} from "../../src/model/matches.js";
import type { Translation } from "../../src/model/nat.js";
import { hasPorts, type PortRange, type Service } from "../../src/model/service.js";
import { parseHostSet } from "../../src/sets/host-set.js";
import type { SeededRandom } from "../seeded-random.js";

const RANGES = [
  "10.0.0.0/8",
  "10.0.0.0/30",
  "10.0.0.1",
  "10.0.0.2-10.0.1.9",
  "192.168.0.0/16",
  "192.168.7.7",
  "0.0.0.0/0",
  "2001:db8::/32",
  "2001:db8::1",
  "2001:db8::/64",
  "::/0",
].map((text) => parseAddressRange(text) as AddressRange);
const NAMED_ENDPOINTS: readonly Endpoint[] = [
  { fqdn: "known.example" },
  { fqdn: "unknown.example" },
  { requested: "*.asked.example" },
  { requested: "*.elsewhere.example" },
  { requested: "one.asked.example" },
];
/** What the flows of random tests ask for: one pattern of rules holds for it, one does not, of one nobody knows. */
export const REQUESTED = parseHostSet(["*.asked.example"]);
const HOSTS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: [
    "10.0.0.0",
    "10.0.0.1",
    "10.0.0.2",
    "10.0.0.3",
    "10.0.1.9",
    "10.0.1.10",
    "192.168.7.7",
    "192.168.7.8",
    "8.8.8.8",
  ],
  ipv6: ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::5", "fe80::1"],
};
const NAMES = ["eth0", "eth1", "eth10", "wan"];
const PORTS = [22, 53, 80, 81, 443, 1024, 50000];
const PROTOCOLS = [1, 6, 6, 6, 17, 17, 47, 58];
/** Tags that random devices use. */
const TAGS = 4;
const EVALUATIONS: readonly Evaluation[] = ["first-match", "last-match", "any-accept", "drop-overrides"];

/** Which features a random device may have. */
export interface DeviceTraits {
  /** Translations to more than one address or port, or to unknown ones. */
  readonly hasChoices: boolean;
  /** Filter stages before and between the translations. */
  readonly hasEarlyFilters: boolean;
}

export class DeviceMaker {
  #line = 0;

  constructor(
    readonly random: SeededRandom,
    readonly traits: DeviceTraits,
  ) {}

  device(): Device {
    const { random } = this;
    this.#line = 0;
    const called = random.list(0, 4, () => 0).map((_, i) => `sub${i}`);
    const tracking = random.pick(["explicit", "explicit", "implicit", "none"] as const);
    const filters = ["filter", "second"].map((name) => this.#acl(name, called, false, random.pick(EVALUATIONS)));
    const nats = ["nat-in", "nat-out"].map((name) =>
      this.#acl(
        name,
        random.chance(0.3) ? called : [],
        true,
        "first-match",
        name === "nat-in" ? "destination" : "source",
      ),
    );
    const raw = this.#acl("raw", called.slice(0, 1), false, "first-match");
    const subs = called.map((name, i) => this.#called(name, called.slice(i + (random.chance(0.1) ? 0 : 1))));
    const stages = this.#stages();
    return {
      name: "device",
      vendor: "test",
      acls: [...filters, ...nats, raw, ...subs],
      sets: this.#sets(),
      interfaces: [
        { name: "eth0", addresses: [RANGES[2]] },
        { name: "wan", addresses: [parseAddressRange("8.8.8.8") as AddressRange, RANGES[8]] },
      ],
      stages: { forward: stages, input: stages, output: stages },
      tracking,
    };
  }

  #stages(): Stage[] {
    const { random, traits } = this;
    const early: Stage[] =
      traits.hasEarlyFilters && random.chance(0.5) ? [{ hook: "raw", kind: "filter", acl: "raw" }] : [];
    const first: Stage[] = random.chance(0.6) ? this.#natStages("nat-in", "destination") : [];
    const last: Stage[] = random.chance(0.6) ? this.#natStages("nat-out", "source") : [];
    const middle: Stage[] = [
      { hook: "filter", kind: "filter", acl: "filter" },
      { hook: "second", kind: "filter", acl: random.chance(0.03) ? "missing" : "second" },
    ];
    return [...early, ...first, ...middle.slice(0, 1 + random.below(2)), ...last];
  }

  /** One stage, or two of one place that are not both asked. */
  #natStages(acl: string, translates: Translation["side"]): Stage[] {
    const routesAnew = this.traits.hasChoices && translates === "destination" && this.random.chance(0.2);
    const stage = { hook: acl, kind: "nat" as const, acl, ...(routesAnew && { routesAnew }) };
    return this.random.chance(0.3) ? [1, 2].map(() => ({ ...stage, translates })) : [stage];
  }

  #acl(
    name: string,
    called: readonly string[],
    isNat: boolean,
    evaluation: Evaluation,
    side: Translation["side"] = "source",
  ): Acl {
    const aces = this.random.list(1, 7, () => this.#ace(called, isNat ? this.#translating(side) : undefined));
    const kind = isNat ? "accept" : this.random.pick(["accept", "drop", "reject", "pass"] as const);
    return { name, aces, evaluation, defaultAction: { kind }, at: this.#at() };
  }

  #called(name: string, deeper: readonly string[]): Acl {
    const aces = this.random.list(0, 5, () => this.#ace(deeper));
    return { name, aces, evaluation: "first-match", defaultAction: { kind: "return" }, at: this.#at() };
  }

  #ace(called: readonly string[], translating?: Action): Ace {
    const { random } = this;
    const at = this.#at();
    const action = translating !== undefined && random.chance(0.7) ? translating : this.#action(called);
    const matches = narrowForNetmap(action, this.#matches());
    return { name: `ace ${at.line}`, enabled: random.chance(0.95), matches, action, at };
  }

  #action(called: readonly string[]): Action {
    const { random } = this;
    const x = random.next();
    if (x < 0.33) return { kind: "accept" };
    if (x < 0.55) return { kind: random.pick(["drop", "reject"] as const) };
    if (x < 0.8 && called.length > 0) return { kind: random.pick(["jump", "goto"] as const), acl: random.pick(called) };
    if (x < 0.86) return { kind: "return" };
    if (x < 0.9) return { kind: "pass" };
    if (x < 0.93) return { kind: "unknown", text: "-j MYSTERY" };
    if (x < 0.95) return { kind: "notrack" };
    if (x < 0.99) return { kind: "tag", becomes: random.list(TAGS, TAGS, () => random.below(TAGS)) };
    return x < 0.995 ? { kind: "jump", acl: "nowhere" } : { kind: "accept" };
  }

  #translating(side: Translation["side"]): Action {
    const { random, traits } = this;
    const exact: Translation[] = [
      { side, addresses: { kind: "pool", ranges: [RANGES[2], RANGES[8]] } },
      { side, addresses: { kind: "pool", ranges: [RANGES[5], RANGES[8]] }, ports: { first: 443, last: 443 } },
      { side, ports: { first: 80, last: 80 } },
      { side, addresses: { kind: "netmap", range: RANGES[1] } },
      { side, addresses: { kind: "netmap", range: RANGES[9] }, ports: { first: 53, last: 53 } },
    ];
    const open: Translation[] = [
      { side, addresses: { kind: "pool", ranges: [RANGES[1], RANGES[5]] } },
      { side, addresses: { kind: "interface" } },
      { side, addresses: { kind: "unresolved", text: "somewhere" } },
      { side, addresses: { kind: "pool", ranges: [RANGES[2], RANGES[8]] }, ports: { first: 80, last: 443 } },
    ];
    return { kind: "translate", translation: random.pick(traits.hasChoices ? [...exact, ...open] : exact) };
  }

  #matches(): Matches {
    const { random } = this;
    const maybe = <T>(probability: number, field: string, make: () => T) =>
      random.chance(probability) ? { [field]: make() } : {};
    const lists = <T>(make: () => AnyOf<T>) => random.list(1, random.chance(0.15) ? 2 : 1, make);
    // A translation keeps to one family: what a pool of the other does is tried where choices are.
    return {
      ...maybe(this.traits.hasChoices ? 0.2 : 0.5, "family", () => random.pick(["ipv4", "ipv6"] as const)),
      ...maybe(0.4, "source", () => lists(() => this.#anyOf(() => this.#endpoint(), "nets"))),
      ...maybe(0.4, "destination", () => lists(() => this.#anyOf(() => this.#endpoint(), "nets"))),
      ...maybe(0.5, "service", () => lists(() => this.#anyOf(() => this.#service(), "services"))),
      ...maybe(0.1, "tuples", () => lists(() => this.#anyOf(() => this.#tuple(), "tuples"))),
      ...maybe(0.2, "ingressInterface", () => lists(() => this.#anyOf(() => this.#pattern(), undefined))),
      ...maybe(0.2, "egressInterface", () => lists(() => this.#anyOf(() => this.#pattern(), undefined))),
      ...maybe(0.25, "states", () => random.list(1, 3, () => random.pick(CONNECTION_STATES))),
      ...maybe(0.12, "tags", () => random.list(1, 3, () => random.below(TAGS))),
      ...maybe(0.05, "fragment", () => random.pick(["first-or-whole", "later"] as const)),
      unmodeled: random.chance(0.12) ? ["-m recent --update"] : [],
    };
  }

  #anyOf<T>(literal: () => T, set: string | undefined): AnyOf<T> {
    const { random } = this;
    const operands = random.list(random.chance(0.03) ? 0 : 1, 3, (): Operand<T> => {
      const x = random.next();
      if (x < 0.12 && set !== undefined) return { setRef: `${set}${random.below(3)}` };
      return x < 0.15 ? { unresolved: "geoip:XX" } : { literal: literal() };
    });
    return { operands, negated: random.chance(0.2) };
  }

  #endpoint(): Endpoint {
    const { random } = this;
    const x = random.next();
    if (x < 0.05) return random.pick(NAMED_ENDPOINTS);
    if (x < 0.1) {
      return { family: "ipv4", value: parseAddress("10.0.0.1")!, mask: parseAddress("255.255.254.255")! };
    }
    return random.pick(RANGES);
  }

  #service(): Service {
    const { random } = this;
    const protocol = random.pick(PROTOCOLS);
    const maybe = <T>(field: string, make: () => T) => (random.chance(0.5) ? { [field]: make() } : {});
    if (protocol === 1 || protocol === 58) {
      const types = () => random.list(1, 2, () => this.#range([0, 3, 8, 128, 129]));
      return {
        protocol,
        ...maybe("icmpTypes", types),
        ...(random.chance(0.2) ? { icmpCodes: [{ first: 0, last: 1 }] } : {}),
      };
    }
    if (!hasPorts(protocol)) return { protocol };
    return {
      protocol,
      ...maybe("destinationPorts", () => random.list(1, 3, () => this.#range(PORTS))),
      ...(random.chance(0.2) ? { sourcePorts: random.list(1, 2, () => this.#range(PORTS)) } : {}),
      ...(protocol === 6 && random.chance(0.2) ? { tcpFlags: { mask: 0b10111, value: random.pick([2, 16, 18]) } } : {}),
    };
  }

  #range(values: readonly number[]): PortRange {
    const [a, b] = [this.random.pick(values), this.random.chance(0.6) ? undefined : this.random.pick(values)];
    return { first: Math.min(a, b ?? a), last: Math.max(a, b ?? a) };
  }

  #tuple(): Tuple {
    const { random } = this;
    return {
      ...(random.chance(0.6) ? { source: this.#endpoint() } : {}),
      ...(random.chance(0.6) ? { service: this.#service() } : {}),
      ...(random.chance(0.2) ? { egressInterface: this.#pattern() } : {}),
    };
  }

  #pattern(): InterfacePattern {
    const { random } = this;
    return random.chance(0.7) ? { name: random.pick(NAMES) } : { prefix: random.pick(["eth", "eth1", ""]) };
  }

  #sets(): DefinedSet[] {
    const { random } = this;
    const members = <T>(set: string, own: number, literal: () => T) =>
      random.list(0, 3, (): Operand<T> => {
        const x = random.next();
        if (x < 0.2 && own < 2) return { setRef: `${set}${own + 1}` };
        return x < 0.28 ? { unresolved: "feed" } : { literal: literal() };
      });
    return [0, 1].flatMap((i): DefinedSet[] => [
      { kind: "prefix", name: `nets${i}`, at: this.#at(), members: members("nets", i, () => this.#endpoint()) },
      { kind: "service", name: `services${i}`, at: this.#at(), members: members("services", i, () => this.#service()) },
      { kind: "tuple", name: `tuples${i}`, at: this.#at(), members: members("tuples", i, () => this.#tuple()) },
    ]);
  }

  #at() {
    return { file: "device", line: ++this.#line };
  }
}

/** Nobody maps the whole internet onto a few hosts: the packets of a network map are those of a few networks. */
function narrowForNetmap(action: Action, matches: Matches): Matches {
  if (action.kind !== "translate" || action.translation.addresses?.kind !== "netmap") return matches;
  const { side } = action.translation;
  const { family } = action.translation.addresses.range;
  const networks = family === "ipv4" ? ["10.0.0.0/28", "192.168.7.0/28"] : ["2001:db8::/62"];
  const operands = networks.map((text) => ({ literal: parseAddressRange(text) as AddressRange }));
  return { ...matches, [side]: [...(matches[side] ?? []), { operands, negated: false }] };
}

/** A packet of the values that random devices ask about. */
export function randomPacket(random: SeededRandom): Packet {
  const family: Family = random.chance(0.7) ? "ipv4" : "ipv6";
  const protocol = random.pick([...PROTOCOLS, 132]);
  const isLater = random.chance(0.05);
  return {
    family,
    source: parseAddress(random.pick(HOSTS[family]))!,
    destination: parseAddress(random.pick(HOSTS[family]))!,
    protocol,
    ...(isLater ? {} : randomTransport(random, protocol)),
    state: random.chance(0.6) ? "new" : random.pick(CONNECTION_STATES),
    ingressInterface: random.pick([...NAMES, ""]),
    egressInterface: random.pick([...NAMES, ""]),
    fragment: isLater ? "later" : "first-or-whole",
  };
}

function randomTransport(random: SeededRandom, protocol: number): Partial<Packet> {
  if (protocol === 1 || protocol === 58) {
    return { icmpType: random.pick([0, 3, 8, 128, 129]), icmpCode: random.below(3) };
  }
  if (!hasPorts(protocol)) return {};
  const ports = { sourcePort: random.pick(PORTS), destinationPort: random.pick(PORTS) };
  return protocol === 6 ? { ...ports, tcpFlags: random.pick([2, 2, 16, 18, 17]) } : ports;
}

/** The directions of a device, for choosing one. */
export const DIRECTIONS: readonly Direction[] = ["forward", "input", "output"];

/** What `known.example` resolves to in tests. */
export const KNOWN_NAMES: ReadonlyMap<string, readonly AddressRange[]> = new Map([["known.example", [RANGES[3]]]]);
