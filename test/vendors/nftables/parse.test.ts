import { expect } from "chai";
import { nftables } from "../../../src/vendors/nftables/index.js";
import { tokenize } from "../../../src/vendors/nftables/tokenize.js";
import { fixtures } from "../fixtures.js";
import { convertTexts, fixture } from "./fixtures.js";

function fates(text: string): Map<number, string> {
  const { coverage } = convertTexts({ text });
  return new Map(coverage[0]!.lines.map(({ line, fate }) => [line, fate]));
}

describe("nftables: reading", () => {
  it("tells addresses from keys of maps, and ranges from names", () => {
    const texts = (text: string) => tokenize(text).map((token) => token.text);

    expect(texts("80:drop")).to.deep.equal(["80", ":", "drop", ""]);
    expect(texts("fe80::1: accept")).to.deep.equal(["fe80::1", ":", "accept", ""]);
    expect(texts("02:00:00:00:00:09")).to.deep.equal(["02:00:00:00:00:09", ""]);
    expect(texts("10.0.0.1-10.0.0.9 br-lan")).to.deep.equal(["10.0.0.1", "-", "10.0.0.9", "br-lan", ""]);
  });

  it("costs no more than the line for a rule it cannot read, and says so", () => {
    const text =
      "table ip t {\nchain c {\ntype filter hook input priority 0;\ntcp dport 22 acept\ntcp dport 80 accept\n}\n}\n";

    expect([...fates(text)].filter(([, fate]) => fate === "approximated")).to.deep.equal([[4, "approximated"]]);
    expect(convertTexts({ text }).diagnostics.map(({ at }) => at.line)).to.deep.equal([4]);
  });

  it("reads on where a generator ends, so that what its rule does stays known", () => {
    const rules = [
      "numgen inc mod 2 0 drop",
      "jhash ip saddr . tcp dport mod 4 seed 0x1 offset 2 3 jump d",
      "symhash mod 2 1",
    ];
    const statements = [...rules, "ipsec in reqid 1 accept", "numgen inc drop"].join("\n");
    const text = `table ip t {\nchain d {\n}\nchain c {\n${statements}\n}\n}\n`;
    const [, acl] = convertTexts({ text }).devices[0]!.acls;

    expect(acl?.aces.map(({ matches, action }) => [matches.unmodeled.join(), action.kind])).to.deep.equal([
      ["numgen inc mod 2 0", "drop"],
      ["jhash ip saddr . tcp dport mod 4 seed 0x1 offset 2 3", "jump"],
      ["symhash mod 2 1", "pass"],
      ["ipsec in reqid 1", "accept"],
      ["", "unknown"],
    ]);
  });

  it("takes routes and routing rules of the machine along, which change nothing", () => {
    const rules = "table ip t {\nchain c {\ntype filter hook forward priority 0;\n}\n}\n";
    const routes = "default via 10.0.0.1 dev eth0 proto dhcp\nblackhole 10.9.0.0/16\n";
    const json = '[{"priority":0,"src":"all","table":"local"}]\n';
    const { coverage } = convertTexts({ rules, routes, lookups: "0:\tfrom all lookup local\n", json });

    expect(coverage.slice(1).flatMap(({ lines }) => lines.map(({ fate }) => fate))).to.deep.equal(
      Array(4).fill("harmless"),
    );
    expect([routes, "0:\tfrom all lookup local\n", json].map((text) => nftables.detect(text, "f"))).to.deep.equal(
      Array(3).fill("possible"),
    );
  });

  it("accounts for rules over several lines", () => {
    const text = "table ip t {\nchain c {\ntcp dport { 80,\n443 } limit rate 1/second accept\n}\n}\n";

    expect([3, 4].map((line) => fates(text).get(line))).to.deep.equal(["approximated", "approximated"]);
  });

  it("models every line of its own fixtures but those whose conditions no packet decides", () => {
    const open = fixtures("nftables").flatMap(({ file, text }) =>
      [...fates(text)]
        .filter(([, fate]) => fate !== "modelled" && fate !== "harmless")
        .map(([line]) => `${file}:${line}`),
    );

    expect(open.filter((place) => place.includes(".nft:"))).to.deep.equal([
      "gateway.nft:42",
      "gateway.nft:43",
      "gateway.nft:44",
    ]);
  });

  it("bounds nesting, and the growth of variables that hold one another", () => {
    const deep = `table ip t { chain c { tcp dport ${"(".repeat(100_000)}`;
    const defines = Array.from({ length: 5000 }, (_, i) => `define v${i + 1} = { $v${i}, $v${i} }`);
    const lists = Array.from({ length: 5000 }, (_, i) => `define w${i + 1} = $w${i} . $w${i}`);
    const rule = "add rule ip t c tcp dport $v5000 accept\nadd rule ip t c tcp dport $w5000 accept\n";
    const wide = `define v0 = 1\ndefine w0 = 1\n${defines.join("\n")}\n${lists.join("\n")}\n${rule}`;
    const colons = `table ip t { chain c { ip6 saddr ${":".repeat(200_000)}`;

    const start = process.cpuUsage().user;
    for (const text of [deep, wide, colons]) convertTexts({ text });

    expect((process.cpuUsage().user - start) / 1e6).to.be.below(20);
  });

  it("reads JSON as the same rules as the text it was made from", () => {
    const [json, text] = [fixture("gateway.json"), fixture("gateway.nft")].map((rules) => {
      const { acls, sets, stages } = convertTexts({ rules }).devices[0]!;
      const plain = acls.map(({ name, aces, defaultAction }) => ({
        ...{ name, defaultAction },
        // conditions without a field are worded as the export words them
        aces: aces.map(({ matches, action }) => [{ ...matches, unmodeled: matches.unmodeled.length }, action]),
      }));
      return { plain, stages, sets: sets.map(({ kind, name, members }) => ({ kind, name, members })) };
    });

    expect(json).to.deep.equal(text);
  });

  it("recognises listings and scripts, and takes no other text for one", () => {
    const detect = (text: string) => nftables.detect(text, "file");

    expect(detect(fixture("gateway.nft"))).to.equal("certain");
    expect(detect("add rule inet filter input tcp dport 22 accept\n")).to.equal("certain");
    expect(detect("define a = 1\n")).to.equal("possible");
    expect(detect("*filter\n:INPUT DROP [0:0]\nCOMMIT\n")).to.equal("no");
    expect(detect("set table inet and chains\n")).to.equal("no");
  });
});
