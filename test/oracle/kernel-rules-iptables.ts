/** Random rule sets of iptables and ip6tables. */
import type { SeededRandom } from "../seeded-random.js";
import { HOSTS, PORTS } from "./kernel-packets.js";

/** A rule set as iptables-save text; `version` 6 is for ip6tables-restore. */
export function randomIptablesRules(random: SeededRandom, version: 4 | 6, hasNat: boolean): string {
  return new IptablesWriter(random, version).ruleset(hasNat);
}

const STATES = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"] as const;
const FLAG_PAIRS = ["SYN,ACK SYN", "FIN,SYN,RST,ACK SYN", "ALL NONE", "SYN,FIN SYN,FIN", "ACK ACK", "ALL FIN,PSH,URG"];
const NETS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ["10.0.0.0/24", "10.0.0.64/26", "192.168.1.0/25", "172.16.0.0/12", "0.0.0.66/0.0.0.255"],
  6: ["2001:db8:1::/64", "2001:db8::/46", "fd00:10::/64", "8000::/1"],
};

class IptablesWriter {
  private chains: readonly string[] = [];

  constructor(
    private readonly random: SeededRandom,
    private readonly version: 4 | 6,
  ) {}

  ruleset(hasNat: boolean): string {
    const { random } = this;
    const policy = (): string => random.pick(["ACCEPT", "DROP"]);
    const user: string[] = [];
    for (const name of ["C", "B", "A"]) {
      user.push(...random.list(1, 4, () => `-A ${name} ${this.rule()}`));
      this.chains = [name, ...this.chains];
    }
    const filter = ["INPUT", "FORWARD"].flatMap((chain) => random.list(1, 7, () => `-A ${chain} ${this.rule(chain)}`));
    return [
      ...(random.chance(0.3)
        ? ["*raw", ":PREROUTING ACCEPT", `-A PREROUTING ${this.ports()} -j NOTRACK`, "COMMIT"]
        : []),
      ...(hasNat ? this.nat() : []),
      ...["*filter", `:INPUT ${policy()}`, `:FORWARD ${policy()}`, ":OUTPUT ACCEPT", ":A -", ":B -", ":C -"],
      ...[...user, ...filter, "COMMIT", ""],
    ].join("\n");
  }

  private rule(chain?: string): string {
    const parts = [...this.plain(chain), this.protocol(), ...this.random.list(0, 2, () => this.match())];
    return [...parts, this.target()].filter(Boolean).join(" ");
  }

  private target(): string {
    const { random, chains } = this;
    if (random.chance(0.3) && chains.length > 0) return `-${random.pick(["j", "j", "g"])} ${random.pick(chains)}`;
    return random.pick(["-j ACCEPT", "-j ACCEPT", "-j DROP", "-j REJECT", "-j RETURN", "-j LOG", ""]);
  }

  private host(): string {
    return this.random.pick(HOSTS[this.version === 4 ? "ipv4" : "ipv6"]);
  }

  private negation(): string {
    return this.random.chance(0.2) ? "! " : "";
  }

  private protocol(): string {
    const { random, version } = this;
    const icmp = version === 4 ? "-p icmp -m icmp --icmp-type" : "-p ipv6-icmp -m icmp6 --icmpv6-type";
    return random.pick([
      () => "",
      () => this.ports(),
      () => this.ports(),
      () => `-p tcp -m tcp ${this.negation()}--tcp-flags ${random.pick(FLAG_PAIRS)}`,
      () => `-p tcp -m tcp ${this.negation()}--syn`,
      () =>
        `${icmp} ${random.pick(["echo-request", "echo-reply", version === 4 ? "3/1" : "1/3", "destination-unreachable"])}`,
      () => `${this.negation()}-p ${random.pick(["tcp", "udp", "gre"])}`,
    ])();
  }

  private ports(): string {
    const { random } = this;
    const protocol = random.pick(["tcp", "udp"]);
    const port = random.pick(PORTS);
    const list = [...new Set(random.list(1, 4, () => random.pick(PORTS)))].join(",");
    return random.pick([
      `-p ${protocol} -m ${protocol} ${this.negation()}--dport ${port}`,
      `-p ${protocol} -m ${protocol} ${this.negation()}--sport ${port}:`,
      `-p ${protocol} -m multiport ${this.negation()}--dports ${list}`,
      `-p ${protocol} -m multiport ${this.negation()}--ports ${list}`,
    ]);
  }

  private match(): string {
    const { random } = this;
    const states = [...new Set(random.list(1, 3, () => random.pick(STATES)))].join(",");
    return random.pick([
      () => `-m conntrack ${this.negation()}--ctstate ${states}`,
      () => `-m iprange ${this.negation()}--src-range ${this.range()}`,
      () => `-m addrtype ${this.negation()}--dst-type ${this.version === 4 ? "LOCAL" : "MULTICAST"}`,
      () => `-m comment --comment "rule ${random.below(100)}"`,
    ])();
  }

  private range(): string {
    return this.version === 4 ? "10.0.0.5-10.0.0.99" : "2001:db8:1::5-2001:db8:2::9";
  }

  /** The options a rule may have once. */
  private plain(chain: string | undefined): string[] {
    const { random } = this;
    const name = (): string => random.pick(["eth0", "eth1", "eth10", "eth+", "eth1+"]);
    const may = (option: string, value: string): string[] =>
      random.chance(0.25) ? [`${this.negation()}${option} ${value}`] : [];
    return [
      ...may("-s", this.endpoint()),
      ...may("-d", this.endpoint()),
      ...may("-i", name()),
      ...(chain === "INPUT" ? [] : may("-o", name())),
    ];
  }

  private endpoint(): string {
    return this.random.chance(0.5) ? this.host() : this.random.pick(NETS[this.version]);
  }

  private nat(): string[] {
    const { random } = this;
    const address = (): string => `${this.negation()}-${random.pick(["s", "d"])} ${this.endpoint()}`;
    const neighbour = (): string => random.pick(HOSTS[this.version === 4 ? "ipv4" : "ipv6"].slice(0, 6));
    const withPort = (): string => (this.version === 4 ? `${neighbour()}:8080` : `[${neighbour()}]:8080`);
    const before = (): string =>
      random.pick([
        `${address()} -j DNAT --to-destination ${neighbour()}`,
        `${this.ports()} -j DNAT --to-destination ${withPort()}`,
        `${this.ports()} -j REDIRECT --to-ports 8080`,
        `${address()} -j ACCEPT`,
      ]);
    const after = (): string =>
      random.pick([
        `${address()} -j SNAT --to-source ${neighbour()}`,
        `-o ${random.pick(["eth0", "eth1", "eth10"])} -j MASQUERADE`,
        `${address()} -j RETURN`,
      ]);
    return [
      ...["*nat", ":PREROUTING ACCEPT", ":INPUT ACCEPT", ":OUTPUT ACCEPT", ":POSTROUTING ACCEPT"],
      ...random.list(1, 3, () => `-A PREROUTING ${before()}`),
      ...random.list(1, 3, () => `-A POSTROUTING ${after()}`),
      "COMMIT",
    ];
  }
}
