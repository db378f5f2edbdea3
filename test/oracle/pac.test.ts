import { expect } from "chai";
import type { ScriptEngine } from "../../src/model/proxy-settings.js";
import type { SettingsList } from "../../src/model/settings-list.js";
import { generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { hasHost, parseHostSet } from "../../src/sets/host-set.js";
import { openScriptEngine } from "../../src/vendors/pac/script-engine.js";
import { SeededRandom } from "../seeded-random.js";
import { readShipped } from "../topologies/prove-shipped.js";
import { answerText } from "../vendors/pac/answer-text.js";
import { findChromium, type LiveChromium, startChromium } from "./live-chromium.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240620);
const QUESTIONS = Number(process.env["FLOWPROOF_FUZZ"] ?? 1) * 100;

const NAMES: Readonly<Record<string, string>> = {
  "www.example.test": "192.0.2.10",
  "example.test": "192.0.2.10",
  "intranet.corp.test": "10.1.1.5",
  "host172.example.test": "172.20.3.4",
  plain: "10.1.1.9",
};
const LITERALS = ["10.1.1.5", "203.0.113.10"];
const HOSTS = [
  ...Object.keys(NAMES),
  ...["nx.invalid", "notexample.test", "a.b.c.corp.test", "WWW.Example.TEST", ...LITERALS, "www"],
];
const DOMAINS = [".example.test", "example.test", "corp.test", "www.example.test", ".TEST", "test", "", "plain"];
const GLOBS = [
  "*",
  "*.example.test",
  "10.*",
  "*[0-9]*",
  "???.*",
  "www.example.test",
  "*.test",
  "http:*",
  "w?w*",
  "*.*.*",
];
const NETS = [
  ["10.0.0.0", "255.0.0.0"],
  ["172.16.0.0", "255.240.0.0"],
  ["10.1.0.5", "255.255.0.255"],
  ["0.0.0.0", "0.0.0.0"],
  ["192.0.2.10", "255.255.255.255"],
  ["10.1", "255.255.0.0"],
  ["300.1.1.1", "255.0.0.0"],
] as const;

/** A random condition in the words of a script. */
function condition(random: SeededRandom, depth = 2): string {
  const text = (values: readonly string[]): string => JSON.stringify(random.pick(values));
  if (depth > 0 && random.next() < 0.3) {
    const operator = random.pick(["&&", "||"]);
    return `(${condition(random, depth - 1)} ${operator} ${condition(random, depth - 1)})`;
  }
  if (depth > 0 && random.next() < 0.15) return `!${condition(random, depth - 1)}`;
  const [net, mask] = random.pick(NETS);
  return random.pick([
    `dnsDomainIs(host, ${text(DOMAINS)})`,
    `shExpMatch(host, ${text(GLOBS)})`,
    `shExpMatch(url, ${text(GLOBS)})`,
    `localHostOrDomainIs(host, ${text(DOMAINS)})`,
    `isInNet(host, "${net}", "${mask}")`,
    `isInNet(dnsResolve(host), "${net}", "${mask}")`,
    "isPlainHostName(host)",
    "isResolvable(host)",
    `(dnsDomainLevels(host) > ${random.below(4)})`,
    `(host == ${text(HOSTS)})`,
  ]);
}

describe(`pac against the live Chromium (seed ${SEED}, ${QUESTIONS} questions)`, () => {
  let browser: LiveChromium | undefined;
  let engine: ScriptEngine;
  let script = "";
  const random = new SeededRandom(SEED);
  before(async function () {
    if (findChromium() === undefined) {
      if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no Chromium is installed");
      console.log("      skipped: no Chromium is installed");
      this.skip();
    }
    engine = await openScriptEngine();
    const tests = Array.from({ length: QUESTIONS }, () => `function () { return ${condition(random)}; }`);
    browser = await startChromium(
      ([first, second]) => {
        const bodies = tests.map((test) => test.replace("()", "(url, host)")).join(",\n");
        script = `var tests = [${bodies}];
        function FindProxyForURL(url, host) {
          return tests[Number(url.split("?k=")[1])](url, host) ? "${first}" : "${second}";
        }`;
        return script;
      },
      { ...NAMES, ...Object.fromEntries(LITERALS.map((address) => [address, address])) },
    );
  });
  after(async () => browser?.stop());

  it("chooses the proxy the browser asks", async () => {
    const { proxies, ask } = browser as LiveChromium;
    const answered = { first: 0, second: 0, direct: 0 };
    for (let k = 0; k < QUESTIONS; k++) {
      const url = `http://${random.pick(HOSTS)}/a/b?k=${k}`;
      const addressesOf = (name: string) => ({ exactly: NAMES[name] === undefined ? [] : [NAMES[name]] });
      const own = answerText(engine.findProxy(script, { url, client: "10.20.30.40", addressesOf }));

      const live = await ask(url.toLowerCase());

      answered[live]++;
      const expected = live === "first" ? proxies[0] : live === "second" ? proxies[1] : "DIRECT";
      expect(own, `${url}: ${script.split("\n")[k]}`).to.equal(expected);
    }
    expect(answered.first).to.be.greaterThan(QUESTIONS / 10);
    expect(answered.second).to.be.greaterThan(QUESTIONS / 10);
  });
});

describe("generated scripts before the live Chromium", () => {
  let browser: LiveChromium | undefined;
  let list: SettingsList | undefined;
  before(async function () {
    if (findChromium() === undefined) {
      if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no Chromium is installed");
      console.log("      skipped: no Chromium is installed");
      this.skip();
    }
    const inputs = { ...(await readShipped("via-proxy")), scripts: await openScriptEngine() };
    const { analysis } = generateAllowLists(inputs, { target: "pac", device: "vmm1" });
    const text = analysis?.written[0]?.texts[0]?.text ?? "";
    [list] = analysis?.settings ?? [];
    browser = await startChromium(([first]) => text.replace(/PROXY [\d.:]+/, first), {});
  });
  after(async () => browser?.stop());

  it("send what is needed to the proxy, and nothing else", async () => {
    const { entries } = list as SettingsList;
    const needed = parseHostSet(entries.flatMap(({ hosts }) => hosts));
    const domains = entries.flatMap(({ hosts }) => hosts.map((host) => host.replace(/^\*?\./, "")));
    const around = domains.flatMap((name) => [
      name,
      `www.${name}`,
      `A.b.${name}`,
      `not${name}`,
      `${name}.test`,
      `x-${name}`,
    ]);
    const answered = { first: 0, direct: 0 };

    for (const host of [...around, "plain", "203.0.113.10", "net", "windows.net"]) {
      const live = await (browser as LiveChromium).ask(`http://${host.toLowerCase()}/`);

      expect(live, host).to.equal(hasHost(needed, host) ? "first" : "direct");
      answered[live as "first" | "direct"]++;
    }
    expect(answered.first).to.be.greaterThan(8);
    expect(answered.direct).to.be.greaterThan(8);
  });
});
