import { expect } from "chai";
import { mergeRequestEntries } from "../../../src/generate/plan-request-lists.js";
import { requestsOfList } from "../../../src/generate/requests-of-list.js";
import { type AddressRange, parseAddressRange } from "../../../src/model/address.js";
import type { ProxyPolicy } from "../../../src/model/proxy.js";
import type { RequestEntry } from "../../../src/model/request-list.js";
import { generateAllowLists } from "../../../src/pipeline/generate-allow-list.js";
import { writeRequestList } from "../../../src/pipeline/write-request-lists.js";
import { isSubsetOfRequests } from "../../../src/sets/request-set.js";
import { squid } from "../../../src/vendors/squid/index.js";
import { SeededRandom } from "../../seeded-random.js";
import { readShipped, withExport } from "../../topologies/prove-shipped.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261128);
const PROXY: ProxyPolicy = {
  ...{ name: "proxy", vendor: "squid", listeners: [], openListeners: [], aces: [], parents: [] },
  ...{ defaultAction: "drop", defaultAt: { file: "squid.conf", line: 1 }, challengesOnDrop: true, onward: "direct" },
};
const at = { file: "catalogue.yaml", line: 7 };

function entry(fields: Partial<RequestEntry> & { readonly from?: string }): RequestEntry {
  const { from = "a", ...rest } = fields;
  return {
    ...{ clients: ranges("10.0.0.5"), methods: ["CONNECT"], schemes: [], hosts: ["*.a.test"], users: [] },
    ports: [{ first: 443, last: 443 }],
    reasons: [{ requirement: "R", from, to: "b", purpose: "test", at }],
    ...rest,
  };
}

function ranges(...texts: string[]): AddressRange[] {
  return texts.map((text) => parseAddressRange(text) as AddressRange);
}

function write(entries: readonly RequestEntry[]) {
  const list = { proxy: "proxy", vendor: "squid", entries: mergeRequestEntries(entries) };
  const { value, diagnostics } = writeRequestList(list, PROXY, squid, at);
  return { text: value?.texts[0]?.text ?? "", messages: diagnostics.map(({ message }) => message) };
}

describe("a list of a proxy in the words of Squid", () => {
  it("joins entries that differ in one field, and drops what another one holds", () => {
    const merged = mergeRequestEntries([
      entry({ hosts: ["*.a.test"] }),
      entry({ hosts: ["a.test"], from: "b" }),
      entry({ clients: ranges("10.0.0.6"), hosts: [".a.test"] }),
      entry({ hosts: ["www.a.test"], users: ["svc"] }),
    ]);

    expect(merged).to.have.length(1);
    expect(merged[0]?.hosts).to.deep.equal([".a.test"]);
    expect(merged[0]?.clients).to.deep.equal(ranges("10.0.0.5-10.0.0.6"));
    expect(merged[0]?.reasons.map(({ from }) => from)).to.deep.equal(["a", "b"]);
  });

  it(`holds exactly the requests of its entries, however they are joined (seed ${SEED})`, () => {
    for (let i = 0; i < 60; i++) {
      const random = new SeededRandom(SEED + i);
      const entries = random.list(1, 8, () => randomEntry(random));
      const [before, after] = [entries, mergeRequestEntries(entries)].map((each) => requestsOfList({ entries: each }));

      expect(isSubsetOfRequests(before as never, after as never), "nothing lost").to.equal(true);
      expect(isSubsetOfRequests(after as never, before as never), "nothing added").to.equal(true);
      expect(write(entries).messages).to.deep.equal([]);
    }
  });

  it("asks for credentials after everything that needs none", () => {
    const { text } = write([entry({ users: ["svc"] }), entry({ hosts: ["open.test"] })]);

    const rules = text.split("\n").filter((line) => line.startsWith("http_access"));
    expect(rules[0]).to.not.include("accounts");
    expect(rules[1]).to.match(/accounts_1$/);
    expect(rules[2]).to.equal("http_access deny all");
  });

  it("says a wildcard without the domain itself, and each domain once", () => {
    const { text } = write([entry({ hosts: ["*.blob.test", ".store.test", "www.store.test"] })]);

    expect(text).to.include("acl flowproof_names_1 dstdomain -n .blob.test .store.test\n");
    expect(text).to.include("acl flowproof_apexes_1 dstdomain -n blob.test\n");
  });

  it("keeps lines short however long its lists are", () => {
    const hosts = Array.from({ length: 2000 }, (_, i) => `host-${i}.example.test`);

    const { text, messages } = write([entry({ hosts })]);

    expect(messages).to.deep.equal([]);
    expect(Math.max(...text.split("\n").map((line) => line.length))).to.be.lessThan(200);
  });

  it("refuses what Squid cannot say, by name", () => {
    expect(write([entry({ users: ["two words"] })]).messages[0]).to.include("an account is one word");
    expect(write([entry({ clients: ranges("0.0.0.0/0") })]).messages[0]).to.include("one address family");
    expect(write([entry({ hosts: ["bücher.test"] })]).messages[0]).to.include("xn--");
    expect(write([entry({ hosts: ["0.0.0.0/8"] })]).messages[0]).to.include("no destination");
  });

  it("lets everybody ask where the clients are everybody", () => {
    const { text, messages } = write([entry({ clients: ranges("0.0.0.0/0", "::/0") })]);

    expect(messages).to.deep.equal([]);
    expect(text).to.not.include(" src ");
  });
});

function randomEntry(random: SeededRandom): RequestEntry {
  const names = ["a.test", ".a.test", "*.a.test", "x.a.test", "*.x.a.test", "b.test", "*.b.test"];
  const clients = ["10.0.0.5", "10.0.0.6", "10.0.0.0/29", "10.0.0.7-10.0.0.40", "2001:db8::5"];
  return entry({
    hosts: random.chance(0.8) ? random.list(1, 3, () => random.pick(names)) : ["10.1.0.0/24"],
    clients: random.list(1, 2, () => ranges(random.pick(clients))[0] as AddressRange),
    ports: random.list(1, 2, () =>
      random.pick([
        { first: 443, last: 443 },
        { first: 440, last: 450 },
      ]),
    ),
    users: random.chance(0.5) ? [] : [random.pick(["Alice", "bob"])],
    ...(random.chance(0.3) && { methods: ["GET", "POST"], schemes: ["http"] }),
  });
}

describe("the list of a shipped proxy", () => {
  it("is written in the format of its exports, in place of their rules", async () => {
    const { analysis } = generateAllowLists(await readShipped("via-proxy"), { device: "perimeter-proxy" });

    const [written] = analysis?.written ?? [];
    expect(written?.target).to.equal("squid");
    expect(written?.texts[0]?.text).to.include("acl flowproof_accounts_1 proxy_auth -i DRAProxyAccount\n");
    expect(analysis?.requests.map(({ proxy }) => proxy)).to.deep.equal(["perimeter-proxy"]);
  });

  it("is all that `--target squid` writes", async () => {
    const { analysis } = generateAllowLists(await readShipped("via-proxy"), { target: "squid" });

    expect(analysis?.written.map(({ device }) => device)).to.deep.equal(["perimeter-proxy"]);
  });

  it("is not given where other lines of the exports may refuse what it accepts", async () => {
    const shipped = await readShipped("vmm-to-azure");
    const rewriting = withExport(shipped, "exports/squid.conf", (text) => `url_rewrite_program /bin/x\n${text}`);

    const { analysis } = generateAllowLists(rewriting, {});

    const messages = analysis?.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    expect(messages?.[0]).to.match(/^with the lists in place `ASR-\S+` from `\S+` to `\S+` is undecided$/);
  });
});
