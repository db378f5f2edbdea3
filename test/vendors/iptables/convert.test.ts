import { expect } from "chai";
import type { Acl } from "../../../src/model/acl.js";
import { type AddressRange, formatAddressRange, parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import type { AnyOf, Endpoint, Tuple } from "../../../src/model/matches.js";
import { iptables } from "../../../src/vendors/iptables/index.js";
import { convertTexts, filterDevice, fixture } from "./fixtures.js";

const acl = (device: Device, name: string): Acl => device.acls.find((each) => each.name === name)!;
const forward = (...rules: string[]) => acl(filterDevice(rules), "filter FORWARD").aces.slice(1);
const matches = (rule: string) => forward(`-A FORWARD ${rule} -j ACCEPT`)[0]!.matches;
const ranges = (list: readonly AnyOf<Endpoint>[] | undefined) =>
  list?.flatMap(({ operands, negated }) =>
    operands.map((operand) => {
      const text = "literal" in operand && "first" in operand.literal ? formatAddressRange(operand.literal) : "?";
      return negated ? `!${text}` : text;
    }),
  );

describe("iptables: convert", () => {
  it("puts the tables into the order the kernel asks them in", () => {
    const device = convertTexts({ v4: fixture("edge.v4.save"), v6: fixture("edge.v6.save") }).devices[0]!;

    expect(device.tracking).to.equal("explicit");
    expect(device.stages.forward).to.deep.equal([
      { hook: "raw PREROUTING", kind: "filter", acl: "raw PREROUTING" },
      { hook: "nat redirects", kind: "filter", acl: "nat redirects" },
      { hook: "nat PREROUTING", kind: "nat", acl: "nat PREROUTING" },
      { hook: "filter FORWARD", kind: "filter", acl: "filter FORWARD" },
      { hook: "ip6 filter FORWARD", kind: "filter", acl: "ip6 filter FORWARD" },
      { hook: "nat POSTROUTING", kind: "nat", acl: "nat POSTROUTING" },
    ]);
    expect(device.stages.input.map(({ hook }) => hook)).to.deep.equal([
      ...["raw PREROUTING", "nat redirects", "nat PREROUTING", "filter INPUT", "ip6 filter INPUT"],
    ]);
  });

  it("leaves the packets of a family open whose rules are not given", () => {
    const device = filterDevice([]);
    const [first] = device.stages.forward;

    expect(acl(device, first!.acl).aces[0]).to.deep.include({
      matches: { family: "ipv6", unmodeled: [] },
      action: { kind: "unknown", text: "the rules for ipv6: the exports lack the output of ip6tables-save" },
    });
    expect(acl(device, "filter FORWARD").aces[0]?.matches.family).to.equal("ipv6");
  });

  it("knows that nothing is translated where no rule does it, and what the state tells of the status", () => {
    const states = (match: string) => matches(`-m conntrack ${match}`).states;
    const nat = (rules: string) => {
      const device = filterDevice(["-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT"], {
        nat: `*nat\n:PREROUTING ACCEPT\n${rules}COMMIT\n`,
      });
      return acl(device, "filter FORWARD").aces[1]?.matches;
    };

    expect(states("--ctstate DNAT")).to.deep.equal([]);
    expect(states("--ctstatus SEEN_REPLY")).to.deep.equal(["established"]);
    expect(states("! --ctstate SNAT,NEW")).to.deep.equal(["established", "related", "invalid", "untracked"]);
    expect(nat("")?.states).to.deep.equal([]);
    expect(nat("-A PREROUTING -p tcp --dport 80 -j DNAT --to 10.0.0.9\n")?.unmodeled).to.deep.equal([
      "-m conntrack --ctstate DNAT",
    ]);
  });

  it("accounts for every line exactly once", () => {
    for (const name of [
      "edge.v4.save",
      "edge.v6.save",
      "edge.ipset",
      "edge.addr.txt",
      "edge.route.txt",
      "broken/broken.save",
    ]) {
      const text = fixture(name);
      const lines = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [index + 1]));
      const { coverage } = convertTexts({ [name]: text });

      expect(
        coverage[0]?.lines.map(({ line }) => line),
        name,
      ).to.deep.equal(lines);
    }
  });

  it("points every ace at its line and number", () => {
    const device = convertTexts({ "rules.v4": fixture("edge.v4.save") }).devices[0]!;
    const ace = acl(device, "filter FORWARD").aces.at(-1);

    expect(ace?.at).to.deep.equal({ file: "rules.v4", line: 32, structure: "filter FORWARD rule 6" });
    expect(ace?.action).to.deep.equal({ kind: "goto", acl: "filter log_drop" });
  });

  it("reads addresses in all their forms", () => {
    expect(ranges(matches("-s 10.1.2.3/255.255.0.0 -d 10/8").source)).to.deep.equal(["10.1.0.0/16"]);
    expect(ranges(matches("-d 10.1/16,1.1.1.1").destination)).to.deep.equal(["10.1.0.0/16", "1.1.1.1"]);
    expect(ranges(matches("! -s localhost").source)).to.deep.equal(["!127.0.0.1"]);
    expect(matches("-s 10.0.9.7/255.0.255.0").source?.[0]?.operands[0]).to.deep.equal({
      literal: { family: "ipv4", value: [0x0a000900], mask: [0xff00ff00] },
    });
    expect(matches("-s www.example.test").source?.[0]?.operands[0]).to.deep.equal({
      literal: { fqdn: "www.example.test" },
    });
    expect(matches("-s $OFFICE").source?.[0]?.operands[0]).to.deep.equal({ unresolved: "$OFFICE" });
    expect(matches("-m iprange --src-range 10.0.0.9-10.0.0.1").source).to.deep.equal([
      { operands: [], negated: false },
    ]);
  });

  it("keeps one protocol with its own ports, and a negated port within its protocol", () => {
    expect(matches("-p tcp --dport ssh --sport 1024: --syn").service).to.deep.equal([
      {
        operands: [
          {
            literal: {
              protocol: 6,
              destinationPorts: [{ first: 22, last: 22 }],
              sourcePorts: [{ first: 1024, last: 65535 }],
              tcpFlags: { mask: 23, value: 2 },
            },
          },
        ],
        negated: false,
      },
    ]);
    expect(matches("-p udp ! --dport 53").service).to.deep.equal([
      { operands: [{ literal: { protocol: 17 } }], negated: false },
      { operands: [{ literal: { protocol: 17, destinationPorts: [{ first: 53, last: 53 }] } }], negated: true },
    ]);
    expect(matches("-p icmp --icmp-type any").service).to.deep.equal([
      { operands: [{ literal: { protocol: 1 } }], negated: false },
    ]);
  });

  it("says of a rule with an address that it cannot read that the rule is open", () => {
    const rules = ["-A FORWARD -s 10.0.0.0/99 -j ACCEPT", "-A FORWARD -s 10.0.0.0/9 -j ACCEPT"].join("\n");
    const { coverage } = convertTexts({ v4: `*filter\n:FORWARD DROP [0:0]\n${rules}\nCOMMIT\n` });

    expect(coverage[0]?.lines.slice(2, 4)).to.deep.equal([
      { line: 3, fate: "approximated", note: "filter FORWARD rule 1: open whether 10.0.0.0/99" },
      { line: 4, fate: "modelled", note: "filter FORWARD rule 2" },
    ]);
  });

  it("leaves open what a later packet is where rules put packets into zones of connections", () => {
    const texts = (rule: string) => ({
      v4: `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth1 -j CT --zone 7\nCOMMIT\n*filter\n:FORWARD DROP [0:0]\n${rule}\nCOMMIT\n`,
    });
    const aces = (match: string) => {
      const device = convertTexts(texts(`-A FORWARD ${match} -j ACCEPT`)).devices[0]!;
      return acl(device, "filter FORWARD")
        .aces.slice(1)
        .map(({ matches: { states, unmodeled } }) => [states, unmodeled]);
    };

    const zone = ["-j CT --zone 7"];
    expect(aces("-m conntrack --ctstate ESTABLISHED,RELATED")).to.deep.equal([[["established", "related"], zone]]);
    expect(aces("-m state --state NEW")).to.deep.equal([
      [["new"], []],
      [["established", "related"], zone],
    ]);
    expect(aces("-m conntrack --ctstate ESTABLISHED,RELATED,NEW,INVALID")).to.deep.equal([
      [["new", "established", "related", "invalid"], []],
    ]);
    expect(aces("-m connmark --mark 1")).to.deep.equal([[undefined, ["-m connmark --mark 1"]]]);
  });

  it("leaves open what the kernel drops besides the rules because of them", () => {
    const action = (table: string, hook: string, rule: string) => {
      const text = `*${table}\n:${hook} ACCEPT\n-A ${hook} ${rule}\nCOMMIT\n`;
      return acl(convertTexts({ v4: text }).devices[0]!, `${table} ${hook}`).aces[1]?.action.kind;
    };

    for (const rule of ["-j TTL --ttl-set 1", "-j TTL --ttl-dec 5"]) {
      expect(action("mangle", "PREROUTING", rule), rule).to.equal("unknown");
    }
    for (const rule of ["-j TTL --ttl-set 64", "-j TTL --ttl-inc 1"]) {
      expect(action("mangle", "PREROUTING", rule), rule).to.equal("pass");
    }
    const toLoopback = "-p tcp -j DNAT --to-destination 127.0.0.1:80";
    expect(action("nat", "PREROUTING", toLoopback)).to.equal("unknown");
    expect(action("nat", "OUTPUT", toLoopback)).to.equal("translate");
    expect(action("nat", "PREROUTING", "-j NETMAP --to 127.0.0.0/8")).to.equal("unknown");
    expect(action("nat", "PREROUTING", "-j NETMAP --to 10.0.0.0/8")).to.equal("translate");
  });

  it("leaves open whether packets in other zones are translated as their connections are", () => {
    const raw = "*raw\n:PREROUTING ACCEPT\n-A PREROUTING -i eth1 -j CT --zone 7\nCOMMIT\n";
    const nat = "*nat\n:PREROUTING ACCEPT\n:POSTROUTING ACCEPT\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n";
    const acls = (text: string) => convertTexts({ v4: text }).devices[0]!.acls;
    const zones = acls(raw + nat).find(({ name }) => name === "nat zones");

    expect(zones?.aces[0]).to.deep.include({
      matches: { family: "ipv4", states: ["established", "related"], unmodeled: ["-j CT --zone 7"] },
      action: { kind: "drop" },
    });
    for (const text of [raw, nat]) expect(acls(text).map(({ name }) => name)).not.to.include("nat zones");
  });

  it("splits a rule by connection state where a condition is open for some states only", () => {
    const aces = forward("-A FORWARD -m conntrack --ctstate NEW,INVALID --ctorigdst 10.0.0.1 -j ACCEPT");

    expect(aces.map(({ matches: { states, unmodeled } }) => [states, unmodeled])).to.deep.equal([
      [["new"], ["-m conntrack --ctorigdst 10.0.0.1"]],
      [["invalid"], []],
    ]);
    expect(matches("-m conntrack ! --ctstate ESTABLISHED,RELATED").states).to.deep.equal([
      "new",
      "invalid",
      "untracked",
    ]);
    expect(matches("-m conntrack --ctstate NEW,DNAT").unmodeled).to.deep.equal([]);
    expect(matches("-m state --state NEW,INVALID -m state --state INVALID").states).to.deep.equal(["invalid"]);
  });

  it("leaves a rule open where a module says what no packet field holds", () => {
    expect(matches("-p tcp --dport 22 -m recent --update --seconds 60").unmodeled).to.deep.equal([
      "-m recent --update --seconds 60",
    ]);
    expect(matches("-m limit --limit 5/min -m comment --comment x").unmodeled).to.deep.equal([
      "-m limit --limit 5/min",
    ]);
  });

  it("takes nothing from a rule it cannot read whole", () => {
    expect(matches("-s 10.0.0.1 oops")).to.deep.equal({ family: "ipv4", unmodeled: ["unexpected word `oops`"] });
  });

  it("takes nothing from a module of another protocol than the rule is for", () => {
    for (const words of ["-m udp --dport 443", "-m udp", "-m icmp --icmp-type 8"]) {
      expect(matches(`-p tcp ${words}`).unmodeled, words).to.deep.equal([words]);
    }
  });

  it("asks for interfaces only where the hook knows them", () => {
    const mangle = (rule: string) =>
      acl(
        convertTexts({ v4: `*mangle\n:PREROUTING ACCEPT\n:FORWARD ACCEPT\n:a -\n${rule}\nCOMMIT\n` }).devices[0]!,
        "mangle a",
      ).aces[0]!.matches;

    expect(mangle("-A PREROUTING -j a\n-A a ! -o eth0 -j DROP").egressInterface).to.equal(undefined);
    expect(mangle("-A PREROUTING -j a\n-A a -o eth0 -j DROP").egressInterface).to.deep.equal([
      { operands: [], negated: false },
    ]);
    expect(mangle("-A PREROUTING -j a\n-A FORWARD -j a\n-A a -o eth0 -j DROP").unmodeled).to.deep.equal(["-o eth0"]);
    expect(mangle("-A FORWARD -j a\n-A a -o eth+ -j DROP").egressInterface).to.deep.equal([
      { operands: [{ literal: { prefix: "eth" } }], negated: false },
    ]);
  });

  it("knows that tracking puts fragments together", () => {
    const [tracked] = forward("-A FORWARD -f -j DROP", "-A FORWARD -m state --state NEW -j ACCEPT");

    expect(matches("-f").fragment).to.equal("later");
    expect(matches("! -f").fragment).to.equal("first-or-whole");
    expect(tracked?.matches.service).to.deep.equal([{ operands: [], negated: false }]);
  });

  it("tells own addresses and broadcasts from others where `ip addr` is given", () => {
    const addresses = { addresses: fixture("edge.addr.txt") };
    const rule = [
      "-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT",
      "-A INPUT -m addrtype --dst-type BROADCAST -j DROP",
    ];
    const aces = acl(filterDevice(rule, addresses), "filter INPUT").aces;

    expect(ranges(aces[1]?.matches.destination)).to.deep.equal([
      ...["127.0.0.0-127.255.255.254", "203.0.113.10", "10.20.0.1", "10.99.0.1"],
    ]);
    expect(ranges(aces[2]?.matches.destination)).to.include.members([
      "255.255.255.255",
      "203.0.113.15",
      "10.20.255.255",
    ]);
    expect(acl(filterDevice(rule), "filter INPUT").aces[1]?.matches.unmodeled).to.have.lengthOf(1);
    expect(filterDevice(rule, { a: fixture("edge.addr.json") }).interfaces[0]?.name).to.equal("wan0");
  });

  it("translates, passes, and leaves open what it does not know", () => {
    const nat = (rule: string) =>
      acl(
        convertTexts({ v4: `*nat\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n${rule}\nCOMMIT\n` })
          .devices[0]!,
        `nat ${/-A (\S+)/.exec(rule)![1]}`,
      ).aces[1]!.action;
    const pool = (text: string) => ({ kind: "pool", ranges: [parseAddressRange(text)] });

    expect(nat("-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.4:80")).to.deep.equal({
      kind: "translate",
      translation: { side: "destination", addresses: pool("10.0.0.1-10.0.0.4"), ports: { first: 80, last: 80 } },
    });
    expect(nat("-A OUTPUT -p tcp -j REDIRECT --to-ports 3128")).to.deep.equal({
      kind: "translate",
      translation: { side: "destination", addresses: pool("127.0.0.1"), ports: { first: 3128, last: 3128 } },
    });
    expect(nat("-A POSTROUTING -j NETMAP --to 10.9.0.0/24")).to.deep.equal({
      kind: "translate",
      translation: { side: "source", addresses: { kind: "netmap", range: parseAddressRange("10.9.0.0/24") } },
    });
    expect(forward("-A FORWARD -j NFQUEUE --queue-num 1")[0]?.action).to.deep.equal({
      kind: "unknown",
      text: "-j NFQUEUE --queue-num 1",
    });
    expect(forward("-A FORWARD -j LOG", "-A FORWARD").map(({ action }) => action.kind)).to.deep.equal(["pass", "pass"]);
  });

  it("takes a chain for built in only in the tables that have its hook", () => {
    const device = filterDevice(["-N PREROUTING", "-A FORWARD -j PREROUTING"]);

    expect(acl(device, "filter PREROUTING").defaultAction.kind).to.equal("return");
    expect(acl(device, "filter FORWARD").aces[1]?.action).to.deep.equal({ kind: "jump", acl: "filter PREROUTING" });
  });

  it("refuses jumps to nowhere and in circles, and leaves a cut table open", () => {
    const { devices, diagnostics } = convertTexts({ "broken.save": fixture("broken/broken.save") });

    expect(diagnostics.map(({ code, at }) => `${code}:${at.line}`)).to.include.members([
      ...["iptables/unknown-target:7", "iptables/circular-jump:10", "iptables/unreadable-rule:5"],
    ]);
    expect(acl(devices[0]!, "filter INPUT").aces.at(-1)?.action.kind).to.equal("unknown");
  });

  it("lets the last of two tables of one name count, and says so", () => {
    const table = (action: string) => `*filter\n:INPUT ${action}\nCOMMIT\n`;
    const { devices, diagnostics } = convertTexts({ a: table("ACCEPT"), b: table("DROP") });

    expect(diagnostics.map(({ code }) => code)).to.deep.equal(["iptables/repeated-table"]);
    expect(acl(devices[0]!, "filter INPUT").defaultAction.kind).to.equal("drop");
  });
});

describe("iptables: listings of `iptables -L -v`", () => {
  it("means by a listing what the same rules mean as commands", () => {
    const { devices, diagnostics } = convertTexts({ listing: fixture("branch.listing.txt") });
    const commands = filterDevice([
      ...["-N staff", "-A INPUT -i lo -j ACCEPT", "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"],
      "-A INPUT ! -i wan0 -s 192.168.7.0/24 -p tcp --dport 22 -m conntrack --ctstate NEW -j staff",
      "-A INPUT -p udp ! -d 192.168.7.1 --dport 5000:5010",
      "-A INPUT -p tcp --tcp-flags FIN,SYN,RST,ACK SYN -m multiport --dports 80,443 -j REJECT",
      "-A INPUT -p icmp --icmp-type 3/4 -m limit --limit 5/sec --limit-burst 5 -j ACCEPT",
      ...["-A FORWARD -g staff", "-A staff -j ACCEPT"],
    ]);
    const meaning = (device: Device, name: string) =>
      acl(device, name).aces.map(({ matches, action }) => ({ matches, action }));

    expect(diagnostics.map(({ at, message }) => [at.line, message])).to.deep.equal([
      [9, "`PKTTYPE = multicast` in the listing"],
    ]);
    expect(meaning(devices[0]!, "filter INPUT").slice(0, -1)).to.deep.equal(meaning(commands, "filter INPUT"));
    expect(meaning(devices[0]!, "filter FORWARD")).to.deep.equal(meaning(commands, "filter FORWARD"));
    expect(acl(devices[0]!, "filter INPUT").defaultAction.kind).to.equal("drop");
  });

  it("leaves every rule open where the listing hides the interfaces", () => {
    const text = "Chain INPUT (policy DROP)\ntarget prot opt source destination\nACCEPT all -- anywhere anywhere\n";

    expect(acl(convertTexts({ text }).devices[0]!, "filter INPUT").aces[1]?.matches.unmodeled).to.have.lengthOf(1);
  });

  it("refuses a listing of another table than filter", () => {
    const text = "Chain PREROUTING (policy ACCEPT)\ntarget prot opt source destination\n";

    expect(convertTexts({ text }).diagnostics[0]?.message).to.equal("the listing does not say of which table it is");
  });
});

describe("iptables: sets", () => {
  const sets = { sets: fixture("edge.ipset") };
  const inputMatches = (rule: string) =>
    acl(filterDevice([`-A INPUT ${rule} -j ACCEPT`], sets), "filter INPUT").aces[1]!.matches;
  const definedBy = (rule: string) => filterDevice([`-A INPUT ${rule} -j ACCEPT`], sets).sets[0];

  it("lets the smallest network decide", () => {
    const set = definedBy("-m set --match-set admins src");

    expect(inputMatches("-m set --match-set admins src").source).to.deep.equal([
      { operands: [{ setRef: "admins" }], negated: false },
    ]);
    expect(set?.kind === "prefix" ? ranges([{ operands: set.members, negated: false }]) : undefined).to.deep.equal([
      ...["10.20.0.0/25", "10.20.0.200"],
    ]);
  });

  it("lets an element that is added again replace the earlier one", () => {
    const text =
      "create n hash:net\nadd n 10.0.0.0/8\nadd n 10.1.0.0/16 nomatch\nadd n 10.1.2.3/16\nadd n 10.0.0.0/8 nomatch\n";
    const [set] = filterDevice(["-A INPUT -m set --match-set n src -j ACCEPT"], { text }).sets;

    expect(set?.members).to.deep.equal([{ literal: parseAddressRange("10.1.0.0/16") }]);
  });

  it("asks no larger network where the smallest has other interfaces", () => {
    const text = "create ni hash:net,iface\nadd ni 10.0.0.0/8,eth0\nadd ni 10.1.0.0/16,eth1\nadd ni 10.1.0.0/16,eth2\n";
    const device = filterDevice(["-A INPUT -m set --match-set ni src,src -j ACCEPT"], { text });
    const tuples = device.sets[0]?.members.map((member) => {
      const { source, ingressInterface } = (member as { literal: Tuple }).literal;
      return `${formatAddressRange(source as AddressRange)} ${(ingressInterface as { name: string }).name}`;
    });

    expect(tuples).to.deep.equal([
      ...["10.0.0.0/16 eth0", "10.1.0.0/16 eth1", "10.1.0.0/16 eth2", "10.2.0.0-10.255.255.255 eth0"],
    ]);
  });

  it("keeps addresses and ports of an element together", () => {
    const set = definedBy("-m set ! --match-set services dst,dst");

    expect(set).to.deep.include({ kind: "tuple", name: "services dst,dst" });
    expect(set?.members[1]).to.deep.equal({
      literal: {
        destination: parseAddressRange("10.30.0.4"),
        service: { protocol: 17, destinationPorts: [{ first: 500, last: 501 }] },
      },
    });
  });

  it("takes a port bitmap for TCP and UDP, and a list for the union of its sets", () => {
    const ports = definedBy("-m set --match-set high dst");

    expect(
      ports?.members.map((member) => "literal" in member && (member.literal as { protocol: number }).protocol),
    ).to.deep.equal([6, 17]);
    expect(definedBy("-m set --match-set everyone src")?.members).to.have.lengthOf(2);
  });

  it("never matches with fewer directions than dimensions, and stays open without the set's content", () => {
    expect(inputMatches("-m set --match-set services dst").service).to.deep.equal([{ operands: [], negated: false }]);
    expect(inputMatches("-m set --match-set nobody src").unmodeled).to.deep.equal(["-m set --match-set nobody src"]);
    expect(
      convertTexts({ v4: "*filter\n:INPUT DROP\n-A INPUT -m set --match-set s src\nCOMMIT", ...sets }).diagnostics.map(
        ({ code }) => code,
      ),
    ).to.deep.equal([...["iptables/missing-set", "iptables/expiring-set"]]);
  });

  it("takes the content a user states for a set the exports lack", () => {
    const { value } = iptables.parse(
      "*filter\n:INPUT DROP\n-A INPUT -m set --match-set Nobody src -j ACCEPT\nCOMMIT",
      "v4",
    );
    const definedSets = new Map([["nobody", [parseAddressRange("10.9.0.0/16")!]]]);
    const { devices } = iptables.convert([value], { deviceName: "edge", definedSets }).value;

    expect(devices[0]?.sets[0]).to.deep.include({
      name: "Nobody",
      members: [{ literal: parseAddressRange("10.9.0.0/16") }],
    });
  });

  it("does not trust the export of a set that rules change", () => {
    const device = filterDevice(
      ["-A INPUT -m set --match-set admins src -j ACCEPT", "-A INPUT -j SET --add-set admins src"],
      sets,
    );

    expect(acl(device, "filter INPUT").aces[1]?.matches.unmodeled).to.have.lengthOf(1);
  });
});
