import { expect } from "chai";
import { changesNothingElse, findRefused } from "../../../src/generate/find-refused.js";
import { policyOfRequests } from "../../../src/generate/policy-of-requests.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { ProxyPolicy } from "../../../src/model/proxy.js";
import { addressSetOf } from "../../../src/sets/address-set.js";
import { wordsOf } from "../../../src/sets/choice-set.js";
import { parseHostSet } from "../../../src/sets/host-set.js";
import { requestSetOf } from "../../../src/sets/request-set.js";
import { squid } from "../../../src/vendors/squid/index.js";
import { insertRequests } from "../../../src/vendors/squid/insert-requests.js";

const AUTH = "auth_param basic program /bin/x";
const reason = { requirement: "R", from: "pc", to: "web", purpose: "test", at: { file: "catalogue.yaml", line: 1 } };

function read(text: string): ProxyPolicy {
  const { value } = squid.convert([squid.parse(text, "squid.conf").value], { deviceName: "proxy" });
  return value.proxies[0] as ProxyPolicy;
}

/** The configuration with every request for the hosts let in that is refused there. */
function repair(
  text: string,
  hosts: readonly string[],
  user = "",
  account?: string,
): { text: string; isSound: boolean; lines: number[] } {
  const requests = requestSetOf({
    clients: addressSetOf([parseAddressRange("10.1.0.5") ?? []].flat()),
    hosts: parseHostSet(hosts),
    methods: wordsOf(["CONNECT"]),
    ports: [{ first: 443, last: 443 }],
    users: wordsOf([user]),
  });
  const policy = read(text);
  const refused = findRefused(policy, [
    { proxy: "proxy", requests, names: new Map(), reason, ...(account && { account }) },
  ]);
  let changed = text;
  for (const { list, decision } of [...refused].sort((a, b) => b.decision.at.line - a.decision.at.line)) {
    const before = decision.ace === undefined ? {} : { before: decision.at };
    changed = insertRequests(changed, { aces: policyOfRequests(list, policy).aces, ...before })?.text ?? changed;
  }
  const isSound = changesNothingElse(policy, read(changed), refused);
  return { text: changed, isSound, lines: refused.map(({ decision }) => decision.at.line).sort() };
}

describe("rules put into a Squid configuration", () => {
  it("stand directly before the line that refuses, and change nothing else", () => {
    const text = ["acl n dstdomain .a.test", "http_access allow n", "http_access deny all", ""].join("\n");

    const repaired = repair(text, ["*.a.test", "*.b.test"]);

    expect(repaired.isSound).to.equal(true);
    expect(repaired.lines).to.deep.equal([3]);
    expect(repaired.text.split("\n").indexOf("http_access deny all")).to.be.greaterThan(3);
    expect(repaired.text).to.include("acl needed_names_1 dstdomain -n .b.test\n");
    expect(repaired.text).to.not.include("needed_names_1 dstdomain -n .a.test");
  });

  it("go to the end where nothing but the end refuses", () => {
    const text = "acl n dstdomain .a.test\nhttp_access allow n\n";

    const repaired = repair(text, ["b.test"]);

    expect(repaired.isSound).to.equal(true);
    expect(repaired.text.startsWith(text)).to.equal(true);
    expect(repaired.text.trimEnd().split("\n").at(-1)).to.match(/^http_access allow needed_/);
  });

  it("keep the line ends of the file, and names of acls that the file has", () => {
    const text = "acl needed_names_1 dstdomain .a.test\r\nhttp_access allow needed_names_1\r\nhttp_access deny all\r\n";

    const repaired = repair(text, ["b.test"]);

    expect(repaired.isSound).to.equal(true);
    expect(repaired.text).to.include("acl needed2_names_1 dstdomain -n b.test\r\n");
    expect(repaired.text.replaceAll("\r\n", "")).to.not.include("\n");
  });

  it("ask for the account where letter case keeps it out", () => {
    const text = [AUTH, "acl u proxy_auth Robot", "http_access deny !u", "http_access allow all", ""].join("\n");

    const repaired = repair(text, ["b.test"], "Robot");

    expect(repaired.isSound).to.equal(true);
    expect(repaired.text).to.include("acl needed_accounts_1 proxy_auth -i Robot\n");
  });

  it("let a client without an account pass, unless the requirement says which has to answer", () => {
    const text = [AUTH, "acl u proxy_auth REQUIRED", "http_access deny !u", "http_access allow all", ""].join("\n");

    const repaired = repair(text, ["b.test"]);

    expect(repaired.isSound).to.equal(true);
    expect(repaired.text).to.include("\nhttp_access allow needed_clients_1");
    expect(repair(text, ["b.test"], "", "robot").text).to.equal(text);
  });

  it("are unsound where other lines may refuse their requests too", () => {
    const text = ["url_rewrite_program /bin/x", "http_access deny all", ""].join("\n");

    expect(repair(text, ["b.test"]).isSound).to.equal(false);
  });
});
