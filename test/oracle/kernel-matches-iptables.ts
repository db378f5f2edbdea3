/** Random matches of iptables and ip6tables. */
import type { SeededRandom } from "../seeded-random.js";
import { HOSTS, PORTS } from "./kernel-packets.js";
import { type RandomSets, randomSetMatch } from "./kernel-sets.js";

const STATES = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"] as const;
const FLAG_PAIRS = ["SYN,ACK SYN", "FIN,SYN,RST,ACK SYN", "ALL NONE", "SYN,FIN SYN,FIN", "ACK ACK", "ALL FIN,PSH,URG"];
const NETS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ["10.0.0.0/24", "10.0.0.64/26", "192.168.1.0/25", "172.16.0.0/12", "0.0.0.66/0.0.0.255"],
  6: ["2001:db8:1::/64", "2001:db8::/46", "fd00:10::/64", "8000::/1"],
};
const TYPES = ["LOCAL", "UNICAST", "MULTICAST", "LOCAL,MULTICAST", "BROADCAST", "UNICAST,LOCAL"];

/** Writes one match at a time. */
export class IptablesMatches {
  constructor(
    private readonly random: SeededRandom,
    private readonly version: 4 | 6,
    private readonly sets: RandomSets,
  ) {}

  negation(): string {
    return this.random.chance(0.2) ? "! " : "";
  }

  host(): string {
    return this.random.pick(HOSTS[this.version === 4 ? "ipv4" : "ipv6"]);
  }

  endpoint(): string {
    return this.random.chance(0.5) ? this.host() : this.random.pick(NETS[this.version]);
  }

  /** The options a rule may have once; a built-in chain lacks the interfaces its hook does not know. */
  plain(chain: string | undefined): string[] {
    const { random } = this;
    const name = (): string => random.pick(["eth0", "eth1", "eth10", "eth+", "eth1+"]);
    const may = (option: string, value: string): string[] =>
      random.chance(0.25) ? [`${this.negation()}${option} ${value}`] : [];
    return [
      ...may("-s", this.endpoint()),
      ...may("-d", this.endpoint()),
      ...(chain === "POSTROUTING" || chain === "OUTPUT" ? [] : may("-i", name())),
      ...(chain === "INPUT" || chain === "PREROUTING" ? [] : may("-o", name())),
    ];
  }

  protocol(): string {
    const { random, version } = this;
    const icmp = version === 4 ? "-p icmp -m icmp --icmp-type" : "-p ipv6-icmp -m icmp6 --icmpv6-type";
    const types = ["echo-request", "echo-reply", version === 4 ? "3/1" : "1/3", "destination-unreachable"];
    return random.pick([
      () => "",
      () => this.ports(),
      () => this.ports(),
      () => `-p tcp -m tcp ${this.negation()}--tcp-flags ${random.pick(FLAG_PAIRS)}`,
      () => `-p tcp -m tcp ${this.negation()}--syn`,
      () => `${icmp} ${random.pick(types)}`,
      () => `${this.negation()}-p ${random.pick(["tcp", "udp", "gre"])}`,
    ])();
  }

  ports(protocol: string = this.random.pick(["tcp", "udp"])): string {
    const { random } = this;
    const port = random.pick(PORTS);
    const list = [...new Set(random.list(1, 4, () => random.pick(PORTS)))];
    return random.pick([
      `-p ${protocol} -m ${protocol} ${this.negation()}--dport ${port}`,
      `-p ${protocol} -m ${protocol} ${this.negation()}--sport ${port}:`,
      `-p ${protocol} -m multiport ${this.negation()}--dports ${list.join(",")}`,
      `-p ${protocol} -m multiport ${this.negation()}--ports ${[...list, "2000:3000"].join(",")}`,
      `-p ${protocol} -m multiport ${this.negation()}--sports ${list.join(",")}`,
    ]);
  }

  /** A match that packet fields decide. */
  modelled(): string {
    const { random } = this;
    const states = [...new Set(random.list(1, 3, () => random.pick(STATES)))].join(",");
    return random.pick([
      () => `-m conntrack ${this.negation()}--ctstate ${states}`,
      () => `-m conntrack ${this.negation()}--ctstate ${states}`,
      () => `-m state ${this.negation()}--state ${random.pick(STATES)}`,
      () => `-m iprange ${this.negation()}--${random.pick(["src", "dst"])}-range ${this.range()}`,
      () => `-m addrtype ${this.negation()}--${random.pick(["src", "dst"])}-type ${this.addressType()}`,
      () => randomSetMatch(random, this.sets),
      () => randomSetMatch(random, this.sets),
      () => `-m comment --comment "rule ${random.below(100)}"`,
    ])();
  }

  private range(): string {
    return this.version === 4 ? "10.0.0.5-10.0.0.99" : "2001:db8:1::5-2001:db8:2::9";
  }

  private addressType(): string {
    return this.version === 4 ? this.random.pick(TYPES) : "MULTICAST";
  }

  mark(): string {
    const { random } = this;
    const value = random.pick(["0x0", "0x1", "0x2/0x2", "0x1/0x3", "0x10/0xff", "0x4/0x4"]);
    return `-m ${random.pick(["mark", "mark", "connmark"])} ${this.negation()}--mark ${value}`;
  }

  /** A match on what no packet field of the model holds; some are refused where packets leave. */
  open(isBeforeLeaving: boolean): string {
    const { random } = this;
    if (isBeforeLeaving && random.chance(0.1)) {
      return random.pick(["-m policy --dir in --pol none", "-m mac --mac-source 02:00:00:00:00:05"]);
    }
    return random.pick([() => this.connection(), () => this.header(), () => this.circumstance()])();
  }

  private connection(): string {
    const { random } = this;
    const not = this.negation();
    return random.pick([
      `-m conntrack ${not}--ctstate ${random.pick(["DNAT", "SNAT", "NEW,DNAT", "ESTABLISHED,SNAT"])}`,
      `-m conntrack ${not}--ctorigsrc ${this.host()}`,
      `-m conntrack ${not}--ctorigdst ${this.host()}`,
      `-m conntrack ${not}--ctreplsrc ${this.host()}`,
      `-m conntrack ${not}--ctorigdstport ${random.pick(PORTS)}`,
      `-m conntrack ${not}--ctproto ${random.pick(["6", "17", "1"])}`,
      `-m conntrack ${not}--ctstatus ${random.pick(["NONE", "SEEN_REPLY", "ASSURED", "CONFIRMED", "CONFIRMED,ASSURED"])}`,
      `-m conntrack --ctdir ${random.pick(["ORIGINAL", "REPLY"])}`,
      `-m conntrack --ctstate NEW --ctorigdst ${this.host()}`,
      "-m connbytes --connbytes 0:100 --connbytes-dir both --connbytes-mode bytes",
    ]);
  }

  private header(): string {
    const { random, version } = this;
    const not = this.negation();
    return random.pick([
      `-m length ${not}--length ${random.pick(["28:40", "0:48", "60"])}`,
      `-m dscp ${not}--dscp 0x00`,
      `-m tos ${not}--tos 0x00/0x3f`,
      version === 4
        ? `-m ttl --ttl-${random.pick(["lt", "gt", "eq"])} 64`
        : `-m hl --hl-${random.pick(["lt", "gt"])} 64`,
      `-p tcp -m ecn ${not}--ecn-tcp-cwr`,
      `-m u32 --u32 "0&0xf0000000=0x45000000"`,
      '-m string --algo bm --string "x"',
    ]);
  }

  private circumstance(): string {
    const { random } = this;
    return random.pick([
      `-m statistic --mode ${random.pick(["random --probability 0.5", "nth --every 2 --packet 0"])}`,
      `-m pkttype ${this.negation()}--pkt-type unicast`,
      "-m limit --limit 10/hour --limit-burst 3",
      "-m hashlimit --hashlimit-name h --hashlimit-above 1/hour --hashlimit-mode srcip",
      `-m recent --name r --${random.pick(["set", "rcheck", "update"])}`,
      "-m time --timestart 00:00 --timestop 12:00",
      "-m quota --quota 500",
      "-m connlimit --connlimit-above 2",
    ]);
  }
}
