/** Random matches and statements of nftables about marks, and about what no packet field of the model holds. */
import type { SeededRandom } from "../seeded-random.js";
import { HOSTS, PORTS } from "./kernel-packets.js";

/** Writes one match or statement at a time. */
export class NftOpenMatches {
  constructor(private readonly random: SeededRandom) {}

  mark(): string {
    const { random } = this;
    const field = random.pick(["meta mark", "meta mark", "ct mark"]);
    return random.pick([
      `${field} ${random.pick(["", "!= "])}${random.pick(["0x0", "0x1", "0x2", "0x10"])}`,
      `${field} & 0x3 ${random.pick(["==", "!="])} ${random.pick(["0x1", "0x0", "0x3"])}`,
      `${field} ${random.pick(["", "!= "])}{ 0x1, 0x4-0x8 }`,
      `${field} ${random.pick([">=", "<"])} 0x2`,
    ]);
  }

  /** A statement that marks the packet or its connection. */
  assignment(protocol: string): string {
    const ofTcp = protocol === "tcp" ? ["meta mark set tcp dport map { 80 : 0x1, 443 : 0x2 }"] : [];
    return this.random.pick([
      ...ofTcp,
      "meta mark set 0x1",
      "meta mark set 0x2",
      "meta mark set meta mark | 0x4",
      "meta mark set meta mark & 0x3",
      "meta mark set (meta mark & 0xfffffffc) | 0x1",
      "meta mark set meta mark ^ 0x1",
      "meta mark set ct mark",
      "ct mark set 0x1",
      "ct mark set meta mark",
    ]);
  }

  /** What the table has to hold for the rest. */
  objects(): string[] {
    return [
      "counter traffic { }",
      "quota some { over 500 bytes }",
      "limit few { rate 3/hour }",
      "set seen { type inet_service; flags dynamic; size 100; }",
    ];
  }

  match(version: 4 | 6, protocol: string): string {
    const { random } = this;
    const [header, host] = version === 4 ? ["ip", random.pick(HOSTS.ipv4)] : ["ip6", random.pick(HOSTS.ipv6)];
    const not = random.pick(["", "!= "]);
    const status = random.pick(["dnat", "snat", "confirmed", "assured", "seen-reply", "snat,dnat"]);
    const ofTcp =
      protocol === "tcp" ? ["tcp window 0xffff", `tcp sequence 1000 ct original proto-dst ${random.pick(PORTS)}`] : [];
    return random.pick([
      `ct status ${not}${status}`,
      `ct status & (snat | dnat) ${random.pick(["==", "!="])} 0`,
      `ct original ${header} saddr ${not}${host}`,
      `ct original ${header} daddr ${not}${host}`,
      `ct reply ${header} saddr ${not}${host}`,
      `meta length ${random.pick(["<", ">"])} 48`,
      `${header} dscp ${not}cs0`,
      `${header} ecn ${not}ce`,
      version === 4 ? `ip ttl ${not}64` : `ip6 hoplimit ${not}64`,
      `meta pkttype ${not}unicast`,
      `numgen ${random.pick(["random", "inc"])} mod 2 0`,
      `fib saddr . iif oif ${random.pick(["missing", "exists"])}`,
      `fib daddr . iif type ${random.pick(["local", "unicast"])}`,
      "@nh,8,8 0x0",
      ...ofTcp,
    ]);
  }

  /** A statement that may end the rule, or changes what the model does not hold. */
  statement(version: 4 | 6): string {
    return this.random.pick([
      "limit rate 3/hour",
      "limit rate over 3/hour burst 2 packets",
      "quota over 500 bytes",
      'quota name "some"',
      'limit name "few"',
      'counter name "traffic"',
      version === 4 ? "ip ttl set 32" : "ip6 hoplimit set 32",
      "meta priority set 1:1",
      "meta l4proto { tcp, udp } add @seen { th dport }",
    ]);
  }
}
