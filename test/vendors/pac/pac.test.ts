import { expect } from "chai";
import { PUBLIC_RANGES } from "../../../src/model/address.js";
import type { KnownAddressTexts, ScriptEngine } from "../../../src/model/proxy-settings.js";
import { type EveryHost, fitsEvery } from "../../../src/vendors/pac/every-host.js";
import { followHost, readsUrl } from "../../../src/vendors/pac/follow-host.js";
import { pac } from "../../../src/vendors/pac/index.js";
import { parseRoutes } from "../../../src/vendors/pac/routes.js";
import { openScriptEngine } from "../../../src/vendors/pac/script-engine.js";
import { fixture } from "../fixtures.js";
import { answerText } from "./answer-text.js";

const NONE = (): KnownAddressTexts => ({ exactly: [] });

function script(body: string): string {
  return `function FindProxyForURL(url, host) { ${body} }`;
}

describe("pac", () => {
  let engine: ScriptEngine;
  before(async () => {
    engine = await openScriptEngine();
  });
  const ask = (source: string, url: string, addressesOf = NONE) =>
    answerText(engine.findProxy(source, { url, client: "10.1.0.5", addressesOf }));

  it("reads a whole script, comments apart", () => {
    const { text } = fixture("pac", "office.pac");
    const { value } = pac.convert([pac.parse(text, "office.pac").value], { deviceName: "d" });

    expect(value.settings?.[0]?.kind).to.equal("script");
    expect(value.coverage[0]?.lines[0]).to.include({ line: 1, fate: "harmless" });
    expect(ask(text, "https://www.backup.example/")).to.equal("PROXY 10.1.0.9:3128");
    expect(ask(text, "https://*.backup.example/", () => ({ within: PUBLIC_RANGES }))).to.equal("PROXY 10.1.0.9:3128");
    expect(ask(text, "http://wiki.corp.example/")).to.equal("DIRECT");
  });

  it("ends scripts that run on, eat memory or never stop calling themselves", () => {
    expect(ask(script("for (;;) {}"), "http://a.example/")).to.equal("? the script does not come to an end");
    expect(ask(script("var s = 'x'; for (;;) s += s;"), "http://a.example/")).to.match(/^\?/);
    expect(ask(script("return FindProxyForURL(url, host);"), "http://a.example/")).to.match(/^\?/);
    expect(ask(script("try { for (;;) {} } catch (e) {} return 'PROXY x:1';"), "http://a.example/")).to.match(/^\?/);
  });

  it("ends what the language itself would walk through, and says so", function () {
    this.timeout(120_000);
    const bodies = [
      "return new Array(1e9).join('x');",
      "return new Array(1e9).sort().length ? 'DIRECT' : '';",
      "return Array.prototype.indexOf.call({ length: 1e15 }, 1) ? 'DIRECT' : '';",
      "var n = 0; return [].indexOf.call({ get length() { return n++ ? 1e15 : 1; } }, 1) ? 'DIRECT' : '';",
      "return new Set(new Array(4e9)).size ? 'DIRECT' : '';",
      "var a = new Uint8Array(3e6); for (;;) a.indexOf(1);",
      "var s = 'a'.repeat(5e6); for (;;) s.indexOf('a'.repeat(2e6) + 'b');",
      "var a = []; for (;;) { try { a.push('x'.repeat(1e6)); } catch (e) { a = []; } }",
      "return /^(a+)+$/.test('a'.repeat(40) + 'b') ? 'DIRECT' : '';",
      "return 2n ** (2n ** 28n) > 1n ? 'DIRECT' : '';",
    ];
    for (const body of bodies) expect(ask(script(body), "http://a.example/"), body).to.match(/^\?/);
  });

  it("ends scripts that nest deeper than its own stack, and answers for others after them", async () => {
    const deep = await openScriptEngine();
    const answer = (source: string) =>
      answerText(deep.findProxy(source, { url: "http://a.example/", client: "10.1.0.5", addressesOf: NONE }));
    const chain = Array.from({ length: 5000 }, (_, i) => `if (host == 'h${i}') return 'DIRECT';`).join(" else ");

    expect(answer(`var x = ${"[".repeat(100_000)}${"]".repeat(100_000)}; ${script("return 'PROXY a:1';")}`)).to.match(
      /^\?/,
    );
    expect(answer(script(`${chain} return 'PROXY a:1';`))).to.match(/^\?/);
    expect(answer(script("return 'PROXY a:1';"))).to.equal("PROXY a:1");
    expect(answer(script("return eval('('.repeat(1e6)) ? 'DIRECT' : '';"))).to.match(/^\?/);
    expect(answer(script("return 'PROXY a:1';"))).to.match(/^(PROXY a:1|\? an earlier script)/);
  });

  it("leaves what scripts usually do with lists and texts as it is", () => {
    const source = script(
      "var list = ['b.example', 'a.example'].sort(); var parts = host.split('.').reverse().map(function (x) { return x; });" +
        "for (var one of list) if (one === host) return 'PROXY ' + parts.join('-') + ':' + list.indexOf(host);" +
        "return 'DIRECT';",
    );

    expect(ask(source, "http://b.example/")).to.equal("PROXY example-b:1");
  });

  it("gives a script nothing of its host", () => {
    const source = script("return 'PROXY ' + [typeof process, typeof require, typeof fetch].join('-') + ':1';");

    expect(ask(source, "http://a.example/")).to.equal("PROXY undefined-undefined-undefined:1");
  });

  it("keeps what a script catches: an answer that rests on the unknown stays open", () => {
    const source = script("try { dnsResolve('x.example'); } catch (e) {} return 'DIRECT';");
    const within = (): KnownAddressTexts => ({ within: [] });

    expect(ask(source, "http://a.example/", within)).to.match(/^\? the addresses of x\.example/);
    expect(ask(script("return 'PROXY p:' + new Date().getHours();"), "http://a.example/")).to.equal("? the clock");
  });

  it("finds every outcome of what is not known", () => {
    const source = script(
      "if (timeRange(8, 17)) return 'PROXY day:1'; return weekdayRange('SAT', 'SUN') ? 'DIRECT' : 'PROXY night:1';",
    );

    expect(ask(source, "http://a.example/").split(" | ").sort()).to.deep.equal([
      "DIRECT",
      "PROXY day:1",
      "PROXY night:1",
    ]);
  });

  it("asks for every name below a suffix at once", () => {
    const source = script(
      "if (shExpMatch(host, '*.b.example') || host == 'x.c.example') return 'PROXY p:1'; return 'DIRECT';",
    );

    expect(ask(source, "https://*.b.example/")).to.equal("PROXY p:1");
    expect(ask(source, "https://*.a.example/")).to.equal("DIRECT");
    expect(ask(source, "https://*.c.example/").split(" | ").sort()).to.deep.equal(["DIRECT", "PROXY p:1"]);
  });

  it("follows no script that does more with the name than ask about it", () => {
    const bodies = [
      "return host.length > 3 ? 'DIRECT' : '';",
      "var h = host; return h === 'a' ? 'DIRECT' : '';",
      "return arguments[1] === 'a' ? 'DIRECT' : '';",
      "return eval('ho' + 'st') === 'a' ? 'DIRECT' : '';",
      "return url.indexOf('a') > 0 ? 'DIRECT' : '';",
      "function isPlainHostName(x) { return x === 'a'; } return isPlainHostName(host) ? 'DIRECT' : '';",
      "return 1 + host == '1a' ? 'DIRECT' : '';",
      "return `a` === 'a' ? 'DIRECT' : '';",
      "return [host].includes('a') ? 'DIRECT' : '';",
    ];
    for (const body of bodies) expect(followHost(script(body)), body).to.equal(undefined);
    const shadowed = `function other(host) { return host.length; } ${script("return dnsDomainIs(host, 'a') ? 'DIRECT' : '';")}`;
    expect(followHost(shadowed)).to.equal(undefined);
  });

  it("follows helpers, comparisons and what changes nothing", () => {
    const body =
      "host = host.toLowerCase(); /* host */ if (isInNet(dnsResolve(host), '10.0.0.0', '255.0.0.0') || host != \"a\") return /ho[/]st/.source;";

    expect(followHost(script(body))).to.contain("! __is(host,".replace(" ", ""));
  });

  it("knows whether a script looks at the URL", () => {
    expect(readsUrl(script("return dnsDomainIs(host, 'a') ? 'DIRECT' : '';"))).to.equal(false);
    expect(readsUrl(script("return shExpMatch(url, 'a') ? 'DIRECT' : '';"))).to.equal(true);
    expect(readsUrl("var FindProxyForURL = function (u, h) { return u; }")).to.equal(true);
  });

  it("decides globs for all names of a suffix", () => {
    const below = (pattern: string) => fitsEvery({ kind: "names", suffix: ".b.example", except: [] }, pattern);

    expect(below("*.b.example")).to.equal(true);
    expect(below("*.example")).to.equal(true);
    expect(below("*b.example")).to.equal(true);
    expect(below("b.example")).to.equal(false);
    expect(below("x.b.example")).to.equal(undefined);
    expect(below("*.x.b.example")).to.equal(undefined);
    expect(below("*.c.example")).to.equal(false);
    expect(below("x*.b.example")).to.equal(undefined);
  });

  it("decides globs for names with labels left out, for every name and for every address", () => {
    const holed: EveryHost = { kind: "names", suffix: ".b.example", except: ["x"] };
    const names: EveryHost = { kind: "names", suffix: "", except: ["example"] };
    const addresses: EveryHost = { kind: "addresses", except: ["10.0.0.1"] };

    expect(["x.b.example", "*.x.b.example", "a.x.b.example"].map((each) => fitsEvery(holed, each))).to.deep.equal([
      ...[false, false, false],
    ]);
    expect(["*x.b.example", "y.b.example", "*.ax.b.example"].map((each) => fitsEvery(holed, each))).to.deep.equal([
      ...[undefined, undefined, undefined],
    ]);
    expect(["*.example", "a.example", "*.test", "plain"].map((each) => fitsEvery(names, each))).to.deep.equal([
      ...[false, false, undefined, undefined],
    ]);
    expect(
      ["*.test", "a.test", "10.0.0.1", "10.0.0.2", "*.1", "*face"].map((each) => fitsEvery(addresses, each)),
    ).to.deep.equal([...[false, false, false, undefined, undefined, undefined]]);
  });

  it("asks for every name and every address at once, as wide as they are", () => {
    const source = script(
      "if (isPlainHostName(host) || dnsDomainIs(host, '.corp.example')) return 'PROXY p:1'; return 'DIRECT';",
    );

    expect(ask(source, "https://[*]/")).to.equal("DIRECT");
    expect(ask(source, "https://*/").split(" | ").sort()).to.deep.equal(["DIRECT", "PROXY p:1"]);
  });

  it("reads routes as browsers do", () => {
    expect(parseRoutes("")).to.deep.equal([{ kind: "direct" }]);
    expect(parseRoutes("PROXY [2001:DB8:0::1]:8080 ; nonsense; socks s")).to.deep.equal([
      { kind: "proxy", transport: "http", host: "2001:db8::1", port: 8080 },
      { kind: "proxy", transport: "socks4", host: "s", port: 1080 },
    ]);
  });
});
