import { expect } from "chai";
import type { Verdict } from "../../src/model/verdict.js";
import { edgeRules, oneRequirement, proveTexts } from "./prove-texts.js";

const WEB = oneRequirement("services: [tcp/443]\npaths: [lan, vpn, internet]");
const BACK = WEB.replace("from: client", "from: server").replace("to: server", "to: client");

function kindsOf(topology: string, catalogue = WEB): Verdict["kind"][] {
  return proveTexts(topology, {}, catalogue).map(({ kind }) => kind);
}

describe("proveTopology with addresses and routes", () => {
  const TWO_HOMES = `
topology: t
networks:
  - { name: inner, site: main, prefixes: [10.1.0.0/24] }
  - { name: internet, kind: internet }
components:
  - { name: far, roles: [client], network: internet, addresses: [198.51.100.7] }
  - { name: gate, roles: [server], networks: [inner, internet], addresses: [10.1.0.5, 203.0.113.5] }
`;

  it("uses on the internet only the public addresses of a host that is in a private network too", () => {
    expect(kindsOf(TWO_HOMES)).to.deep.equal(["proved"]);
    expect(kindsOf(TWO_HOMES, BACK)).to.deep.equal(["proved"]);
  });

  it("uses in a network without prefixes none of the addresses a host has elsewhere", () => {
    const topology = TWO_HOMES.replace(", prefixes: [10.1.0.0/24]", "")
      .replace("network: internet, addresses: [198.51.100.7]", "network: inner, addresses: [10.1.0.9]")
      .concat("devices:\n  - name: guard\n    protects: { components: [far] }\n");

    expect(kindsOf(topology, WEB.replace(", internet", ""))).to.deep.equal(["proved"]);
  });

  it("refuses a name that is stated to resolve to nothing, which nothing could ever reach", () => {
    const topology = TWO_HOMES.replace("[198.51.100.7]", "[far.example]").concat("names: { far.example: [] }\n");

    expect(() => kindsOf(topology)).to.throw("schema/wrong-length");
  });

  it("routes to the networks of a device's own interfaces without being told", () => {
    const topology = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: servers, site: main, prefixes: [10.2.0.0/16] }
links:
  - { name: tunnel, kind: vpn, between: [edge, servers] }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - name: edge
    interfaces: [{ name: lan0, network: office }, { name: tun0, link: tunnel }]
    routes: [{ to: 10.2.0.0/16, via: tunnel }]
`;

    expect(kindsOf(topology)).to.deep.equal(["proved"]);
    expect(kindsOf(topology, BACK)).to.deep.equal(["proved"]);
    expect(kindsOf(topology.replace("to: 10.2.0.0/16, via", "to: 10.9.0.0/16, via"))).to.deep.equal(["refuted"]);
    expect(kindsOf(topology.replace("to: 10.2.0.0/16, via", "to: 10.1.0.4/30, via"), BACK)).to.deep.equal(["refuted"]);
  });

  it("leaves open what becomes of replies that a device routes another way than the first packets came", () => {
    const topology = (back: string) => `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: servers, site: main, prefixes: [10.2.0.0/16] }
links:
  - { name: leased, kind: lan, between: [near, far] }
  - { name: tunnel, kind: vpn, between: [near, far] }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: web, roles: [server], network: servers, addresses: [10.2.0.5] }
devices:
  - name: near
    interfaces: [{ name: lan0, network: office }, { name: wan0, link: leased }, { name: tun0, link: tunnel }]
    routes: [{ to: 10.2.0.0/16, via: leased }]
  - name: far
    interfaces: [{ name: lan0, network: servers }, { name: wan0, link: leased }, { name: tun0, link: tunnel }]
    routes: [{ to: 10.1.0.0/16, via: ${back} }]
`;

    expect(kindsOf(topology("leased"))).to.deep.equal(["proved"]);
    expect(kindsOf(topology("tunnel"))).to.deep.equal(["undecided"]);
  });

  describe("of names, through a firewall that knows only addresses", () => {
    const NAMED = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: internet, kind: internet }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5] }
  - { name: cloud, roles: [server], network: internet, addresses: ["*.blob.example", login.example] }
devices:
  - name: edge
    exports: [edge.save]
    interfaces: [{ name: eth0, network: office }, { name: eth1, network: internet }]
`;
    const EDGE = `*nat
-A POSTROUTING -o eth1 -j MASQUERADE
COMMIT
${edgeRules("-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A FORWARD -d 203.0.113.0/24 -j ACCEPT")}`;
    const verdictWith = (names: string) => proveTexts(`${NAMED}${names}`, { "edge.save": EDGE }, WEB)[0] as Verdict;

    it("lists every name to resolve where the addresses decide, and only those that are not stated", () => {
      const conditions = (verdict: Verdict) =>
        verdict.kind === "undecided" && verdict.because.map(({ condition }) => condition);
      const state = (name: string) => `addresses of \`${name}\` (state them under \`names\`)`;

      expect(conditions(verdictWith(""))).to.deep.equal([state("*.blob.example"), state("login.example")]);
      expect(conditions(verdictWith("names: { login.example: [203.0.113.9] }"))).to.deep.equal([
        state("*.blob.example"),
      ]);
    });

    describe("with a file of service tags", () => {
      const tag = (name: string, ...addressPrefixes: string[]) => ({ name, properties: { addressPrefixes } });
      const values = [
        tag("Storage.WestEurope", "203.0.113.0/25", "2001:db8::/64"),
        tag("Other", "198.51.100.0/24"),
        tag("Broken", "198.51.100.0/24", "203.0.113.0/33"),
        tag("Empty"),
      ];
      const exports = { "edge.save": EDGE, "tags.json": JSON.stringify({ changeNumber: 1, values }) };
      const verdict = (names: string) =>
        proveTexts(`${NAMED.replace(", login.example", "")}service-tags: tags.json\n${names}`, exports, WEB)[0]?.kind;

      it("decides by the addresses of a tag, those of other families unreachable from the client", () => {
        expect(verdict('names: { "*.blob.example": ["tag:Storage.WestEurope"] }')).to.equal("proved");
        expect(verdict('names: { "*.blob.example": ["tag:Other", 203.0.113.9] }')).to.equal("refuted");
      });

      it("says which tag the file does not hold, and what was probably meant", () => {
        expect(() => verdict('names: { "*.blob.example": ["tag:Storage.WestEurop"] }')).to.throw(
          /no service tag `Storage.WestEurop`[\s\S]*did you mean `Storage.WestEurope`/,
        );
      });

      it("refuses a tag that would stand for fewer addresses than it has", () => {
        expect(() => verdict('names: { "*.blob.example": ["tag:Broken"] }')).to.throw("topology/unreadable-tag");
        expect(() => verdict('names: { "*.blob.example": ["tag:Empty"] }')).to.throw("topology/unreadable-tag");
      });

      it("needs the file where a tag is named", () => {
        const names = 'names: { "*.blob.example": ["tag:Other"] }';

        expect(() => proveTexts(`${NAMED}${names}`, exports, WEB)).to.throw("topology/no-service-tags");
      });
    });

    it("decides by the stated addresses", () => {
      const stated = (login: string) => `names: { "*.blob.example": [203.0.113.0/25], login.example: [${login}] }`;

      expect(verdictWith(stated("203.0.113.200")).kind).to.equal("proved");
      expect(verdictWith(stated("198.51.100.1")).kind).to.equal("refuted");
    });
  });

  describe("of endpoints that are known only after deployment", () => {
    const CLOUD = `
topology: t
networks:
  - { name: cloud, site: main, prefixes: [10.1.0.0/24, 203.0.113.0/28] }
  - { name: internet, kind: internet }
components:
  - { name: far, roles: [client], network: internet, addresses: [198.51.100.7] }
  - { name: one, roles: [server], network: cloud, addresses: [10.1.0.5] }
  - { name: two, roles: [server], network: cloud, addresses: [10.1.0.6] }
  - { name: three, roles: [server], network: cloud, addresses: [203.0.113.5] }
devices:
  - name: edge
    interfaces: [{ name: in, network: cloud }, { name: out, network: internet }]
    mapped-endpoints: [{ component: one, port: tcp/443 }, { component: two, port: tcp/443 }]
`;
    const DENIED = oneRequirement("expect: deny\nservices: [tcp/443]\npaths: [internet]");

    it("proves hosts with the same port each, and one that needs no endpoint beside them", () => {
      expect(kindsOf(CLOUD)).to.deep.equal(["proved", "proved", "proved"]);
    });

    it("proves one beside another whose address is known, whichever is written first", () => {
      const known = "{ component: two, port: tcp/443, public: 203.0.113.20 }";

      expect(kindsOf(CLOUD.replace("{ component: two, port: tcp/443 }", known))).to.deep.equal([
        "proved",
        "proved",
        "proved",
      ]);
    });

    it("refutes that nobody reaches any of them", () => {
      expect(kindsOf(CLOUD, DENIED)).to.deep.equal(["refuted", "refuted", "refuted"]);
    });
  });
});
