/** Random rule sets of iptables and ip6tables. */
import type { SeededRandom } from "../seeded-random.js";
import { IptablesMatches } from "./kernel-matches-iptables.js";
import type { RuleOptions } from "./kernel-options.js";
import { HOSTS } from "./kernel-packets.js";
import { randomSets } from "./kernel-sets.js";

/** A rule set as iptables-save text, for version 6 of ip6tables, with the sets it asks for. */
export function randomIptablesRules(
  random: SeededRandom,
  version: 4 | 6,
  options: RuleOptions,
): { readonly rules: string; readonly sets: string } {
  const sets = randomSets(random, version, options.isWide);
  const matches = new IptablesMatches(random, version, sets);
  return { rules: new IptablesWriter(random, version, options, matches).ruleset(), sets: sets.text };
}

/** What a rule may do, by its table; jumps to the chains of users come on top. */
type Targets = () => string;

class IptablesWriter {
  /** The user chains of the table that a rule may lead to. */
  private chains: readonly string[] = [];
  private isFilter = false;

  constructor(
    private readonly random: SeededRandom,
    private readonly version: 4 | 6,
    private readonly options: RuleOptions,
    private readonly matches: IptablesMatches,
  ) {}

  ruleset(): string {
    const { random, options } = this;
    return [
      ...(random.chance(0.3) ? this.table("raw", ["PREROUTING", "OUTPUT"], ["R"], () => this.early()) : []),
      ...(random.chance(0.4) ? this.mangle() : []),
      ...(options.hasNat ? this.nat() : []),
      ...this.table("filter", ["INPUT", "FORWARD", "OUTPUT"], ["C", "B", "A"], () => this.verdict()),
      ...(random.chance(0.15) ? this.table("security", ["INPUT", "FORWARD", "OUTPUT"], [], () => this.late()) : []),
      "",
    ].join("\n");
  }

  private table(name: string, hooks: readonly string[], users: readonly string[], target: Targets): string[] {
    const { random } = this;
    const policy = (): string => (name === "filter" ? random.pick(["ACCEPT", "DROP"]) : "ACCEPT");
    const declared = [...hooks.map((hook) => `:${hook} ${policy()}`), ...users.map((chain) => `:${chain} -`)];
    const rules: string[] = [];
    this.chains = [];
    this.isFilter = name === "filter";
    for (const user of users) {
      rules.push(...random.list(1, 4, () => `-A ${user} ${this.rule(user, target)}`));
      this.chains = [user, ...this.chains];
    }
    const [least, most] = name === "filter" ? [1, 7] : [0, 3];
    rules.push(...hooks.flatMap((hook) => random.list(least, most, () => `-A ${hook} ${this.rule(hook, target)}`)));
    return [`*${name}`, ...declared, ...rules, "COMMIT"];
  }

  private rule(chain: string, target: Targets): string {
    const { random, matches } = this;
    const does = this.jumpOr(target);
    // an answer with a reset, and a segment size, ask for TCP
    const protocol = /tcp-reset|TCPMSS/.test(does) ? "-p tcp -m tcp --tcp-flags SYN,RST SYN" : matches.protocol();
    const extra = random.list(0, 2, () => this.match(chain));
    const found = extra.filter((match, i) => !match.startsWith("-p") || (protocol === "" && i === 0));
    return [...matches.plain(chain), protocol, ...found, does].filter(Boolean).join(" ");
  }

  private match(chain: string): string {
    const { random, matches, options } = this;
    if (options.isWide && random.chance(0.35))
      return matches.open(this.isFilter && ["INPUT", "FORWARD"].includes(chain));
    if (options.hasMarks && random.chance(0.3)) return matches.mark();
    return matches.modelled();
  }

  private jumpOr(target: Targets): string {
    const { random, chains } = this;
    if (random.chance(0.3) && chains.length > 0) return `-${random.pick(["j", "j", "g"])} ${random.pick(chains)}`;
    return target();
  }

  private verdict(): string {
    const { random, options } = this;
    const plain = ["-j ACCEPT", "-j ACCEPT", "-j DROP", this.reject(), "-j RETURN", "-j LOG", "", "-j NFLOG"];
    const marks = options.hasMarks ? [this.mark(), this.mark()] : [];
    const wide = options.isWide ? [`-j SET --add-set p${this.version} dst`] : [];
    return random.pick([...plain, ...marks, ...wide]);
  }

  private reject(): string {
    const kinds = this.version === 4 ? ["icmp-port-unreachable", "icmp-admin-prohibited"] : ["icmp6-adm-prohibited"];
    return `-j REJECT --reject-with ${this.random.pick([...kinds, "tcp-reset"])}`;
  }

  private early(): string {
    const { random, options } = this;
    const marks = options.hasMarks ? [this.mark()] : [];
    return random.pick(["-j NOTRACK", "-j CT --notrack", "-j DROP", "-j ACCEPT", "-j RETURN", "-j TRACE", ...marks]);
  }

  private late(): string {
    return this.random.pick(["-j ACCEPT", "-j DROP", "-j RETURN", "-j LOG"]);
  }

  private mangle(): string[] {
    const { random, options, version } = this;
    const hooks = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];
    const target = (): string =>
      random.pick([
        () => (options.hasMarks ? this.mark() : "-j DSCP --set-dscp 0x0a"),
        () => (options.hasMarks ? this.mark() : "-j TOS --set-tos 0x10/0xff"),
        () => "-j ACCEPT",
        () => "-j RETURN",
        () => "-j DROP",
        () => (version === 4 ? "-j TTL --ttl-set 32" : "-j HL --hl-set 32"),
      ])();
    const lines = this.table("mangle", hooks, ["M"], target);
    const clamp = "-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200";
    const queue = "-A POSTROUTING -o eth1 -j CLASSIFY --set-class 0001:0001";
    return random.chance(0.2) ? [...lines.slice(0, -1), clamp, queue, "COMMIT"] : lines;
  }

  private mark(): string {
    const { random } = this;
    return random.pick([
      () => `-j MARK --set-xmark ${random.pick(["0x1/0xffffffff", "0x2/0x2", "0x10/0xff", "0x3/0x1", "0x0/0x4"])}`,
      () => `-j MARK --set-mark ${random.pick(["0x1", "0x2", "0x1/0x3"])}`,
      () => `-j MARK ${random.pick(["--or-mark 0x4", "--and-mark 0x3", "--xor-mark 0x1"])}`,
      () => `-j CONNMARK --set-xmark ${random.pick(["0x1/0xffffffff", "0x2/0x2"])}`,
      () => `-j CONNMARK --save-mark${random.pick(["", " --nfmask 0x3 --ctmask 0x3"])}`,
      () => `-j CONNMARK --restore-mark${random.pick(["", " --nfmask 0x3 --ctmask 0x3"])}`,
    ])();
  }

  private nat(): string[] {
    const { random, matches } = this;
    const before = this.random.list(1, 3, () => `-A PREROUTING ${this.destinationRule()}`);
    const here = this.random.list(0, 2, () => `-A OUTPUT ${this.destinationRule()}`);
    const after = this.random.list(1, 3, () => `-A POSTROUTING ${this.sourceRule()}`);
    const user = [`-A N ${this.destinationRule()}`, `-A N ${this.destinationRule()}`];
    const jump = random.chance(0.4) ? [`-A PREROUTING ${matches.ports()} -j N`] : [];
    return [
      ...["*nat", ":PREROUTING ACCEPT", ":INPUT ACCEPT", ":OUTPUT ACCEPT", ":POSTROUTING ACCEPT", ":N -"],
      ...[...user, ...jump, ...before, ...here, ...after, "COMMIT"],
    ];
  }

  private address(): string {
    return `${this.matches.negation()}-${this.random.pick(["s", "d"])} ${this.matches.endpoint()}`;
  }

  private neighbour(): string {
    return this.random.pick(HOSTS[this.version === 4 ? "ipv4" : "ipv6"].slice(0, 6));
  }

  private destinationRule(): string {
    const { random, matches } = this;
    const withPort = (): string => (this.version === 4 ? `${this.neighbour()}:8080` : `[${this.neighbour()}]:8080`);
    const network = this.version === 4 ? "192.168.1.0/24" : "2001:db8:2::/64";
    return random.pick([
      () => `${this.address()} -j DNAT --to-destination ${this.neighbour()}`,
      () => `${matches.ports()} -j DNAT --to-destination ${withPort()}`,
      () => `${matches.ports()} -j REDIRECT --to-ports 8080`,
      () => `${matches.modelled()} -j DNAT --to-destination ${this.neighbour()}`,
      () => `${this.address()} -j NETMAP --to ${network}`,
      () => `${this.address()} -j ACCEPT`,
    ])();
  }

  private sourceRule(): string {
    const { random } = this;
    const network = this.version === 4 ? "10.0.0.0/24" : "2001:db8:1::/64";
    const mark = this.options.hasMarks ? [`-m mark --mark ${random.pick(["0x1", "0x0"])} -j MASQUERADE`] : [];
    return random.pick([
      `${this.address()} -j SNAT --to-source ${this.neighbour()}`,
      `-o ${random.pick(["eth0", "eth1", "eth10"])} -j MASQUERADE`,
      `${this.address()} -j RETURN`,
      `${this.address()} -j NETMAP --to ${network}`,
      ...mark,
    ]);
  }
}
