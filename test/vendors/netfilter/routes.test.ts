import { expect } from "chai";
import type { Matches } from "../../../src/model/matches.js";
import { parseRoutes, recogniseRoutes } from "../../../src/vendors/netfilter/routes.js";
import { filterDevice } from "../iptables/fixtures.js";

const MAIN = `default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.10 metric 100
default via 10.7.0.254 dev eth1 metric 200 onlink
10.8.0.0/16 via inet6 fe80::1 dev eth1
100.64.0.0/10 metric 10
\tnexthop via 192.0.2.2 dev eth0 weight 1
\tnexthop via 10.7.0.2 dev eth1 weight 3
throw 172.16.0.0/12
blackhole 198.51.100.0/24 metric 50
unreachable 203.0.113.0/25
unreachable default dev lo metric 4278198272 pref medium
2001:db8:7::/64 dev eth1 proto kernel metric 256 pref medium
default via 2001:db8:7::ff dev eth1 proto ra metric 1024 expires 1799sec pref high
`;
const LOCAL = `default via 10.7.0.200 dev eth1 table 100
local default dev lo table 200 scope host
local 10.7.0.1 dev eth1 table local proto kernel scope host src 10.7.0.1
broadcast 10.7.255.255 dev eth1 table local proto kernel scope link src 10.7.0.1
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
broadcast 127.255.255.255 dev lo table local proto kernel scope link src 127.0.0.1
local ::1 dev lo table local proto kernel metric 0 pref medium
`;
const RULES = `0:\tfrom all lookup local
996:\tfrom all uidrange 0-99 ipproto tcp dport 443 goto 32766
997:\tfrom all to 10.99.0.0/16 blackhole
998:\tnot from 10.0.0.0/8 iif eth1 lookup 100
999:\tfrom all fwmark 0x1/0xff lookup 200
32766:\tfrom all lookup main
`;
const MAIN_JSON = `[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","protocol":"dhcp","metric":100,"flags":[]},
{"dst":"10.8.0.0/16","via":{"family":"inet6","host":"fe80::1"},"dev":"eth1","flags":[]},
{"dst":"100.64.0.0/10","metric":10,"flags":[],"nexthops":[{"gateway":"192.0.2.2","dev":"eth0","weight":1,"flags":[]}]},
{"type":"blackhole","dst":"198.51.100.0/24","metric":50,"flags":[]},
{"type":"unreachable","dst":"default","dev":"lo","metric":4278198272,"flags":[],"pref":"medium"}]
`;
const LOCAL_JSON = `[{"type":"local","dst":"10.7.0.1","dev":"eth1","table":"local","protocol":"kernel","scope":"host","flags":[]}]`;
const RULES_JSON = `[{"priority":0,"src":"all","table":"local"},
{"priority":997,"src":"all","dst":"10.99.0.0","dstlen":16,"action":"blackhole"},
{"priority":998,"not":null,"src":"10.0.0.0","srclen":8,"iif":"eth1","table":"100"}]
`;
const ADDRESSES = `1: lo: <LOOPBACK,UP> mtu 65536
    inet 127.0.0.1/8 scope host lo
2: eth1: <BROADCAST,UP> mtu 1500
    inet 10.7.0.1/16 scope global eth1
`;

const fates = (text: string): string[] => parseRoutes(text, "routes").value.lines.map(({ fate }) => fate);

/** Whether a rule for this type of addresses is exact on a machine with these exports. */
function isExact(type: string, exports: Readonly<Record<string, string>>): boolean {
  const { acls } = filterDevice([`-A INPUT -m addrtype --dst-type ${type} -j ACCEPT`], exports);
  const matches = acls.flatMap(({ name, aces }) => (name === "filter INPUT" ? aces.map((ace) => ace.matches) : []));
  return matches.every(({ unmodeled }: Matches) => unmodeled.length === 0);
}

describe("netfilter: routes and routing rules", () => {
  it("recognises what iproute2 prints, an empty list included", () => {
    const certain = [MAIN, LOCAL, RULES].map(recogniseRoutes);
    const bare = [
      "blackhole 198.51.100.0/24 metric 50 \n",
      "local default dev lo scope host \n",
      "Kernel IP routing table\n",
    ];
    const possible = [...bare, MAIN_JSON, LOCAL_JSON, RULES_JSON, "[ ]\n"].map(recogniseRoutes);

    expect(certain).to.deep.equal(Array(3).fill("certain"));
    expect(possible).to.deep.equal(Array(7).fill("possible"));
    expect(['[{"dst":"x"}]', "[1]", '[{"priority":1}]', "[", "{}", ""].map(recogniseRoutes)).to.deep.equal(
      Array(6).fill("no"),
    );
  });

  it("takes routes of other tables and routing rules for harmless", () => {
    for (const text of [MAIN, RULES, MAIN_JSON, RULES_JSON]) {
      expect(new Set(fates(text))).to.deep.equal(new Set(["harmless"]));
    }
    expect(fates(LOCAL)).to.deep.equal(["harmless", "harmless", ...Array(5).fill("modelled"), "harmless"]);
    expect(fates("[]\n")).to.deep.equal(["harmless"]);
  });

  it("leaves addrtype exact where the local table holds what the addresses say", () => {
    for (const routes of [MAIN, LOCAL, MAIN_JSON, RULES, "[]"]) {
      expect(isExact("LOCAL", { addresses: ADDRESSES, routes }), routes).to.equal(true);
    }
  });

  it("leaves addrtype open where the local table holds other routes, or lacks some", () => {
    const more = `${LOCAL}local 10.77.0.0/16 dev lo table local scope host\n`;
    const other = `${LOCAL}blackhole 10.78.0.0/16 table local\n`;
    const unnamed = "local 10.77.0.0/16 dev lo scope host\n";
    const less = LOCAL.split("\n")
      .filter((line) => !line.startsWith("local 10.7.0.1 "))
      .join("\n");

    for (const routes of [more, other, unnamed, less, LOCAL_JSON]) {
      expect(isExact("LOCAL", { addresses: ADDRESSES, routes }), routes).to.equal(false);
    }
  });

  it("knows the broadcasts only of interfaces that are up", () => {
    const down = ADDRESSES.replace("<BROADCAST,UP>", "<BROADCAST>");
    const unsaid = "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth1    inet 10.7.0.1/16 scope global eth1\n";
    const { acls } = filterDevice(["-A INPUT -m addrtype --dst-type BROADCAST -j DROP"], { addresses: down });
    const operands = acls.flatMap(({ aces }) => aces.flatMap(({ matches }) => matches.destination ?? []));

    expect(JSON.stringify(operands)).not.to.include(String(0x0a07ffff));
    expect(JSON.stringify(operands)).to.include(String(0x7fffffff));
    expect(["LOCAL", "BROADCAST", "UNICAST"].map((type) => isExact(type, { addresses: unsaid }))).to.deep.equal([
      ...[true, false, false],
    ]);
  });
});
