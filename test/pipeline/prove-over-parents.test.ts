import { expect } from "chai";
import type { Verdict } from "../../src/model/verdict.js";
import { oneRequirement, proveTexts } from "./prove-texts.js";

// Only the parent gets out: the other proxy's addresses are not translated.
const TOPOLOGY = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: dmz, site: branch, prefixes: [10.3.0.0/24] }
  - { name: internet, kind: internet }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5], proxies: [child], accounts: [svc] }
  - { name: gate, roles: [], network: office, addresses: [10.1.0.9] }
  - { name: head, roles: [], network: dmz, addresses: [10.3.0.9, head.corp.example] }
  - { name: cloud, roles: [server], network: internet, addresses: ["*.cloud.example"] }
devices:
  - name: inner
    interfaces: [{ name: a, network: office }, { name: b, network: dmz }]
  - name: edge
    interfaces: [{ name: lan0, network: dmz }, { name: wan0, network: internet }]
    translations: [{ source-nat: 203.0.113.2, leaves-to: internet, sources: [10.3.0.9] }]
proxies:
  - { name: child, component: gate, exports: [child.conf], port: 3128 }
  - { name: parent, component: head, exports: [parent.conf], port: 8080 }
`;
const REQUIRED = oneRequirement("services: [tcp/443]\npaths: [proxy]");
const CHILD = [
  "http_port 3128",
  "acl cloud dstdomain .cloud.example",
  "http_access allow cloud",
  "http_access deny all",
];
const PEER = "cache_peer head.corp.example parent 8080 0 no-query default";
// Which process reads the file is not known.
const IF_SECOND = "if $" + "{process_number} = 2";
const NEVER = "never_direct allow all";
const PARENT = ["http_port 8080", "acl gate src 10.1.0.9", "http_access allow gate", "http_access deny all"];

function verdictOn(child: readonly string[], parent: readonly string[] = PARENT, topology = TOPOLOGY): Verdict {
  const texts = { "child.conf": [...CHILD, ...child, ""].join("\n"), "parent.conf": [...parent, ""].join("\n") };
  return proveTexts(topology, texts, REQUIRED)[0] as Verdict;
}

function explained(verdict: Verdict): string {
  return verdict.kind === "proved" ? "proved" : `${verdict.kind}: ${verdict.explanation}`;
}

describe("proveTopology over a proxy that hands requests on", () => {
  it("proves both proxies' rules and every leg between client and target", () => {
    const verdict = verdictOn([PEER, NEVER]);

    expect(explained(verdict)).to.equal("proved");
    const nodes = verdict.kind === "proved" ? verdict.paths[0]?.path.nodes : [];
    expect(nodes).to.include.members(["child", "parent"]);
  });

  it("refutes by the parent's rules, which see the first proxy as their client", () => {
    const verdict = verdictOn(
      [PEER, NEVER],
      ["http_port 8080", "acl pc src 10.1.0.5", ...PARENT.slice(2)].map((line) =>
        line.replace("allow gate", "allow pc"),
      ),
    );

    expect(verdict.kind === "refuted" && verdict.decidedBy?.at.file).to.equal("parent.conf");
  });

  it("leaves open which way a request goes that may go directly too, unless both ways are proved", () => {
    expect(verdictOn([PEER]).kind).to.equal("undecided");
    expect(verdictOn([PEER], PARENT, TOPOLOGY.replace(", sources: [10.3.0.9]", "")).kind).to.equal("proved");
  });

  it("sends what is always direct to the target itself", () => {
    expect(verdictOn([PEER, NEVER, "always_direct allow cloud"]).kind).to.equal("refuted");
    expect(verdictOn([PEER, NEVER, "acl other dstdomain .other.example", "always_direct allow other"]).kind).to.equal(
      "proved",
    );
  });

  it("takes no match of a list for the opposite of its last line", () => {
    expect(verdictOn([PEER, "acl other dstdomain .other.example", "never_direct deny other"]).kind).to.equal("proved");
    expect(verdictOn([PEER, "acl other dstdomain .other.example", "never_direct allow other"]).kind).to.equal(
      "undecided",
    );
  });

  it("refutes a request that no parent may take and that never goes directly", () => {
    const verdict = verdictOn([PEER, NEVER, "cache_peer_access head.corp.example deny cloud"]);

    expect(explained(verdict)).to.include("no parent may take it");
    expect(explained(verdictOn([NEVER])), "without any parent").to.include("no parent may take it");
    const otherCase = verdictOn([PEER, NEVER, "cache_peer_access HEAD.corp.example deny cloud"]);
    expect(otherCase.kind, "Squid does not tell the cases of names apart").to.equal(verdict.kind);

    const elsewhere = [PEER.replace("default", "name=hq"), NEVER, "cache_peer_access hq allow cloud"];
    expect(verdictOn(elsewhere).kind).to.equal("proved");
  });

  it("proves no flow shut while a file that is not given may name a parent", () => {
    const forbidden = oneRequirement("services: [tcp/443]\nexpect: deny\npaths: [proxy]");
    const topology = TOPOLOGY.replace(/ {2}- \{ name: parent, .*\n/, "").replace(
      / {2}- name: edge\n[\s\S]*(?=proxies:)/,
      "",
    );
    const kindWith = (child: readonly string[]) =>
      proveTexts(topology, { "child.conf": [...CHILD, ...child, ""].join("\n") }, forbidden)[0]?.kind;

    expect(kindWith([])).to.equal("proved");
    expect(kindWith(["include /etc/squid/parents.conf"])).to.equal("undecided");
  });

  it("is not sure of a parent that stands under a condition", () => {
    expect(verdictOn([IF_SECOND, PEER, "endif", NEVER]).kind).to.equal("undecided");
  });

  it("is not sure of what no line matches where the last one stands under a condition", () => {
    const last = (directive: string) => [
      ...["acl other dstdomain .other.example", `${directive} allow other`, IF_SECOND],
      ...[`${directive} deny other`, "endif"],
    ];

    expect(verdictOn([PEER, ...last("never_direct")]).kind).to.equal("undecided");
    expect(verdictOn([PEER, NEVER], ["http_port 8080", ...last("http_access")]).kind).to.equal("undecided");
  });

  it("asks the parent as nobody, as the client, or with the account of the line", () => {
    const asking = [
      ...["http_port 8080", "auth_param basic program /bin/x", "acl known proxy_auth svc", "http_access allow known"],
      "http_access deny all",
    ];

    expect(explained(verdictOn([PEER, NEVER], asking))).to.include("demands credentials");
    expect(verdictOn([`${PEER} login=PASS`, NEVER], asking).kind).to.equal("proved");
    expect(verdictOn([`${PEER} login=svc:secret`, NEVER], asking).kind).to.equal("proved");
    expect(verdictOn([`${PEER} login=other:secret`, NEVER], asking).kind).to.equal("refuted");
  });

  it("is undecided where a parent is no proxy of the topology, and names it", () => {
    const verdict = verdictOn([PEER.replace("8080", "8081"), NEVER]);

    expect(verdict.kind === "undecided" && verdict.because[0]?.condition).to.equal(
      "rules of the parent proxy head.corp.example:8081",
    );
  });

  it("refutes proxies that hand a request round, and a parent that wants TLS", () => {
    const round = [...PARENT, "cache_peer 10.1.0.9 parent 3128 0 no-query", NEVER];

    expect(explained(verdictOn([PEER, NEVER], round))).to.include("hand the request round: child, parent, child");
    expect(explained(verdictOn([`${PEER} tls`, NEVER]))).to.include("wants plain HTTP");
  });
});
