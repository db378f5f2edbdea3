/** Random rule sets of nftables that use everything the reader knows. */
import type { SeededRandom } from "../seeded-random.js";
import { randomNftNat } from "./kernel-nat-nft.js";
import { INTERFACES } from "./kernel-network.js";
import { NftOpenMatches } from "./kernel-open-nft.js";
import type { RuleOptions } from "./kernel-options.js";
import { HOSTS, PORTS } from "./kernel-packets.js";

/** A rule set as nft text. */
export function randomNftRules(random: SeededRandom, options: RuleOptions): string {
  return new NftWriter(random, options).ruleset();
}

const STATES = ["new", "established", "related", "invalid", "untracked"] as const;
const FLAGS = ["fin", "syn", "rst", "psh", "ack"] as const;
const NETS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: [
    "10.0.0.0/24",
    "10.0.0.64/26",
    "192.168.1.0/25",
    "172.16.0.0/12",
    "10.0.0.0-10.0.0.99",
    "172.16.9.0-172.16.9.255",
  ],
  6: ["2001:db8:1::/64", "2001:db8::/46", "fd00:10::/64", "2001:db8:2::9-2001:db8:2::50", "8000::/1"],
};

export class NftWriter {
  readonly family: "ip" | "ip6" | "inet";
  private chains: readonly string[] = [];
  /** Only base chains use the named map: it leads to all others. */
  private mayDecide = false;
  version: 4 | 6 = 4;
  protocol: "tcp" | "udp" | "icmp" | "th" = "tcp";
  private readonly open: NftOpenMatches;

  constructor(
    readonly random: SeededRandom,
    readonly options: RuleOptions,
  ) {
    this.family = random.pick(["ip", "ip6", "inet", "inet"] as const);
    this.open = new NftOpenMatches(random);
  }

  ruleset(): string {
    const { random, options } = this;
    const lines = [...this.asleep(), "define web = { 80, 443 }", `table ${this.family} t {`];
    if (options.isWide) lines.push(...this.open.objects());
    if (this.family !== "ip6") {
      lines.push(`set hosts4 { type ipv4_addr; flags interval; auto-merge; elements = { ${this.addresses(4)} }; }`);
      lines.push(`set pairs4 { type ipv4_addr . inet_service; elements = { ${this.pairs(4)} }; }`);
      lines.push(`set spans4 { type ipv4_addr . inet_service; flags interval; elements = { ${this.spans(4)} }; }`);
    }
    if (this.family !== "ip") {
      lines.push(`set hosts6 { type ipv6_addr; flags interval; auto-merge; elements = { ${this.addresses(6)} }; }`);
      lines.push(`set pairs6 { type ipv6_addr . inet_service; elements = { ${this.pairs(6)} }; }`);
      lines.push(`set spans6 { type ipv6_addr . inet_service; flags interval; elements = { ${this.spans(6)} }; }`);
    }
    const ports = this.some(PORTS, 2, 5);
    lines.push(`set ports { type inet_service; flags interval; elements = { ${ports.join(", ")} }; }`);
    for (const name of ["c", "b", "a"]) {
      lines.push(...this.chain(name, undefined));
      this.chains = [name, ...this.chains];
    }
    const entries = this.some(PORTS, 2, 4).map((port) => `${port} : ${this.verdict()}`);
    lines.push(`map decide { type inet_service : verdict; elements = { ${entries.join(", ")} }; }`);
    this.mayDecide = true;
    if (random.chance(0.3)) lines.push(...this.early());
    for (const hook of ["input", "forward"]) {
      lines.push(
        ...this.chain(
          `${hook}1`,
          `type filter hook ${hook} priority filter; policy ${random.pick(["accept", "drop"])};`,
        ),
      );
      if (random.chance(0.3))
        lines.push(...this.chain(`${hook}2`, `type filter hook ${hook} priority ${random.pick([-5, 5, 20])};`));
    }
    if (random.chance(0.3))
      lines.push(...this.chain("pre", `type filter hook prerouting priority ${random.pick(["mangle", "-90"])};`));
    if (random.chance(0.15)) lines.push(...this.last());
    lines.push(...this.output());
    if (options.hasNat) lines.push(...randomNftNat(this));
    return [...lines, "}", ""].join("\n");
  }

  /** After routing `fib . iif` is refused, also in chains that are jumped to, so that the rules are simple ones. */
  private last(): string[] {
    const rules = this.random.list(1, 3, () => {
      this.turnTo();
      return `${this.address()} ${this.random.pick(["accept", "drop", "return"])}`;
    });
    return ["chain post {", "type filter hook postrouting priority mangle;", ...rules, "}"];
  }

  /** What the machine sends itself; there is no `fib . iif` either, so that no chain of the others is asked. */
  private output(): string[] {
    const { random } = this;
    const rules = random.list(1, 6, () => {
      this.turnTo();
      this.protocol = random.pick(["udp", "udp", "th"] as const);
      const kinds = [() => this.address(), () => this.transport(), () => this.connection(), () => this.interface()];
      return `${random.pick(kinds)()} ${random.pick(kinds.slice(0, 2))()} ${random.pick(["accept", "drop", "return"])}`;
    });
    const head = `type filter hook output priority filter; policy ${random.pick(["accept", "drop"])};`;
    return ["chain output1 {", head, ...rules, "}"];
  }

  /** A table that is switched off. */
  private asleep(): string[] {
    if (!this.random.chance(0.1)) return [];
    return ["table inet asleep {", "flags dormant", "chain f { type filter hook forward priority -10; drop; }", "}"];
  }

  some<T>(list: readonly T[], least: number, most: number): T[] {
    return [...new Set(this.random.list(least, most, () => this.random.pick(list)))];
  }

  private addresses(version: 4 | 6): string {
    return this.some([...HOSTS[version === 4 ? "ipv4" : "ipv6"], ...NETS[version]], 1, 4).join(", ");
  }

  private pairs(version: 4 | 6): string {
    const hosts = HOSTS[version === 4 ? "ipv4" : "ipv6"];
    return [...new Set(this.random.list(1, 5, () => `${this.random.pick(hosts)} . ${this.random.pick(PORTS)}`))].join(
      ", ",
    );
  }

  /** Networks with ranges of ports; overlapping ones are refused, so there is one of each network. */
  private spans(version: 4 | 6): string {
    const nets = version === 4 ? ["10.0.0.0/24", "192.168.1.0-192.168.1.99"] : ["2001:db8:1::/64", "fd00:10::/64"];
    return this.some(nets, 1, 2)
      .map((net) => `${net} . ${this.random.pick(["22-80", "443", "1000-9000"])}`)
      .join(", ");
  }

  private chain(name: string, head: string | undefined): string[] {
    const rules = this.random.list(1, 6, () => this.rule());
    return [`chain ${name} {`, ...(head === undefined ? [] : [head]), ...rules, "}"];
  }

  private early(): string[] {
    this.turnTo();
    const rule = `${this.transport()} ${this.random.pick(["notrack", "notrack", "drop"])}`;
    return ["chain early {", "type filter hook prerouting priority raw;", rule, "}"];
  }

  /** All matches of a rule are about one family and one protocol: nft refuses what contradicts itself. */
  turnTo(): void {
    this.version = this.family === "inet" ? this.random.pick([4, 6] as const) : this.family === "ip" ? 4 : 6;
    this.protocol = this.random.pick(["tcp", "tcp", "udp", "icmp", "th"] as const);
  }

  private rule(): string {
    const { random } = this;
    this.turnTo();
    const matches = random.list(0, 2, () => this.match());
    if (random.chance(0.12)) return [...matches, this.verdictMap()].join(" ");
    const marks = this.options.hasMarks ? [1, 2].map(() => this.open.assignment(this.protocol)) : [];
    const wide = this.options.isWide ? [this.open.statement(this.version)] : [];
    const extra = random.pick(["", "", "", "counter", 'log prefix "x"', ...marks, ...wide]);
    return [...matches, extra, this.verdict()].filter(Boolean).join(" ");
  }

  private verdict(): string {
    const { random, chains } = this;
    const plain = ["accept", "accept", "drop", "return", "continue"];
    return random.chance(0.3) && chains.length > 0
      ? `${random.pick(["jump", "goto"])} ${random.pick(chains)}`
      : random.pick(plain);
  }

  private verdictMap(): string {
    const { random } = this;
    const entries = (keys: readonly (string | number)[]): string =>
      this.some(keys, 1, 3)
        .map((key) => `${key} : ${this.verdict()}`)
        .join(", ");
    const port = this.protocol === "udp" ? "udp dport" : "tcp dport";
    const hasPorts = this.protocol === "tcp" || this.protocol === "udp";
    const marks = [0, 1, 2, 3].map((mark) => `0x${mark}`);
    const maps = [
      ...(this.options.hasMarks ? [() => `meta mark vmap { ${entries(marks)} }`] : []),
      () => `ct state vmap { ${entries(STATES)} }`,
      () => `iifname vmap { ${entries(["eth0", "eth1", "eth10"].map((name) => `"${name}"`))} }`,
    ];
    const ofPorts = [
      () => `${port} vmap { ${entries(PORTS)}${random.chance(0.3) ? `, * : ${this.verdict()}` : ""} }`,
      () => `${port} vmap ${this.mayDecide ? "@decide" : `{ ${entries(PORTS)} }`}`,
      () => `iifname . ${port} vmap { ${entries(['"eth0" . 80', '"eth1" . 443', '"eth10" . 22', '"eth0" . 53'])} }`,
    ];
    return random.pick(hasPorts ? [...maps, ...ofPorts] : maps)();
  }

  private match(): string {
    const { random, options } = this;
    if (options.isWide && random.chance(0.3)) return this.open.match(this.version, this.protocol);
    if (options.hasMarks && random.chance(0.3)) return this.open.mark();
    return random.pick([
      () => this.address(),
      () => this.address(),
      () => this.transport(),
      () => this.transport(),
      () => this.connection(),
      () => this.interface(),
      () => (this.protocol === "tcp" ? this.flags() : this.transport()),
      () => (this.protocol === "tcp" || this.protocol === "udp" ? this.concatenation() : this.address()),
      () => `meta l4proto != ${random.pick(["gre", "{ sctp, gre }", "esp"])}`,
      () => (this.family === "inet" ? `meta nfproto ipv${this.version}` : this.address()),
      () => `fib ${random.pick(["daddr", "saddr"])} type ${random.pick(["local", "unicast", "{ local, multicast }"])}`,
    ])();
  }

  address(): string {
    const { random } = this;
    const { version } = this;
    const field = `${version === 4 ? "ip" : "ip6"} ${random.pick(["saddr", "daddr"])}`;
    const negation = random.pick(["", "", "!= "]);
    if (version === 4 && random.chance(0.15)) return `${field} & 0.0.0.255 ${random.pick(["==", "!="])} 0.0.0.66`;
    const value = random.pick([
      () => random.pick(HOSTS[version === 4 ? "ipv4" : "ipv6"]),
      () => random.pick(NETS[version]),
      () => `{ ${this.addresses(version)} }`,
      () => `@hosts${version}`,
    ])();
    return `${field} ${negation}${this.withoutOverlap(value)}`;
  }

  /** Anonymous interval sets may not overlap, so only one member of each is kept. */
  private withoutOverlap(value: string): string {
    return value.startsWith("{") ? `{ ${value.slice(2, -2).split(", ")[0]} }` : value;
  }

  private ports(): string {
    const { random } = this;
    const port = random.pick(PORTS);
    return random.pick([
      `${port}`,
      `!= ${port}`,
      `${port}-${Math.min(65535, port + 60)}`,
      `{ ${this.some(PORTS, 1, 4).join(", ")} }`,
      `!= { ${this.some(PORTS, 1, 4).join(", ")} }`,
      "@ports",
      "$web",
      `>= ${port}`,
      `< ${port}`,
      `& 0x3 == ${port & 3}`,
    ]);
  }

  transport(): string {
    const { random, protocol } = this;
    const side = random.pick(["sport", "dport", "dport"]);
    if (protocol === "icmp") return this.icmp();
    if (protocol === "tcp" && random.chance(0.1)) return `meta l4proto tcp @th,16,16 ${random.pick(PORTS)}`;
    return protocol === "th"
      ? `meta l4proto { tcp, udp } th ${side} ${this.ports()}`
      : `${protocol} ${side} ${this.ports()}`;
  }

  private connection(): string {
    const { random } = this;
    const states = this.some(STATES, 1, 3);
    return random.pick([
      `ct state ${states.join(",")}`,
      `ct state != ${states.join(",")}`,
      `ct state { ${states.join(", ")} }`,
      `ct state != { ${states.join(", ")} }`,
      `ct state ! ${random.pick(STATES)}`,
      `ct direction ${random.pick(["original", "reply"])}`,
    ]);
  }

  private interface(): string {
    const { random } = this;
    const name = random.pick([...INTERFACES.map((each) => each.name), "eth*", "eth1*", "wlan0"]);
    return `${random.pick(["iifname", "oifname"])} ${random.pick(["", "", "!= "])}"${name}"`;
  }

  private concatenation(): string {
    const { random } = this;
    const { version } = this;
    const field = `${version === 4 ? "ip" : "ip6"} ${random.pick(["saddr", "daddr"])} . ${this.protocol} dport`;
    const set = random.pick([`@pairs${version}`, `@spans${version}`, `{ ${this.pairs(version)} }`]);
    return `${field} ${random.pick(["", "!= "])}${set}`;
  }

  private flags(): string {
    const { random } = this;
    const some = this.some(FLAGS, 1, 2).join(",");
    return random.pick([
      `tcp flags ${some}`,
      `tcp flags == ${random.pick(FLAGS)}`,
      `tcp flags != ${random.pick(FLAGS)}`,
      `tcp flags { syn, syn | ack }`,
      "tcp flags syn / fin,syn,rst,ack",
      `tcp flags & (fin | syn | rst | ack) ${random.pick(["==", "!="])} ${random.pick(FLAGS.slice(0, 3))}`,
      `tcp flags ! ${random.pick(FLAGS)}`,
    ]);
  }

  private icmp(): string {
    const { random } = this;
    return this.version === 4
      ? `icmp type ${random.pick(["echo-request", "!= echo-request", "{ echo-reply, destination-unreachable }", "3"])}`
      : `icmpv6 type ${random.pick(["echo-request", "!= echo-request", "{ echo-reply, packet-too-big }", "1"])}`;
  }
}
