import { expect } from "chai";
import type { Verdict } from "../../src/model/verdict.js";
import { edgeRules, oneRequirement, proveTexts } from "./prove-texts.js";

const PROXIED = `
topology: t
networks:
  - { name: office, site: branch, prefixes: [10.1.0.0/16] }
  - { name: internet, kind: internet }
components:
  - { name: pc, roles: [client], network: office, addresses: [10.1.0.5], proxies: [squid], accounts: [svc] }
  - { name: gate, roles: [], network: office, addresses: [10.1.0.9] }
  - { name: cloud, roles: [server], network: internet, addresses: ["*.cloud.example"] }
devices:
  - name: edge
    interfaces: [{ name: lan0, network: office }, { name: wan0, network: internet }]
    translations: [{ source-nat: 203.0.113.2, leaves-to: internet }]
proxies:
  - { name: squid, component: gate, exports: [squid.conf], port: 3128 }
`;
const TUNNEL = oneRequirement("services: [tcp/443]\npaths: [proxy]");
const ALLOW = ["acl cloud dstdomain .cloud.example", "http_access allow cloud", "http_access deny all"];

function verdictOn(rules: readonly string[], topology = PROXIED): Verdict {
  const text = ["http_port 3128", ...rules, ""].join("\n");
  const [verdict] = proveTexts(topology, { "squid.conf": text }, TUNNEL);
  return verdict as Verdict;
}

function refuted(verdict: Verdict): Extract<Verdict, { kind: "refuted" }> {
  if (verdict.kind !== "refuted") throw new Error(`is ${verdict.kind}`);
  return verdict;
}

describe("proveTopology over a proxy", () => {
  it("proves client to proxy, the rules for every name under the wildcard, and proxy to target together", () => {
    const verdict = verdictOn(ALLOW);

    expect(verdict.kind).to.equal("proved");
    expect(verdict.kind === "proved" && verdict.paths[0]?.path.kind).to.equal("proxy");
    const hops = verdict.kind === "proved" ? (verdict.paths[0]?.hops ?? []) : [];
    expect(hops.find(({ device }) => device === "squid")?.decisions[0]?.at.line).to.equal(3);
  });

  it("refutes a list that names the domain alone, with a request below it as witness", () => {
    const verdict = refuted(verdictOn(["acl cloud dstdomain cloud.example", ...ALLOW.slice(1)]));

    expect(verdict.decidedBy?.at).to.include({ file: "squid.conf", line: 4 });
    expect(verdict.witness?.kind === "request" && verdict.witness.request.host).to.match(/\.cloud\.example$/);
  });

  it("refutes a proxy that asks for an account the source does not have", () => {
    const asking = [
      "auth_param basic program /usr/lib/squid/basic_ncsa_auth /etc/squid/users",
      "acl known proxy_auth REQUIRED",
      "http_access deny !known",
      ...ALLOW,
    ];

    expect(verdictOn(asking).kind).to.equal("proved");
    const verdict = refuted(verdictOn(asking, PROXIED.replace(", accounts: [svc]", "")));
    expect(verdict.explanation).to.contain("demands credentials");
  });

  it("refutes a port the proxy does not listen on", () => {
    const verdict = refuted(verdictOn(ALLOW, PROXIED.replace("port: 3128", "port: 8080")));

    expect(verdict.explanation).to.contain("does not listen on port 8080");
  });

  it("judges the client by the address the proxy sees, after translation", () => {
    const topology = PROXIED.replace("network: office, addresses: [10.1.0.9]", "network: dmz, addresses: [10.3.0.9]")
      .replace("  - { name: internet", "  - { name: dmz, site: branch, prefixes: [10.3.0.0/16] }\n  - { name: internet")
      .replace(
        "devices:",
        "devices:\n  - name: inner\n    interfaces: [{ name: a, network: office }, { name: b, network: dmz }]\n    translations: [{ source-nat: 10.3.0.1, leaves-to: dmz }]",
      )
      .replace("{ name: lan0, network: office }", "{ name: lan0, network: dmz }");
    const bySource = (address: string) => [`acl pc src ${address}`, "http_access allow pc", "http_access deny all"];

    expect(verdictOn(bySource("10.1.0.5"), topology).kind).to.equal("refuted");
    expect(verdictOn(bySource("10.3.0.1"), topology).kind).to.equal("proved");
  });

  it("refutes what no request to a proxy can stand for, instead of proving nothing", () => {
    const udp = TUNNEL.replace("tcp/443", "udp/443");
    const [verdict] = proveTexts(PROXIED, { "squid.conf": ["http_port 3128", ...ALLOW, ""].join("\n") }, udp);

    expect(refuted(verdict as Verdict).explanation).to.contain("does not carry udp");
  });

  it("refutes a listener on another address, and one that wants TLS", () => {
    const listening = (line: string) => {
      const [verdict] = proveTexts(PROXIED, { "squid.conf": [line, ...ALLOW, ""].join("\n") }, TUNNEL);
      return refuted(verdict as Verdict).explanation;
    };

    expect(listening("http_port 127.0.0.1:3128")).to.contain("of another address only");
    expect(listening("https_port 3128 tls-cert=/etc/squid/cert.pem")).to.contain("wants TLS");
  });

  it("proves a listener on the one address of the proxy that the source asks", () => {
    const topology = PROXIED.replace(
      "network: office, addresses: [10.1.0.9]",
      "networks: [office, internet], addresses: [10.1.0.9, 203.0.113.9]",
    );
    const listening = (line: string, catalogue = TUNNEL) => {
      const [verdict] = proveTexts(topology, { "squid.conf": [line, ...ALLOW, ""].join("\n") }, catalogue);
      return verdict?.kind;
    };

    expect(listening("http_port 10.1.0.9:3128")).to.equal("proved");
    expect(listening("http_port 203.0.113.9:3128")).to.equal("refuted");
    expect(listening("http_port 10.1.0.9:3128", TUNNEL.replace("services", "expect: deny\n    services"))).to.equal(
      "refuted",
    );
  });

  it("refutes a proxy that cannot reach the internet itself", () => {
    const verdict = refuted(verdictOn(ALLOW, PROXIED.replace(/ {4}translations.*\n/, "")));

    expect(verdict.reason).to.equal("not-routable");
  });

  it("refutes where the source is set to use no proxy at all", () => {
    expect(refuted(verdictOn(ALLOW, PROXIED.replace("proxies: [squid], ", ""))).reason).to.equal("no-path");
  });

  describe("with a forbidden flow", () => {
    const FORBIDDEN = oneRequirement("expect: deny\nservices: [any]\npaths: [lan, internet, proxy]");
    const CLOSED = PROXIED.replace(
      "interfaces: [{ name: lan0",
      "exports: [edge.rules]\n    interfaces: [{ name: lan0",
    ).replace("[squid]", "[]");
    const forbidden = (proxyRules: readonly string[], ...edge: readonly string[]): Verdict => {
      const exports = {
        "squid.conf": ["http_port 3128", ...proxyRules, ""].join("\n"),
        "edge.rules": edgeRules(...edge),
      };
      return proveTexts(CLOSED, exports, FORBIDDEN)[0] as Verdict;
    };
    const FROM_PROXY = "-A FORWARD -s 10.1.0.9/32 -p tcp -j ACCEPT";

    it("refutes what a proxy carries past a closed firewall, whether the source is set to use it or not", () => {
      const verdict = refuted(forbidden(ALLOW, FROM_PROXY));

      expect(verdict.path?.kind).to.equal("proxy");
      expect(verdict.decidedBy?.at).to.include({ file: "squid.conf", line: 3 });
    });

    it("proves it where the proxy refuses every name and address, or cannot get out itself", () => {
      expect(forbidden(["http_access deny all"], FROM_PROXY).kind).to.equal("proved");
      expect(forbidden(ALLOW).kind).to.equal("proved");
    });

    it("leaves open what an address asked for instead of the name may lead to", () => {
      const byName = ["acl cloud dstdomain -n .cloud.example", "http_access deny cloud", "http_access allow all"];

      expect(forbidden(byName, FROM_PROXY).kind).not.to.equal("proved");
    });

    it("leaves open whether the few addresses that are let through are those of an unknown name", () => {
      const verdict = forbidden(["http_access deny all"], "-A FORWARD -d 198.51.100.7/32 -p tcp -j ACCEPT");

      expect(verdict.kind).to.equal("undecided");
    });
  });
});
