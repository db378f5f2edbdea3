import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { runCli } from "./run-cli.js";

const save = (...rules: readonly string[]) =>
  ["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]", ...rules, "COMMIT", ""].join("\n");

const LOW = "-A INPUT -s 10.1.0.0/25 -p tcp -m tcp --dport 443 -j ACCEPT";
const HIGH = "-A INPUT -s 10.1.0.128/25 -p tcp -m tcp --dport 443 -j ACCEPT";
const WHOLE = "-A INPUT -s 10.1.0.0/24 -p tcp -m tcp --dport 443 -j ACCEPT";
const MAIL = "-A INPUT -s 10.1.0.7/32 -p tcp -m tcp --dport 25 -j ACCEPT";

describe("flowproof diff", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-diff-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function compare(before: string, after: string, ...args: readonly string[]) {
    const paths = [join(folder, "before.save"), join(folder, "after.save")] as const;
    await Promise.all([writeFile(paths[0], before), writeFile(paths[1], after)]);
    return runCli(["diff", ...paths, ...args]);
  }

  it("proves that rules written otherwise mean the same", async () => {
    const { code, stdout } = await compare(save(LOW, HIGH), save(WHOLE));

    expect(code).to.equal(0);
    expect(stdout).to.include("no semantic change: proved");
  });

  it("shows what is opened and closed, with the lines that decide on both sides", async () => {
    const { code, stdout } = await compare(save(LOW, MAIL), save(WHOLE), "--format", "json");
    const schema = JSON.parse(readFileSync("schemas/diff-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    const document = JSON.parse(stdout);
    const input = document.devices[0].directions.find(({ direction }: { direction: string }) => direction === "input");

    validate(document);

    expect(validate.errors ?? []).to.deep.equal([]);
    expect(code).to.equal(1);
    expect(document.result).to.equal("different");
    expect(input.opened).to.have.length(1);
    expect(input.opened[0].before).to.deep.include({ disposition: "drop" });
    expect(input.opened[0].before.at.line).to.equal(2);
    expect(input.opened[0].after.at.line).to.equal(5);
    expect(input.opened[0].packets.join()).to.include("10.1.0.128/25").and.include("port 443");
    expect(input.closed[0].before.at.line).to.equal(6);
    expect(input.closed[0].witness.src).to.equal("10.1.0.7");
  });

  it("compares a second device of a name with no other than a second one", async () => {
    const rule = { name: "r", priority: 100, direction: "Inbound", protocol: "*" };
    const group = (access: string) => ({ name: "g", securityRules: [{ ...rule, access, sourceAddressPrefix: "*" }] });

    const { code, stdout } = await compare(
      JSON.stringify([group("Deny")]),
      JSON.stringify([group("Deny"), group("Allow")]),
    );

    expect(code).to.equal(1);
    expect(stdout).to.include("device g is only there after the change");
  });

  it("leaves open what only a condition outside the packets decides", async () => {
    const limited = MAIL.replace("-j", "-m limit --limit 3/sec -j");
    const { code, stdout } = await compare(save(LOW), save(LOW, limited));

    expect(code).to.equal(3);
    expect(stdout).to.include("may differ: tcp 10.1.0.7");
  });

  async function file(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  const schema = JSON.parse(readFileSync("schemas/diff-output.schema.json", "utf8"));
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

  /** JSON of a difference, held to its schema. */
  async function differ(...args: readonly string[]) {
    const { code, stdout } = await runCli(["diff", ...args, "--format", "json"]);
    const document = JSON.parse(stdout);
    validate(document);
    expect(validate.errors ?? []).to.deep.equal([]);
    return { code, document };
  }

  const directionIn = (document: { devices: { directions: { direction: string }[] }[] }, name: string) =>
    document.devices[0]?.directions.find(({ direction }) => direction === name) as never;

  it("proves that an export is itself, whatever conditions it holds", async () => {
    const limited = Array.from({ length: 9 }, (_, i) => MAIL.replace("-j", `-m limit --limit ${i + 1}/sec -j`));
    const { code, stdout } = await compare(save(...limited), save("# moved", ...limited));

    expect(stdout).to.include("no semantic change: proved");
    expect(code).to.equal(0);
  });

  it("proves each way by itself: conditions of rules on other ways do not stand in the way", async () => {
    const limited = Array.from({ length: 9 }, (_, i) => MAIL.replace("-j", `-m limit --limit ${i + 1}/sec -j`));
    const [low, high, whole] = [LOW, HIGH, WHOLE].map((rule) => rule.replace("INPUT", "FORWARD")) as [
      string,
      string,
      string,
    ];
    const { code, stdout } = await compare(save(...limited, low, high), save(...limited, whole));

    expect(stdout).to.include("no semantic change: proved");
    expect(code).to.equal(0);
  });

  it("goes on where lines cannot be read, and takes them for the same on no account", async () => {
    const broken = (word: string) => save("-A INPUT --frob 1 -j ACCEPT", word, LOW);
    const [same, other] = [await compare(broken("foo"), broken("foo")), await compare(broken("foo"), broken("bar"))];

    expect([same.code, other.code]).to.deep.equal([3, 3]);
    expect(other.stdout).to.include("may differ: ");
  });

  it("says what both sides leave open alike, where it proves that nothing else matters", async () => {
    const limited = MAIL.replace("-j", "-m limit --limit 3/sec -j");
    const unknown = "-A INPUT -m set --match-set friends src -j ACCEPT";
    const [same, other] = [
      await compare(save(unknown, limited, LOW, HIGH), save(unknown, limited, WHOLE)),
      await compare(save(unknown, LOW, HIGH), save(WHOLE, unknown.replace("friends", "others"))),
    ];

    expect(same.code).to.equal(0);
    expect(same.stdout).to.include("if it turns out alike before and after: -m limit --limit 3/sec");
    expect(same.stdout).to.include("if it turns out alike before and after: -m set --match-set friends src");
    expect(other.code).to.equal(3);
  });

  it("supposes no one answer of a rule that a packet may meet twice", async () => {
    const dice = "-A dice -m statistic --mode random --probability 0.5 -j ACCEPT";
    const chained = (...rules: readonly string[]) => save(...rules, dice).replace("*filter", "*filter\n:dice - [0:0]");
    const once = chained("-A INPUT -j dice");
    const twice = chained("-A INPUT -j dice", "-A INPUT -j dice");
    const moved = chained("-A INPUT -s 10.1.0.0/25 -j dice", "-A INPUT -s 10.1.0.128/25 -j dice");
    const [fewer, same, elsewhere] = [
      await compare(twice, once),
      await compare(twice, twice),
      await compare(moved, chained("-A INPUT -s 10.1.0.0/24 -j dice")),
    ];

    expect([fewer.code, same.code, elsewhere.code]).to.deep.equal([3, 0, 3]);
  });

  it("takes a name that no export explains for the same on both sides", async () => {
    const rule = (name: string, priority: number, port: string, source: string) => ({
      ...{ name, priority, access: "Allow", direction: "Inbound", protocol: "Tcp", sourceAddressPrefix: source },
      ...{ sourcePortRange: "*", destinationAddressPrefix: "VirtualNetwork", destinationPortRange: port },
    });
    const group = (...securityRules: object[]) =>
      JSON.stringify({ name: "nsg", type: "Microsoft.Network/networkSecurityGroups", securityRules }, null, 1);
    const [first, second, third] = await Promise.all([
      file("one.json", group(rule("a", 100, "443", "Storage"), rule("b", 110, "8443", "Storage"))),
      file("two.json", group(rule("a", 100, "443", "Storage"), rule("b", 300, "8443", "Storage"))),
      file("three.json", group(rule("a", 100, "443", "Storage"), rule("b", 110, "8443", "Sql"))),
    ]);
    const [alike, unlike] = [await differ(first, second), await differ(first, third)];

    expect(alike.code).to.equal(0);
    expect(alike.document.devices[0].directions[0].assuming.join()).to.include("VirtualNetwork");
    expect(unlike.code).to.equal(3);
  });

  it("takes exports in the same words for the same, however many names they leave open", async () => {
    const securityRules = Array.from({ length: 40 }, (_, i) => ({
      ...{ name: `rule${i}`, priority: 100 + i, access: "Allow", direction: "Inbound", protocol: "Tcp" },
      ...{ sourceAddressPrefix: `Service${i}`, sourcePortRange: "*", destinationAddressPrefix: "10.1.0.0/16" },
      destinationPortRange: `${1000 + i}`,
    }));
    const group = (rules: object[]) =>
      JSON.stringify({ name: "nsg", type: "Microsoft.Network/networkSecurityGroups", securityRules: rules }, null, 1);
    const first = await file("many.json", group(securityRules));
    const other = await file("fewer.json", group(securityRules.slice(1)));
    const [same, unlike] = [await differ(first, first), await differ(first, other)];

    expect(same.code).to.equal(0);
    expect(same.document.devices[0].directions[0].assuming).to.include("Service7");
    expect(unlike.code).to.equal(3);
  });

  it("reads several exports of each side", async () => {
    const rules = await file("rules.save", save("-A INPUT -m set --match-set friends src -j ACCEPT"));
    const [one, two] = await Promise.all(
      ["10.1.0.1", "10.1.0.2"].map((address, i) =>
        file(`sets${i}`, `create friends hash:ip family inet\nadd friends ${address}\n`),
      ),
    );
    const same = await differ(rules, rules, "--before-with", one as string, "--after-with", one as string);
    const other = await differ(rules, rules, "--before-with", one as string, "--after-with", two as string);

    expect(same.code).to.equal(0);
    expect(other.code).to.equal(1);
    const { opened, closed } = directionIn(other.document, "input") as {
      opened: [{ packets: [string] }];
      closed: never[];
    };
    expect(opened[0].packets[0]).to.include("10.1.0.2");
    expect(closed).to.have.length(1);
  });

  const nat = (...rules: readonly string[]) =>
    [
      "*nat",
      ":PREROUTING ACCEPT [0:0]",
      ":POSTROUTING ACCEPT [0:0]",
      ...rules,
      "COMMIT",
      "*filter",
      ":FORWARD ACCEPT [0:0]",
      "COMMIT",
      "",
    ].join("\n");
  const dnat = (port: string, to: string) =>
    `-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport ${port} -j DNAT --to-destination ${to}`;

  it("shows packets that are accepted on both sides and translated differently", async () => {
    const before = await file("before.nat", nat(dnat("80", "10.0.0.1")));
    const after = await file("after.nat", nat(dnat("80", "10.0.0.2")));
    const { code, document } = await differ(before, after, "--direction", "forward");
    const { altered } = directionIn(document, "forward") as {
      altered: [Record<"before" | "after", { at: { line: number }; becomes: [string] }>];
    };

    expect(code).to.equal(1);
    expect(altered).to.have.length(1);
    expect(altered[0].before.becomes[0]).to.include("-> 10.0.0.1 port 80");
    expect(altered[0].after.becomes[0]).to.include("-> 10.0.0.2 port 80");
    expect(altered[0].before.at.line).to.equal(4);
  });

  it("proves that translations written otherwise do the same, and never that translations which may differ do", async () => {
    const whole = await file("whole.nat", nat(dnat("80:81", "10.0.0.1")));
    const halves = await file("halves.nat", nat(dnat("80", "10.0.0.1"), dnat("81", "10.0.0.1:81")));
    const pool = await file("pool.nat", nat(dnat("80:81", "10.0.0.1-10.0.0.9")));
    const none = await file("none.nat", nat());

    expect((await differ(whole, halves, "--direction", "forward")).code).to.equal(0);
    expect((await differ(whole, pool, "--direction", "forward")).code).to.equal(3);
    expect((await differ(whole, none, "--direction", "forward")).code).to.equal(1);
  });

  it("compares an export with its replacement in another format, and directions with each other", async () => {
    const accept = "ip saddr 10.1.0.0/24 tcp dport 443 accept";
    const table = (chain: string) =>
      `table inet filter {\n chain ${chain} {\n  type filter hook ${chain} priority 0; policy drop;\n  ${accept}\n }\n}\n`;
    const before = await file("edge.save", save(WHOLE));
    const [input, forward] = await Promise.all(["input", "forward"].map((chain) => file(`${chain}.nft`, table(chain))));
    const scope = ["--family", "ipv4"];

    expect((await differ(before, input as string, ...scope, "--direction", "input")).code).to.equal(0);
    expect((await differ(before, forward as string, ...scope, "--direction", "input=forward")).code).to.equal(0);
    expect((await differ(before, forward as string, ...scope, "--direction", "input")).code).to.equal(1);
  });

  it("compares a router with the security group that takes its place", async () => {
    const forwarded = WHOLE.replace("INPUT", "FORWARD");
    const before = await file("router.save", save(forwarded));
    const rule = (name: string, priority: number, access: string, source: string, port: string) => ({
      ...{ name, priority, access, direction: "Inbound", protocol: access === "Allow" ? "Tcp" : "*" },
      ...{
        sourceAddressPrefix: source,
        sourcePortRange: "*",
        destinationAddressPrefix: "*",
        destinationPortRange: port,
      },
    });
    const rules = [rule("web", 100, "Allow", "10.1.0.0/24", "443"), rule("rest", 4096, "Deny", "*", "*")];
    const group = { name: "nsg", type: "Microsoft.Network/networkSecurityGroups", securityRules: rules };
    const after = await file("nsg.json", JSON.stringify(group, null, 1));

    const { code, document } = await differ(before, after, "--direction", "forward=input", "--family", "ipv4");

    expect(document.result).to.equal("equal");
    expect(code).to.equal(0);
  });

  describe("with an expected change", () => {
    const change = (fields: string) =>
      `change: new-web\nallow:\n  - { from: [10.1.0.0/24], to: [10.9.0.5], services: [tcp/443]${fields} }\n`;
    const WEB = "-A FORWARD -s 10.1.0.0/24 -d 10.9.0.5/32 -p tcp -m tcp --dport 443 -j ACCEPT";
    const KNOWN = "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT";

    async function check(before: readonly string[], after: readonly string[], text = change("")) {
      const [first, second, expected] = await Promise.all([
        file("before.save", save(...before)),
        file("after.save", save(...after)),
        file("change.yaml", text),
      ]);
      const { code, document } = await differ(first, second, "--expect", expected);
      return { code, results: document.expected.steps.map(({ result }: { result: string }) => result), document };
    }

    it("proves that it was not so yet, is so now, and nothing else changed", async () => {
      const { code, results } = await check([KNOWN], [KNOWN, WEB]);

      expect(results).to.deep.equal(["proved", "proved", "proved"]);
      expect(code).to.equal(0);
    });

    it("refutes a change that was there before, is not whole, or does more", async () => {
      const [needless, half, wide, oneWay] = [
        await check([KNOWN, WEB], [KNOWN, WEB]),
        await check([KNOWN], [KNOWN, WEB.replace("/24", "/25")]),
        await check([KNOWN], [KNOWN, WEB.replace("--dport 443", "--dport 400:500")]),
        await check([], [WEB]),
      ];

      expect(needless.results).to.deep.equal(["refuted", "proved", "proved"]);
      expect(half.results).to.deep.equal(["proved", "refuted", "proved"]);
      expect(half.document.expected.steps[1].failures[0].packets[0]).to.include("10.1.0.128/25");
      expect(wide.results).to.deep.equal(["proved", "proved", "refuted"]);
      expect(oneWay.results[1]).to.equal("refuted");
      expect([needless, half, wide, oneWay].map(({ code }) => code)).to.deep.equal([1, 1, 1, 1]);
    });

    it("leaves open what a condition decides", async () => {
      const { code, results } = await check([KNOWN], [KNOWN, WEB.replace("-j", "-m limit --limit 3/sec -j")]);

      expect(results).to.deep.equal(["proved", "undecided", "proved"]);
      expect(code).to.equal(3);
    });

    it("checks what is to be stopped", async () => {
      const { results } = await check([KNOWN, WEB], [KNOWN], change("").replace("allow", "deny"));

      expect(results).to.deep.equal(["proved", "proved", "proved"]);
    });

    it("tells mistakes with their lines", async () => {
      const path = await file(
        "wrong.yaml",
        "change: x\nallow:\n  - { from: [example.org], to: [10.0.0.1/8], services: [tcp] }\n",
      );
      const rules = await file("rules.save", save());
      const { code, stderr } = await runCli(["diff", rules, rules, "--expect", path]);

      expect(code).to.equal(2);
      expect(stderr).to.match(/wrong\.yaml:3:\d+: error: `example\.org` is a name/);
      expect(stderr).to.include("bits below its prefix length");
    });
  });

  it("tells which requirements of a topology get another verdict", async () => {
    const topology = "topologies/vmware-to-azure-vpn/topology.yaml";
    const after = "topologies/vmware-to-azure-vpn/exports/edge.iptables-save";
    const before = "topologies/vmware-to-azure-vpn/before/exports/edge.iptables-save";
    const { code, document } = await differ(before, after, "--topology", topology);
    const changed = document.requirements.changed.map(
      (one: Record<string, string>) => `${one["requirement"]} ${one["before"]} ${one["after"]}`,
    );

    expect(code).to.equal(1);
    expect(changed).to.include("ASR-F07 refuted proved").and.include("ASR-F11 refuted proved");
    expect(document.requirements.same).to.be.greaterThan(0);
  });
});
