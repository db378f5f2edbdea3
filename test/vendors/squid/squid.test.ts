import { expect } from "chai";
import { passProxy } from "../../../src/compile/compile-proxy.js";
import { certainDisposition, evaluateRequest } from "../../../src/compile/evaluate-request.js";
import { NO_KNOWLEDGE } from "../../../src/compile/name-knowledge.js";
import { parseAddress, parseAddressRange } from "../../../src/model/address.js";
import type { LineFate } from "../../../src/model/diagnostic.js";
import type { ProxyPolicy, ProxyRequest } from "../../../src/model/proxy.js";
import { addressSetOf } from "../../../src/sets/address-set.js";
import { wordsOf } from "../../../src/sets/choice-set.js";
import { parseHostSet } from "../../../src/sets/host-set.js";
import { portSetOf } from "../../../src/sets/port-set.js";
import { NO_USER, type RequestSet, requestSetOf } from "../../../src/sets/request-set.js";
import { squid } from "../../../src/vendors/squid/index.js";
import { fixture } from "../fixtures.js";

function convert(texts: Readonly<Record<string, string>>) {
  const files = Object.entries(texts).map(([file, text]) => squid.parse(text, file).value);
  const { value, diagnostics } = squid.convert(files, { deviceName: "proxy" });
  return { ...value, policy: value.proxies[0] as ProxyPolicy, diagnostics, codes: diagnostics.map(({ code }) => code) };
}

const policyOf = (text: string): ProxyPolicy => convert({ "squid.conf": text }).policy;

function tunnel(host: string, from = "10.20.8.11", user?: string): ProxyRequest {
  const request = { client: parseAddress(from)!, method: "CONNECT", scheme: "", host, port: 443, path: "" };
  return user === undefined ? request : { ...request, user };
}

function page(host: string, from = "10.0.0.1", path = "/"): ProxyRequest {
  return { client: parseAddress(from)!, method: "GET", scheme: "http", host, port: 80, path };
}

function ask(policy: ProxyPolicy, request: ProxyRequest): string {
  return certainDisposition(evaluateRequest(policy, request, NO_KNOWLEDGE)) ?? "undecided";
}

function tunnels(hosts: string, user: string): RequestSet {
  return requestSetOf({
    clients: addressSetOf([parseAddressRange("10.20.8.11")!]),
    methods: wordsOf(["CONNECT"]),
    hosts: parseHostSet([hosts]),
    ports: portSetOf([{ first: 443, last: 443 }]),
    users: wordsOf([user]),
  });
}

describe("squid", () => {
  it("names a directive it does not know, and quotes nothing that is no name", () => {
    const { diagnostics } = convert({ "squid.conf": "htp_access allow all\nPASSWORD=hunter2\nhttp_access deny all\n" });
    const messages = diagnostics.map(({ message }) => message).join("\n");

    expect(messages).to.contain("`htp_access` is no directive").and.contain("the first word is no directive");
    expect(messages).not.to.contain("hunter2");
  });

  describe("on a proxy for replication", () => {
    const { text } = fixture("squid", "replication.conf");
    const policy = policyOf(text);
    const lineOf = (start: string): number => text.split("\n").findIndex((line) => line.startsWith(start)) + 1;

    it("proves that every name of the service and its storage is let through for the account", () => {
      for (const hosts of ["*.blob.core.windows.net", "*.store.core.windows.net", ".backup.windowsazure.com"]) {
        const branches = passProxy(policy, tunnels(hosts, "DRAProxyAccount"), NO_KNOWLEDGE);

        expect(
          branches.map(({ disposition }) => disposition),
          hosts,
        ).to.deep.equal(["accept"]);
        expect(branches[0]?.doubts).to.deep.equal([]);
      }
    });

    it("challenges whoever has no account, at the line that asks for it", () => {
      const branches = passProxy(policy, tunnels("*.blob.core.windows.net", NO_USER), NO_KNOWLEDGE);

      expect(branches.map(({ disposition }) => disposition)).to.deep.equal(["challenge"]);
      expect(branches[0]?.decidedBy.at.line).to.equal(lineOf("http_access allow CONNECT replication storage"));
    });

    it("drops other names, other clients and other ports at the lines that say so", () => {
      expect(ask(policy, tunnel("blob.core.windows.net.evil.test", "10.20.8.11", "DRAProxyAccount"))).to.equal("drop");
      expect(ask(policy, tunnel("a.blob.core.windows.net", "10.20.8.13", "DRAProxyAccount"))).to.equal("drop");
      expect(ask(policy, tunnel("windowsupdate.com", "10.20.0.9"))).to.equal("accept");
      expect(ask(policy, tunnel("notwindowsupdate.com", "10.20.0.9"))).to.equal("drop");
      expect(ask(policy, { ...tunnel("a.blob.core.windows.net"), port: 8443 })).to.equal("drop");
    });

    it("listens where the file says, for plain HTTP, and connects by itself", () => {
      expect(policy.listeners).to.deep.include({
        port: 3128,
        transport: "http",
        address: parseAddressRange("10.20.0.5"),
        at: { file: "squid.conf", line: lineOf("http_port") },
      });
      expect(policy.onward).to.equal("direct");
    });

    it("gives every line its fate, comments and continued lines included", () => {
      const { coverage } = convert({ "squid.conf": text });
      const fateOf = (line: number): LineFate | undefined => coverage[0]?.lines.find((one) => one.line === line)?.fate;

      expect(fateOf(1)).to.equal("harmless");
      expect(fateOf(lineOf("acl storage"))).to.equal("modelled");
      expect(fateOf(lineOf("acl storage") + 1)).to.equal("modelled");
      expect(fateOf(lineOf("cache_mem"))).to.equal("harmless");
      expect(coverage[0]?.lines.filter(({ fate }) => fate === "approximated" || fate === "rejected")).to.deep.equal([]);
    });
  });

  describe("on a branch office behind another proxy", () => {
    const { text } = fixture("squid", "branch-office.conf");
    const policy = policyOf(text);

    it("hands requests to its parent and offers clients only the port that is meant for them", () => {
      expect(policy.onward !== "direct" && policy.onward.never.aces.map(({ action }) => action)).to.deep.equal([
        "accept",
      ]);
      expect(policy.parents.map(({ host, port }) => `${host}:${port}`)).to.deep.equal(["proxy.head.example:8080"]);
      expect(policy.listeners.map(({ port }) => port)).to.deep.equal([3128]);
    });

    it("leaves open what the time and unresolved names decide, and says so", () => {
      const guest = page("www.example.com", "192.168.45.7");
      const branches = passProxy(
        policy,
        requestSetOf({ clients: addressSetOf([parseAddressRange("192.168.45.7")!]) }),
        NO_KNOWLEDGE,
      );

      expect(ask(policy, guest)).to.equal("undecided");
      expect(ask(policy, page("a.corp.example", "192.168.45.7"))).to.equal("drop");
      expect(ask(policy, page("10.1.2.3", "192.168.45.7"))).to.equal("drop");
      expect(branches.flatMap(({ doubts }) => doubts.map(({ condition }) => condition))).to.include(
        "`time` of the acl `working-hours`",
      );
    });

    it("decides by the opposite of the last line where none matches", () => {
      expect(policy.defaultAction).to.equal("drop");
      expect(ask(policy, page("www.example.com", "203.0.113.5"))).to.equal("drop");
      expect(ask(policy, page("www.example.com", "192.168.41.5"))).to.equal("accept");
    });
  });

  describe("where other files decide", () => {
    const { text } = fixture("squid", "conditional.conf");
    const full = {
      "squid.conf": text,
      "blocked.txt": "# ours\n.evil.test\n",
      "local.conf": "acl local src 10.9.0.0/16\nhttp_access allow local\n",
    };

    it("doubts everything an include may decide, while it is not given", () => {
      const { policy, codes } = convert({ "squid.conf": text });

      expect(codes).to.include("squid/missing-include");
      expect(ask(policy, page("www.example.com", "172.16.1.1"))).to.equal("undecided");
    });

    it("knows that a port may be opened under a condition, or by a file that is not given", () => {
      const { policy } = convert({ "squid.conf": text });

      expect(policy.listeners).to.deep.equal([]);
      expect(policy.openListeners.map(({ condition }) => condition)).to.deep.equal([
        "the content of `/etc/squid/conf.d/*.conf`, which is not given",
        `the condition \`if \${process_number} = 1\``,
      ]);
    });

    it("reads includes in their place and lists into their acl, once they are given", () => {
      const { policy, coverage, codes } = convert(full);

      expect(codes).to.deep.equal([]);
      expect(ask(policy, page("www.example.com", "10.9.1.1"))).to.equal("accept");
      expect(policy.aces[0]?.at.file).to.equal("local.conf");
      expect(ask(policy, page("a.evil.test", "172.16.1.1"))).to.equal("drop");
      expect(coverage.map(({ file, lines }) => `${file} ${lines.length}`)).to.include.members([
        "blocked.txt 2",
        "local.conf 2",
      ]);
    });

    it("leaves out what a constant condition leaves out", () => {
      const { coverage } = convert(full);
      const never = text.split("\n").findIndex((line) => line.startsWith("acl never-read")) + 1;

      expect(coverage[0]?.lines.find(({ line }) => line === never)?.note).to.equal("in a part that `if` leaves out");
    });
  });

  it("ignores an address value that overlaps an earlier one, and says so", () => {
    const { policy, codes } = convert({ "squid.conf": "acl a src 10.0.0.5 10.0.0.0/8\nhttp_access allow a\n" });

    expect(codes).to.deep.equal(["squid/overlapping-value"]);
    expect(ask(policy, page("x.test", "10.0.0.5"))).to.equal("accept");
    expect(ask(policy, page("x.test", "10.0.0.9"))).to.equal("drop");
  });

  it("refuses the domains in one acl that Squid refuses, and no others", () => {
    const isRefused = (values: string): boolean =>
      convert({ "squid.conf": `acl a dstdomain ${values}\nhttp_access allow a\n` }).codes.includes(
        "squid/refused-line",
      );

    for (const values of ["www.a.test .a.test", ".a.test a.test", "a.test .a.test", ".x.a.test .a.test"]) {
      expect(isRefused(values), values).to.equal(true);
    }
    for (const values of [".a.test www.a.test", ".a.test .x.a.test", "a.test a.test", ".test *.a.test .test"]) {
      expect(isRefused(values), values).to.equal(false);
    }
  });

  it("reads a mask of length zero as Squid 5.7 does: as no mask", () => {
    const { policy, codes } = convert({ "squid.conf": "acl a src 10.0.0.7/0 ::/0\nhttp_access allow a\n" });

    expect(codes).to.deep.equal(["squid/zero-mask", "squid/zero-mask"]);
    expect(ask(policy, page("x.test", "10.0.0.7"))).to.equal("accept");
    expect(ask(policy, page("x.test", "10.0.0.8"))).to.equal("drop");
    expect(ask(policy, page("x.test", "2001:db8::1"))).to.equal("drop");
  });

  it("never takes a line that Squid refuses as a proof of access", () => {
    for (const bad of ["acl b port http", "acl a port 80", "http_access allow nosuch", "nosuchdirective on"]) {
      const policy = policyOf(`acl a src 10.0.0.0/8\n${bad}\nhttp_access allow a\nhttp_access deny all\n`);

      expect(ask(policy, page("x.test")), bad).to.equal("undecided");
      expect(ask(policy, page("x.test", "192.0.2.1")), bad).to.not.equal("accept");
    }
  });

  it("bounds what rewriters, opened tunnels and stated clients may change", () => {
    const rules = "acl a src 10.0.0.0/8\nhttp_access allow a\nhttp_access deny all\n";

    expect(ask(policyOf(`url_rewrite_program /bin/x\n${rules}`), page("x.test"))).to.equal("undecided");
    expect(ask(policyOf(`ssl_bump bump all\n${rules}`), tunnel("x.test", "10.0.0.1"))).to.equal("undecided");
    expect(ask(policyOf(`ssl_bump bump all\n${rules}`), page("x.test"))).to.equal("accept");
    expect(ask(policyOf(`follow_x_forwarded_for allow all\n${rules}`), page("x.test"))).to.equal("undecided");
    expect(ask(policyOf(`http_reply_access allow all\n${rules}`), page("x.test"))).to.equal("accept");
    for (const directive of ["http_reply_access", "adapted_http_access", "miss_access"]) {
      const withLines = (...lines: readonly string[]) =>
        ask(policyOf(rules + lines.map((line) => `${directive} ${line}\n`).join("")), page("x.test"));

      expect(withLines("allow a", "allow all"), directive).to.equal("accept");
      expect(withLines("allow a"), directive).to.equal("undecided");
      expect(withLines("allow all", "deny a"), directive).to.equal("undecided");
    }
    expect(ask(policyOf(`append_domain .corp.test\n${rules}`), page("intranet"))).to.equal("undecided");
  });

  it("lowers the names of users before it compares them, unless the file says otherwise", () => {
    const rules = "acl a proxy_auth Alice\nhttp_access allow a\n";
    const basic = "auth_param basic program /x\n";

    expect(ask(policyOf(`${basic}${rules}`), tunnel("x.test", "10.0.0.1", "Alice"))).to.equal("challenge");
    expect(
      ask(policyOf(`${basic}auth_param basic casesensitive on\n${rules}`), tunnel("x.test", "10.0.0.1", "Alice")),
    ).to.equal("accept");
  });

  it("takes bounded time for groups that multiply, chains and long lists", () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `acl g${i + 1} any-of g${i} g${i}`).join("\n");
    const chain = Array.from({ length: 20_000 }, (_, i) => `acl c${i + 1} all-of c${i}`).join("\n");
    const list = Array.from({ length: 20_000 }, (_, i) => `acl l dstdomain .host${i}.test`).join("\n");
    const started = process.cpuUsage();

    const policy = policyOf(
      `acl g0 src all\nacl c0 src all\n${doubling}\n${chain}\n${list}\nhttp_access deny g60 c20000 !l\nhttp_access allow l\n`,
    );

    expect(ask(policy, page("a.host19999.test"))).to.equal("accept");
    expect(process.cpuUsage(started).user / 1000).to.be.below(5000);
  });

  it("is sure of a file with access rules, and only suspects a list of values", () => {
    expect(squid.detect("http_access deny all\n", "x")).to.equal("certain");
    expect(squid.detect(".example.com\n10.0.0.0/8\n", "blocked.txt")).to.equal("possible");
    expect(squid.detect('{"a": 1}\n', "x.json")).to.equal("no");
    expect(squid.detect("*filter\n:INPUT ACCEPT [0:0]\n", "x")).to.equal("no");
  });
});
