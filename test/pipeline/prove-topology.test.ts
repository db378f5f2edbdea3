import { expect } from "chai";
import type { Verdict } from "../../src/model/verdict.js";
import { edgeRules, oneRequirement, proveTexts } from "./prove-texts.js";

const SITES = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: servers, site: main, prefixes: [10.2.0.0/16] }
  - { name: internet, kind: internet }
links:
  - { name: tunnel, kind: vpn, between: [edge, servers] }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - name: edge
    exports: [edge.rules]
    interfaces:
      - { name: lan0, network: office }
      - { name: tun0, link: tunnel }
      - { name: wan0, network: internet }
`;
const WEB = oneRequirement("services: [tcp/443]\npaths: [vpn]");
const REPLIES = "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
const ALLOW = "-A FORWARD -i lan0 -o tun0 -s 10.1.0.0/16 -d 10.2.0.5/32 -p tcp -m tcp --dport 443 -j ACCEPT";

function verdictOn(rules: string, topology = SITES, catalogue = WEB): Verdict {
  const [verdict] = proveTexts(topology, { "edge.rules": rules }, catalogue);
  return verdict as Verdict;
}

function refuted(verdict: Verdict): Extract<Verdict, { kind: "refuted" }> {
  if (verdict.kind !== "refuted") throw new Error(`is ${verdict.kind}`);
  return verdict;
}

describe("proveTopology", () => {
  it("proves a flow whose whole conversation passes", () => {
    expect(verdictOn(edgeRules(REPLIES, ALLOW)).kind).to.equal("proved");
  });

  it("refutes a flow whose replies are dropped, and blames the line that drops them", () => {
    const verdict = refuted(verdictOn(edgeRules(ALLOW)));

    expect(verdict.hops.at(-1)?.leg).to.equal("reply");
    expect(verdict.decidedBy?.at).to.include({ file: "edge.rules", line: 3 });
    expect(verdict.failingShare).to.equal(1);
  });

  it("blames the line that stops the first packet, with a packet that shows it", () => {
    const drop = "-A FORWARD -d 10.2.0.0/24 -p tcp -m tcp --dport 443 --sport 1024:2047 -j DROP";
    const verdict = refuted(verdictOn(edgeRules(REPLIES, drop, ALLOW)));

    expect(verdict.decidedBy?.at.line).to.equal(6);
    expect(verdict.witness).to.deep.include({ kind: "packet", leg: "first" });
    expect(verdict.witness?.kind === "packet" && verdict.witness.packet.sourcePort).to.be.within(1024, 2047);
    expect(verdict.failingShare).to.be.closeTo(1024 / 64512, 0.0001);
  });

  it("stays undecided where an unmodelled condition decides, and names its line", () => {
    const verdict = verdictOn(edgeRules(REPLIES, "-A FORWARD -m recent --name blocked --rcheck -j DROP", ALLOW));

    expect(verdict.kind).to.equal("undecided");
    expect(verdict.kind === "undecided" && verdict.because.map(({ at }) => at.line)).to.deep.equal([6]);
  });

  it("names the rule that would do if one thing about it were different", () => {
    const missOf = (...rules: string[]) =>
      refuted(verdictOn(edgeRules(REPLIES, ...rules))).nearMisses.map(({ at, difference }) => [at.line, difference]);
    const unrelated = "-A FORWARD -d 10.9.0.0/16 -p tcp -m tcp --dport 22 -j ACCEPT";

    expect(missOf(unrelated)).to.deep.equal([]);
    expect(missOf(unrelated, ALLOW.replace("443", "444"))).to.deep.equal([[7, "it is for another destination port"]]);
    expect(missOf(ALLOW.replace("10.2.0.5", "10.2.0.6"))).to.deep.equal([[6, "it is for another destination"]]);
    expect(missOf(ALLOW.replaceAll("tcp", "udp"))).to.deep.equal([[6, "it is for another protocol"]]);
    expect(missOf("-A FORWARD -j DROP", ALLOW)).to.deep.equal([[7, "it is asked too late"]]);
  });

  it("names the line of a condition that may be what accepts", () => {
    const verdict = verdictOn(edgeRules(REPLIES, ALLOW.replace(" -j", " -m recent --name friends --rcheck -j")));

    expect(verdict.kind === "undecided" && verdict.because.map(({ at }) => at.line)).to.deep.equal([6]);
  });

  it("is not misled by a rule that names another interface", () => {
    const verdict = refuted(verdictOn(edgeRules(REPLIES, ALLOW.replace("tun0", "wan0"))));

    expect(verdict.reason).to.equal("blocked");
  });

  it("lets nothing that comes over a network in by the loopback interface of a host", () => {
    const guarded = `${SITES}  - { name: host, exports: [host.rules], protects: { components: [web] } }\n`;
    const host = edgeRules().replace(":FORWARD", "-A INPUT -i lo -j ACCEPT\n:FORWARD");
    const exports = { "edge.rules": edgeRules(REPLIES, ALLOW), "host.rules": host };

    const [verdict] = proveTexts(guarded, exports, WEB);

    expect(refuted(verdict as Verdict).decidedBy?.at).to.include({ file: "host.rules", line: 2 });
  });

  it("tells of the way the routes take, whatever else refuses the packets elsewhere", () => {
    const twoWays = `${SITES}    routes: [{ to: 10.2.0.0/16, via: tunnel }, { to: 0.0.0.0/0, via: internet }]
  - name: far-edge
    interfaces: [{ name: wan0, network: internet }, { name: lan0, network: servers }]
`;
    const catalogue = oneRequirement("services: [tcp/443]\npaths: [vpn, internet]");

    const verdict = refuted(verdictOn(edgeRules(REPLIES), twoWays, catalogue));

    expect(verdict.reason).to.equal("blocked");
    expect(verdict.path?.nodes).to.deep.equal(["office", "edge", "tunnel", "servers"]);
  });

  it("takes none of two devices for the exports of one, even if they have its name", () => {
    const groups = ["Allow", "Deny"].map((access) => ({ name: "edge", securityRules: [{ access }] }));

    expect(() => verdictOn(JSON.stringify(groups))).to.throw("hold several devices of that name");
  });

  it("refutes what no path of the required kind connects", () => {
    const catalogue = oneRequirement("services: [tcp/443]\npaths: [lan]");

    expect(refuted(verdictOn(edgeRules(REPLIES, ALLOW), SITES, catalogue)).reason).to.equal("no-path");
  });

  it("refutes a requirement whose role nobody plays", () => {
    const topology = SITES.replace("roles: [server]", "roles: []");

    expect(refuted(verdictOn(edgeRules(REPLIES, ALLOW), topology)).reason).to.equal("no-binding");
  });

  it("sends packets where the routes lead", () => {
    const routed = (via: string): string => `${SITES}    routes: [{ to: 10.2.0.0/16, via: ${via} }]\n`;

    expect(verdictOn(edgeRules(REPLIES, ALLOW), routed("tunnel")).kind).to.equal("proved");
    expect(refuted(verdictOn(edgeRules(REPLIES, ALLOW), routed("internet"))).reason).to.equal("misdelivered");
  });
});

const OVER_INTERNET = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: vnet, site: azure, prefixes: [10.2.0.0/16] }
  - { name: internet, kind: internet }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: web, roles: [server], network: vnet, addresses: [10.2.0.5] }
  - { name: other, roles: [], network: vnet, addresses: [10.2.0.6] }
devices:
  - name: edge
    exports: [edge.rules]
    interfaces: [{ name: lan0, network: office }, { name: wan0, network: internet }]
  - name: cloud
    interfaces: [{ name: outside, network: internet }, { name: inside, network: vnet }]
    mapped-endpoints: [{ component: web, port: tcp/443, public-port: 8443, public: 198.51.100.7 }]
`;
const INTERNET = oneRequirement("services: [tcp/443]\npaths: [internet]");
const SNAT =
  "*nat\n:PREROUTING ACCEPT\n:POSTROUTING ACCEPT\n-A POSTROUTING -o wan0 -j SNAT --to-source 203.0.113.2\nCOMMIT\n";
const OUT = "-A FORWARD -i lan0 -o wan0 -d 198.51.100.7/32 -p tcp -m tcp --dport 8443 -j ACCEPT";

describe("devices in places their exports do not speak of", () => {
  const nsg = JSON.stringify({ name: "edge", securityRules: [], defaultSecurityRules: [] });
  const run = (topology: string, rules: string) => () => proveTexts(topology, { "edge.rules": rules }, WEB);
  const hosts = SITES.replace(/ {4}interfaces:[\s\S]*$/, "    protects: { networks: [office] }\n");

  it("are refused, since everything would pass there", () => {
    expect(run(SITES, nsg)).to.throw("hold no rules for forwarding");
    expect(run(hosts.replace("between: [edge, servers]", "between: [office, servers]"), edgeRules(ALLOW))).to.throw(
      "its rules for itself protect no network",
    );
  });
});

describe("proveTopology over the internet", () => {
  it("addresses the mapped endpoint and follows it to the host behind", () => {
    expect(verdictOn(SNAT + edgeRules(REPLIES, OUT), OVER_INTERNET, INTERNET).kind).to.equal("proved");
  });

  it("refutes the private port where the endpoint has another one", () => {
    const rules = SNAT + edgeRules(REPLIES, OUT.replace("8443", "443"));

    expect(refuted(verdictOn(rules, OVER_INTERNET, INTERNET)).reason).to.equal("blocked");
  });

  it("refutes a source that nobody translates", () => {
    const verdict = refuted(verdictOn(edgeRules(REPLIES, OUT), OVER_INTERNET, INTERNET));

    expect(verdict.reason).to.equal("not-routable");
    expect(verdict.explanation).to.contain("source");
  });

  it("points at the place of the missing translation, with a packet that needs it", () => {
    const others = SNAT.replace("-o wan0", "-s 10.9.0.0/16 -o wan0");

    const verdict = refuted(verdictOn(others + edgeRules(REPLIES, OUT), OVER_INTERNET, INTERNET));

    expect(verdict.decidedBy?.at).to.include({ file: "edge.rules", line: 3 });
    expect(verdict.witness).to.deep.include({ kind: "packet", leg: "first" });
  });

  it("refutes a port without an endpoint", () => {
    const catalogue = oneRequirement("services: [tcp/5986]\npaths: [internet]");

    expect(refuted(verdictOn(SNAT + edgeRules(REPLIES, OUT), OVER_INTERNET, catalogue)).reason).to.equal(
      "not-routable",
    );
  });

  it("refutes the part of a service that no endpoint stands for", () => {
    const catalogue = oneRequirement("services: [tcp/443, tcp/5986]\npaths: [internet]");

    const verdict = refuted(verdictOn(SNAT + edgeRules(REPLIES, OUT), OVER_INTERNET, catalogue));

    expect(verdict.failing).to.have.length(1);
    expect(verdict.failing[0]).to.contain("5986");
  });

  it("expects an address that is not known yet in the family of the host behind it", () => {
    const topology = OVER_INTERNET.replace(", public: 198.51.100.7", "");
    const both = topology.replace("network: office, addresses: [10.1.0.5]", "network: internet, addresses: [public]");

    expect(verdictOn(edgeRules(), both, INTERNET).kind).to.equal("proved");
  });

  it("takes an address that is not known yet for any public one", () => {
    const topology = OVER_INTERNET.replace(", public: 198.51.100.7", "");
    const any = "-A FORWARD -i lan0 -o wan0 -p tcp -m tcp --dport 8443 -j ACCEPT";

    expect(verdictOn(SNAT + edgeRules(REPLIES, any), topology, INTERNET).kind).to.equal("proved");
    expect(verdictOn(SNAT + edgeRules(REPLIES, OUT), topology, INTERNET).kind).to.equal("undecided");
    expect(verdictOn(SNAT + edgeRules(REPLIES), topology, INTERNET).kind).to.equal("refuted");
  });

  it("asks for every name of a destination, also where the addresses of some are stated", () => {
    const service = "{ name: web, roles: [server], network: internet, addresses: [a.example, b.example] }";
    const topology = OVER_INTERNET.replace(/\{ name: web, .*\}/, service)
      .replace(/ {4}mapped-endpoints.*\n/, "")
      .replace(/$/, "names: { a.example: [198.51.100.7] }\n");
    const both = `${topology.trimEnd().slice(0, -1)}, b.example: [198.51.100.7] }\n`;
    const rules = SNAT + edgeRules(REPLIES, OUT.replace("8443", "443"));

    expect(verdictOn(rules, both, INTERNET).kind).to.equal("proved");
    expect(verdictOn(rules, topology, INTERNET).kind).to.equal("undecided");
  });

  it("refutes a forbidden flow that a translation lets in, and proves it shut otherwise", () => {
    const deny = oneRequirement("expect: deny\nservices: [tcp/443]\npaths: [internet]")
      .replace("from: client", "from: server")
      .replace("to: server", "to: client");
    const dnat = SNAT.replace(
      ":POSTROUTING",
      "-A PREROUTING -i wan0 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.1.0.5\n:POSTROUTING",
    );
    const open = "-A FORWARD -i wan0 -d 10.1.0.5/32 -j ACCEPT";
    const topology = `${OVER_INTERNET}    translations: [{ source-nat: 198.51.100.9, leaves-to: internet }]\n`;

    expect(verdictOn(dnat + edgeRules(open), topology, deny).kind).to.equal("refuted");
    expect(verdictOn(SNAT + edgeRules(open), topology, deny).kind).to.equal("proved");
    expect(verdictOn(dnat + edgeRules(), topology, deny).kind).to.equal("proved");
  });
});

describe("a host firewall whose rules ask for an interface", () => {
  const HOST = `
topology: t
networks:
  - { name: servers, prefixes: [10.2.0.0/16] }
components:
  - { name: pc, roles: [client], network: servers, addresses: [10.2.0.4] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - name: web-firewall
    exports: [edge.rules]
    protects: { components: [web] }
`;
  const LAN = oneRequirement("services: [tcp/443]\npaths: [lan]");
  const RULES = edgeRules("-A INPUT -i eth0 -p tcp -m tcp -j ACCEPT");

  it("leaves open what it does and asks for the interface, until the topology names it", () => {
    const verdict = verdictOn(RULES, HOST, LAN);

    expect(verdict.kind === "undecided" && verdict.because.map(({ condition }) => condition)).to.deep.equal([
      "interfaces of `web-firewall` on this path (state them under its `interfaces`)",
    ]);
  });

  it("leaves open what a firewall does of which only the nat table was printed", () => {
    const nat = "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n";

    expect(verdictOn(nat, HOST, LAN).kind).to.equal("undecided");
    expect(verdictOn(nat + RULES.replace("-i eth0 ", ""), HOST, LAN).kind).to.equal("proved");
  });

  it("decides by the interface that the topology names", () => {
    const named = (name: string) => `${HOST}    interfaces: [{ name: ${name}, network: servers }]\n`;

    expect(verdictOn(RULES, named("eth0"), LAN).kind).to.equal("proved");
    expect(verdictOn(RULES, named("eth1"), LAN).kind).to.equal("refuted");
  });
});

describe("a firewall policy that several hosts share", () => {
  const SHARED = `
topology: t
networks:
  - { name: servers, prefixes: [10.2.0.0/16] }
components:
  - { name: pc, roles: [client], network: servers, addresses: [10.2.0.4] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5], facts: { active-profile: public } }
  - { name: spare, roles: [], network: servers, addresses: [10.2.0.6], facts: { active-profile: public } }
devices:
  - name: policy
    exports: [edge.rules]
    protects: { components: [web, spare] }
`;
  const LAN = oneRequirement("services: [tcp/443]\npaths: [lan]");
  const RULE =
    "netsh advfirewall firewall add rule name=Web dir=in action=allow protocol=TCP localport=443 profile=public";

  it("uses what the topology states of every one of them, and nothing that holds for some", () => {
    const mixed = SHARED.replace(
      "10.2.0.6], facts: { active-profile: public }",
      "10.2.0.6], facts: { active-profile: domain }",
    );
    const silent = SHARED.replace("10.2.0.6], facts: { active-profile: public }", "10.2.0.6]");

    expect(verdictOn(RULE, SHARED, LAN).kind).to.equal("proved");
    expect(verdictOn(RULE, mixed, LAN).kind).to.equal("undecided");
    expect(verdictOn(RULE, silent, LAN).kind).to.equal("undecided");
  });
});

describe("the near misses of a host firewall", () => {
  const WINDOWS = `
topology: t
networks:
  - { name: servers, prefixes: [10.2.0.0/16] }
components:
  - { name: pc, roles: [client], network: servers, addresses: [10.2.0.4] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5], facts: { active-profile: domain } }
devices:
  - { name: web-firewall, exports: [edge.rules], protects: { components: [web] } }
`;
  const LAN = oneRequirement("services: [tcp/443]\npaths: [lan]");
  const rule = (action: string, more = "") =>
    `netsh advfirewall firewall add rule name=${action} dir=in action=${action} protocol=TCP localport=443${more}\n`;
  const differences = (...rules: readonly string[]) =>
    refuted(verdictOn(rules.join(""), WINDOWS, LAN)).nearMisses.map(({ difference }) => difference);

  it("look at the packets that fail, not at those that only may", () => {
    expect(differences(rule("allow", " remoteport=49152-65535 remoteip=localsubnet"))).to.deep.equal([
      "it is for another source port",
    ]);
  });

  it("know that order does not matter where rules that drop override", () => {
    expect(differences(rule("allow"), rule("block"))).to.deep.equal(["a rule that drops overrides it"]);
  });
});

describe("a refusal of the reply", () => {
  it("shows that the same device accepted the first packet before", () => {
    const { hops } = refuted(verdictOn(edgeRules(ALLOW, "-A FORWARD -i lan0 -m state --state ESTABLISHED -j ACCEPT")));

    expect(hops.map(({ device, leg, disposition }) => `${device} ${leg} ${disposition}`)).to.deep.equal([
      "edge first accept",
      "edge later accept",
      "edge reply drop",
    ]);
  });
});

describe("what a refutation of a forbidden flow shows", () => {
  const DENY = oneRequirement("expect: deny\nservices: [tcp/443]\npaths: [vpn]");

  it("names the filter rule that lets the packet through, not the translation behind it", () => {
    const nat = "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o tun0 -j SNAT --to-source 10.2.0.1\nCOMMIT\n";
    const verdict = refuted(verdictOn(nat + edgeRules(ALLOW), SITES, DENY));

    expect(verdict.decidedBy?.ace).to.equal("filter FORWARD rule 1");
    expect(verdict.failingShare).to.be.greaterThan(0);
  });

  it("names the rule of the witness's own family", () => {
    const both = SITES.replace("[10.1.0.0/16]", '[10.1.0.0/16, "2001:db8:1::/64"]')
      .replace("[10.2.0.0/16]", '[10.2.0.0/16, "2001:db8:2::/64"]')
      .replace("[10.1.0.5]", '[10.1.0.5, "2001:db8:1::5"]')
      .replace("[10.2.0.5]", '[10.2.0.5, "2001:db8:2::5"]')
      .replace("[edge.rules]", "[edge.rules, edge.rules6]");
    const six = edgeRules("-A FORWARD -j ACCEPT");
    const [verdict] = proveTexts(both, { "edge.rules": edgeRules(), "edge.rules6": `# ip6tables-save\n${six}` }, DENY);

    expect(refuted(verdict as Verdict).decidedBy?.at).to.include({ file: "edge.rules6", line: 6 });
  });
});
