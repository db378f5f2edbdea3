import { expect } from "chai";
import { splitShellWords } from "../../../src/syntax/shell-words.js";
import { iptables } from "../../../src/vendors/iptables/index.js";
import { OptionPool } from "../../../src/vendors/iptables/option-pool.js";
import { parseRule } from "../../../src/vendors/iptables/parse-rule.js";
import type { RuleFile } from "../../../src/vendors/iptables/types.js";
import { fixture } from "./fixtures.js";

const rule = (text: string) => parseRule({ ...splitShellWords(text), start: 0 }, 1, new OptionPool());
const rules = (text: string) => iptables.parse(text, "rules").value as RuleFile;

describe("iptables: detect", () => {
  it("is certain of its own exports and silent on everything else", () => {
    for (const name of [
      "edge.v4.save",
      "edge.v6.save",
      "edge.ipset",
      "edge.addr.txt",
      "edge.addr.json",
      "edge.route.txt",
    ]) {
      expect(iptables.detect(fixture(name), name), name).to.equal("certain");
    }
    expect(iptables.detect("default via 10.0.0.1 dev eth0\n", "routes")).to.equal("possible");
    for (const other of ["", "{}", "[1]", "*filter of mine", "http_access deny all", "table inet fw { }", "#\n\n"]) {
      expect(iptables.detect(other, "x"), other).to.equal("no");
    }
  });

  it("takes linear time on long lines and many blank ones", () => {
    const started = performance.now();

    for (const text of ["\n".repeat(400_000), ":".repeat(400_000), `1: ${"@".repeat(400_000)}`, "1".repeat(400_000)]) {
      iptables.detect(text, "x");
      iptables.parse(text, "x");
    }

    expect(performance.now() - started).to.be.below(4000);
  });
});

describe("iptables: parse", () => {
  it("keeps tables, chains, policies and the physical line of every rule", () => {
    const { tables } = rules(fixture("edge.v4.save"));
    const filter = tables.find(({ name }) => name === "filter");

    expect(tables.map(({ name, family }) => `${family} ${name}`)).to.deep.equal([
      "ipv4 raw",
      "ipv4 nat",
      "ipv4 filter",
    ]);
    expect(filter?.chains.get("FORWARD")).to.include({ policy: "DROP", line: 19 });
    expect(filter?.chains.get("guests")?.rules.map(({ line }) => line)).to.deep.equal([33, 34, 35]);
  });

  it("tells the family by header, by content, by file name", () => {
    const plain = "*filter\n:INPUT DROP\n-A INPUT -j DROP\nCOMMIT\n";

    expect(rules(fixture("edge.v6.save")).tables[0]?.family).to.equal("ipv6");
    expect(rules(plain.replace("-j", "-s fe80::/10 -j")).tables[0]?.family).to.equal("ipv6");
    expect((iptables.parse(plain, "etc/ip6tables.save").value as RuleFile).tables[0]?.family).to.equal("ipv6");
    expect(rules(plain).tables[0]?.family).to.equal("ipv4");
  });

  it("reads long options, abbreviations, negation on either side and quoted words that look like options", () => {
    const { matches, target, problems } = rule(
      '--protocol tcp --destination-port 22 ! --source 10.0.0.1 -i ! eth0 -m comment --comment "-j DROP" --jump ACCEPT',
    );

    expect(problems).to.deep.equal([]);
    expect(target).to.deep.equal({ kind: "jump", name: "ACCEPT", options: [] });
    expect(matches.map(({ module }) => module)).to.deep.equal(["", "tcp", "comment"]);
    expect(matches[0]?.options.map(({ name, negated }) => [name, negated])).to.deep.equal([
      ["-p", false],
      ["-s", true],
      ["-i", true],
    ]);
    expect(rule("-p tcp -m tcp --dpor 22").matches[1]?.options[0]?.name).to.equal("--dport");
  });

  it("gives the options of a module it does not know to that module, whatever their number", () => {
    const { matches, target } = rule(
      "-m recent --update --seconds 60 --name x -m string --string |-j| ! --icase -j DROP",
    );

    expect(matches.slice(1)).to.deep.equal([
      {
        module: "recent",
        options: [
          { name: "--update", negated: false, values: [] },
          { name: "--seconds", negated: false, values: ["60"] },
          { name: "--name", negated: false, values: ["x"] },
        ],
      },
      {
        module: "string",
        options: [
          { name: "--string", negated: false, values: ["|-j|"] },
          { name: "--icase", negated: true, values: [] },
        ],
      },
    ]);
    expect(target?.name).to.equal("DROP");
  });

  it("keeps what it cannot place as a problem of the rule", () => {
    expect(rule("-s").problems).to.have.lengthOf(1);
    expect(rule("-p tcp -p udp").problems).to.have.lengthOf(1);
    expect(rule("--dport 22 -j ACCEPT").problems).to.deep.equal(["unknown option `--dport`"]);
    expect(rule("-j ACCEPT -j DROP").problems).to.have.lengthOf(1);
    expect(rule("eth0 -j DROP").problems).to.deep.equal(["unexpected word `eth0`"]);
    expect(rule("! -j DROP").problems).to.have.lengthOf(1);
  });

  it("carries out the commands a save may hold, counting rules as the kernel does", () => {
    const text = [
      ...["*filter", ":INPUT ACCEPT", "-N x", "-P INPUT DROP", "-A INPUT -s 1.1.1.1,2.2.2.2 -j DROP"],
      ...["-A INPUT -j ACCEPT", "-I INPUT 3 -p tcp -j x", "-I INPUT -p udp", "-D INPUT 1", "-F x", "COMMIT"],
    ];
    const chain = rules(text.join("\n")).tables[0]?.chains.get("INPUT");

    expect(chain?.policy).to.equal("DROP");
    expect(chain?.rules.map(({ line }) => line)).to.deep.equal([5, 7, 6]);
  });

  it("warns where the tool says that other rules are in force as well", () => {
    const text =
      "*filter\n:INPUT DROP\nCOMMIT\n# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n";

    expect(iptables.parse(text, "x").diagnostics.map(({ code, at }) => [code, at.line])).to.deep.equal([
      ["iptables/other-rules", 4],
    ]);
  });

  it("reports every line it cannot use and never throws", () => {
    const { value, diagnostics } = iptables.parse(fixture("broken/broken.save"), "broken.save");

    expect(diagnostics.map(({ at, code }) => [at.line, code])).to.deep.equal([
      [11, "iptables/unreadable-line"],
      [1, "iptables/incomplete-table"],
    ]);
    expect((value as RuleFile).lines.filter(({ fate }) => fate === "rejected")).to.have.lengthOf(1);
  });
});

describe("iptables: scripts and listings of commands", () => {
  it("reads the output of `iptables -S` as the filter table", () => {
    const text = "-P INPUT DROP\n-N web\n-A INPUT -j web\n-A web -p tcp -m tcp --dport 80 -j ACCEPT\n";
    const [table] = rules(text).tables;

    expect(iptables.detect(text, "x")).to.equal("certain");
    expect(table).to.include({ name: "filter", isComplete: true });
    expect(table?.chains.get("INPUT")?.policy).to.equal("DROP");
    expect(iptables.parse("-P PREROUTING ACCEPT\n-A PREROUTING -j DROP", "x").diagnostics).to.have.lengthOf(2);
  });

  it("reads the calls of a script with its plain variables, and keeps open what running it would decide", () => {
    const { value } = iptables.parse(fixture("firewall.sh"), "firewall.sh");
    const { tables, lines } = value as RuleFile;
    const chain = (table: string, name: string) => tables.find((each) => each.name === table)?.chains.get(name);

    expect(tables.map(({ family, name }) => `${family} ${name}`)).to.deep.equal([
      ...["ipv4 filter", "ipv4 nat", "ipv6 filter"],
    ]);
    expect(chain("nat", "POSTROUTING")?.rules[0]?.matches[0]?.options[0]?.values).to.deep.equal(["ppp0"]);
    expect(chain("filter", "INPUT")?.rules.map(({ problems }) => problems.length)).to.deep.equal([0, 0, 1]);
    expect(lines.filter(({ fate }) => fate === "rejected").map(({ line }) => line)).to.deep.equal([16, 18]);
  });
});

describe("shell words", () => {
  it("splits at blanks, keeps quoted words whole and knows which they were", () => {
    const { words, quoted, unclosed } = splitShellWords('a  "b \\"c\\\\" "" d');

    expect(words).to.deep.equal(["a", 'b "c\\', "", "d"]);
    expect([...quoted]).to.deep.equal([1, 2]);
    expect(unclosed).to.equal(false);
    expect(splitShellWords('a "b').unclosed).to.equal(true);
    expect(splitShellWords("it's a\\b").words).to.deep.equal(["it's", "a\\b"]);
  });
});
