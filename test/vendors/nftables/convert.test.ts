import { expect } from "chai";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import type { Device, Direction } from "../../../src/model/device.js";
import type { Packet } from "../../../src/model/flow.js";
import { packet, type Sketch } from "../probe.js";
import { convertTexts, fixture, inputDevice } from "./fixtures.js";

const TCP = { from: "192.0.2.9", to: "192.0.2.1", protocol: 6 } as const;

function verdict(device: Device, sketch: Sketch, more: Partial<Packet> = {}, direction: Direction = "input") {
  return prepareEvaluation(device).evaluate({ direction, packet: { ...packet(sketch), ...more } }).verdict;
}

/** The answers of a one-rule chain with policy drop to tcp packets with these ports. */
function ports(rules: readonly string[], asked: readonly number[]): (string | undefined)[] {
  const device = inputDevice(rules);
  return asked.map((port) => verdict(device, { ...TCP, port }));
}

describe("nftables: conversion", () => {
  it("asks base chains by priority; an accept ends its own chain only, a drop is final", () => {
    const text = `table inet t {
      chain late { type filter hook input priority 10; tcp dport 81 drop; }
      chain early { type filter hook input priority filter; policy drop; tcp dport { 80, 81 } accept; }
    }`;
    const device = convertTexts({ text }).devices[0]!;

    expect(device.stages.input.map(({ acl }) => acl)).to.deep.equal(["inet t early", "inet t late"]);
    expect([80, 81, 82].map((port) => verdict(device, { ...TCP, port }))).to.deep.equal(["accept", "drop", "drop"]);
  });

  it("asks the chain made last first where priorities are equal", () => {
    const chain = (name: string, port: number) =>
      `table ip ${name} { chain c { type nat hook prerouting priority -100; dnat to 10.0.0.${port}; } }\n`;
    const { after } = prepareEvaluation(convertTexts({ t: chain("a", 1) + chain("b", 2) }).devices[0]!).evaluate({
      direction: "forward",
      packet: packet(TCP),
    });

    expect(after.destination).to.deep.equal([0x0a000002]);
  });

  it("asks all nat chains of a hook at the place of nat, whatever their priorities", () => {
    const text = `table ip t {
      chain n { type nat hook prerouting priority -300; tcp dport 80 dnat to 10.0.0.1; }
      chain f { type filter hook prerouting priority -150; tcp dport 81 drop; }
    }`;

    expect(
      convertTexts({ text })
        .devices[0]!.stages.forward.slice(1)
        .map(({ acl }) => acl),
    ).to.deep.equal(["ip t f", "ip t n"]);
  });

  it("goes on behind a map without the key and at `continue`, and follows its verdicts", () => {
    const rules = [
      "tcp dport vmap { 80 : drop, 81 : continue, 82 : jump a, 83 : goto b, 84 : return, * : jump b }",
      "accept",
    ];

    expect(ports(rules, [80, 81, 82, 83, 84, 85])).to.deep.equal([
      "drop",
      "accept",
      "accept",
      "drop",
      "drop",
      "accept",
    ]);
  });

  it("reads comparisons, ranges, masks and negations of ports", () => {
    expect(ports(["tcp dport >= 1024 accept"], [1023, 1024])).to.deep.equal(["drop", "accept"]);
    expect(ports(["tcp dport != { 22, 80-90 } accept"], [22, 85, 91])).to.deep.equal(["drop", "drop", "accept"]);
    expect(ports(["tcp dport & 0x7 == 1 accept"], [80, 81, 89])).to.deep.equal(["drop", "accept", "accept"]);
  });

  it("leaves `th` open for protocols without ports unless the rule names some with", () => {
    const gre = { ...TCP, protocol: 47 };

    expect(verdict(inputDevice(["th dport 53 accept"]), gre)).to.equal("undecided");
    expect(verdict(inputDevice(["meta l4proto { tcp, udp } th dport 53 accept"]), gre)).to.equal("drop");
    expect(verdict(inputDevice(["th dport 53 accept"]), { ...TCP, port: 53 })).to.equal("accept");
  });

  it("compares flags as nft does: any of a list, the whole value with an operator, exact values in a set", () => {
    const answers = (rule: string) =>
      [2, 18, 16].map((tcpFlags) => verdict(inputDevice([`${rule} accept`]), TCP, { tcpFlags }));

    expect(answers("tcp flags syn,rst")).to.deep.equal(["accept", "accept", "drop"]);
    expect(answers("tcp flags == syn")).to.deep.equal(["accept", "drop", "drop"]);
    expect(answers("tcp flags != syn")).to.deep.equal(["drop", "accept", "accept"]);
    expect(answers("tcp flags { syn, syn | ack }")).to.deep.equal(["accept", "accept", "drop"]);
    expect(answers("tcp flags syn / syn,ack")).to.deep.equal(["accept", "drop", "drop"]);
    expect(answers("tcp flags ! ack")).to.deep.equal(["accept", "drop", "drop"]);
  });

  it("leaves open what a later packet is where rules put packets into zones of connections", () => {
    const zone = ['chain z { type filter hook prerouting priority raw; iifname "eth1" ct zone set 7; }'];
    const answers = (rule: string, before = zone) =>
      (["new", "established", "invalid"] as const).map((state) => verdict(inputDevice([rule], before), TCP, { state }));

    expect(answers("ct state established,related accept", [])).to.deep.equal(["drop", "accept", "drop"]);
    expect(answers("ct state established,related accept")).to.deep.equal(["drop", "undecided", "drop"]);
    expect(answers("ct state vmap { established : accept, related : accept }")).to.deep.equal([
      ...["drop", "undecided", "drop"],
    ]);
    expect(answers("ct state new accept")).to.deep.equal(["accept", "undecided", "drop"]);
    expect(answers("ct state { new, established, invalid } accept")).to.deep.equal(["accept", "accept", "accept"]);
    expect(answers("ct direction original accept")).to.deep.equal(["accept", "undecided", "drop"]);
    expect(answers("ct status seen-reply accept")).to.deep.equal(["drop", "undecided", "drop"]);
    expect(answers("ct original zone 7 accept")).to.deep.equal(["undecided", "undecided", "drop"]);
  });

  it("leaves open whether extension headers stand before the one that `ip6 nexthdr` asks for", () => {
    const udp = { from: "2001:db8::9", to: "2001:db8::1", protocol: 17 };
    const answer = (match: string) => verdict(inputDevice([`${match} drop`, "accept"]), udp);

    expect(
      ["ip6 nexthdr udp", "ip6 nexthdr != tcp", "meta l4proto udp", "ip6 nexthdr 0-255"].map(answer),
    ).to.deep.equal([...["undecided", "drop", "drop", "drop"]]);
    expect(["ip6 nexthdr != udp", "ip6 nexthdr { tcp, icmpv6 }"].map(answer)).to.deep.equal(["undecided", "accept"]);
  });

  it("leaves open what the kernel drops besides the rules because of them", () => {
    const answer = (statement: string, sketch: Sketch = TCP) => verdict(inputDevice([statement, "accept"]), sketch);

    for (const field of ["ip ttl set 1", "meta pkttype set broadcast", "ip length set 20", "tcp flags set ack"]) {
      expect(answer(field), field).to.equal("undecided");
    }
    for (const field of ["ip ttl set 64", "ip dscp set cs1", "tcp option maxseg size set 1400", "ct event set new"]) {
      expect(answer(field), field).to.equal("accept");
    }
    const dnat = (address: string) =>
      verdict(
        inputDevice(["accept"], [`chain n { type nat hook prerouting priority -100; dnat ip to ${address}; }`]),
        TCP,
      );
    expect(dnat("127.0.0.1")).to.equal("undecided");
    expect(dnat("192.0.2.7")).to.equal("accept");
  });

  it("leaves open whether packets in other zones are translated as their connections are", () => {
    const zone = 'chain z { type filter hook prerouting priority raw; iifname "eth1" ct zone set 7; }';
    const nat = "chain n { type nat hook postrouting priority 100; masquerade; }";
    const answer = (state: "new" | "established", ...chains: string[]) =>
      verdict(inputDevice(["accept"], chains), TCP, { state });

    expect(answer("established", zone, nat)).to.equal("undecided");
    expect(answer("new", zone, nat)).to.equal("accept");
    expect([answer("established", zone), answer("established", nat)]).to.deep.equal(["accept", "accept"]);
  });

  it("takes a negated list of states for a comparison with one value, which none equals", () => {
    const state = "established";

    expect(verdict(inputDevice(["ct state != established,related accept"]), TCP, { state })).to.equal("accept");
    expect(verdict(inputDevice(["ct state != { established, related } accept"]), TCP, { state })).to.equal("drop");
  });

  it("follows marks from the statement that sets them to rules that ask for them", () => {
    const marked = ["tcp dport 80 meta mark set 0x1", "tcp dport 81 meta mark set (meta mark & 0xfffffff0) | 0x2"];

    expect(ports([...marked, "meta mark 0x1 drop", "accept"], [80, 81, 82])).to.deep.equal([
      ...["drop", "accept", "undecided"],
    ]);
    expect(ports([...marked, "meta mark & 0xf == { 0x1, 0x2 } accept"], [80, 81])).to.deep.equal(["accept", "accept"]);
    expect(ports([...marked, "meta mark != 0x1 accept", "meta mark >= 0x2 accept"], [80])).to.deep.equal(["drop"]);
    expect(ports(["ct mark set 0x7", "meta mark set ct mark", "meta mark vmap { 0x7 : accept }"], [80])).to.deep.equal([
      "accept",
    ]);
  });

  it("asks for a mark once, also where a chain that is jumped to changes it", () => {
    const marking = ["chain m { meta mark set 0x1; }", "chain n { meta mark set 0x2; }"];
    const one = inputDevice(["meta mark set 0x0", "meta mark vmap { 0x0 : jump m, 0x1 : accept }"], marking);
    const two = inputDevice(
      ["meta mark set 0x0", "meta mark vmap { 0x0 : jump m, 0x1 : jump n }", "meta mark 0x1 accept"],
      marking,
    );

    expect(verdict(one, TCP)).to.equal("drop");
    expect(verdict(two, TCP)).to.equal("undecided");
  });

  it("knows of a connection's status what its state tells, and which translations no rule makes", () => {
    const answers = (rule: string) =>
      (["new", "established", "invalid"] as const).map((state) =>
        verdict(inputDevice([`ct status ${rule} accept`]), TCP, { state }),
      );

    expect(answers("dnat")).to.deep.equal(["drop", "drop", "drop"]);
    expect(answers("seen-reply")).to.deep.equal(["drop", "accept", "drop"]);
    expect(answers("confirmed")).to.deep.equal(["undecided", "accept", "drop"]);
    expect(answers("& (snat | dnat) == 0")).to.deep.equal(["accept", "accept", "drop"]);
  });

  it("leaves a rule open that asks for a mark, sets it and then decides", () => {
    const rules = ["meta mark set 0x1", "meta mark 0x1 meta mark set 0x2 accept"];

    expect(ports(rules, [80])).to.deep.equal(["undecided"]);
    expect(ports(["meta mark set 0x1", "meta mark 0x2 meta mark set 0x1 accept"], [80])).to.deep.equal(["undecided"]);
  });

  it("lets a rule that asks for a header match only packets that have it", () => {
    const v6 = { ...TCP, from: "2001:db8::9", to: "2001:db8::1" };

    expect(verdict(inputDevice(["ip saddr != 10.0.0.1 accept"]), v6)).to.equal("drop");
    expect(verdict(inputDevice(["reject with tcp reset"]), { ...TCP, protocol: 17 })).to.equal("drop");
    expect(verdict(inputDevice(["ip ttl > 3 drop", "accept"]), v6)).to.equal("accept");
    expect(verdict(inputDevice(["ip ttl set 32 drop", "accept"]), v6)).to.equal("accept");
    expect(verdict(inputDevice(["meta priority set 1:10 ct mark set 0x1 drop", "accept"]), v6)).to.equal("drop");
  });

  it("ends a rule that takes the mark of a connection where there is none", () => {
    const device = inputDevice(["meta mark set ct mark accept"]);

    expect(verdict(device, TCP)).to.equal("accept");
    expect(verdict(device, TCP, { state: "invalid" })).to.equal("drop");
  });

  it("leaves open what rules, time or other files may change", () => {
    const sets = [
      "set told { type ipv4_addr; elements = { 192.0.2.9 } }",
      "set timed { type ipv4_addr; flags timeout; elements = { 192.0.2.9 expires 3m } }",
      "set grown { type ipv4_addr; }",
    ];
    const answer = (...rules: string[]) => verdict(inputDevice(rules, sets), TCP);

    expect(answer("ip saddr @told accept")).to.equal("accept");
    expect(answer("ip saddr @timed accept")).to.equal("undecided");
    expect(answer("ip saddr != @timed accept")).to.equal("undecided");
    expect(answer("tcp dport 1 add @grown { ip saddr }", "ip saddr @grown accept")).to.equal("undecided");
    expect(answer("limit rate 5/second accept")).to.equal("undecided");
    expect(answer("queue num 1")).to.equal("undecided");
    expect(answer("ip saddr @nowhere accept")).to.equal("undecided");
  });

  it("is sure of nothing after a statement it cannot read or an include that is not given", () => {
    const readable = "table ip t { chain c { type filter hook input priority 0; policy drop; } }\n";

    const texts = [`${readable}include "more.nft"\n`, `${readable}gadget\n`, readable.slice(0, 60)];
    for (const [known, unknown] of [
      ["hook input", "hook sideways"],
      ["type filter", "type sieve"],
    ] as const) {
      const strange = convertTexts({ text: readable.replace(known, unknown) }).devices[0]!;
      expect(verdict(strange, TCP), unknown).to.equal("undecided");
    }
    for (const text of texts) {
      const { devices, diagnostics } = convertTexts({ text });
      expect(verdict(devices[0]!, TCP), text).to.equal("undecided");
      expect(diagnostics.length, text).to.be.above(0);
    }
  });

  it("reads an included file at the place that includes it", () => {
    const main =
      'include "./vars.nft"\ntable ip t { chain c { type filter hook input priority 0; policy drop; tcp dport $web accept; } }';
    const { devices } = convertTexts({ "vars.nft": "define web = { 80, 443 }", main });

    expect(verdict(devices[0]!, TCP)).to.equal("accept");
  });

  it("knows what addresses are the machine's own from `ip addr`", () => {
    const text =
      "table ip t { chain c { type filter hook input priority 0; policy drop; fib daddr type local accept; } }";
    const addresses = "2: eth0: <UP> mtu 1500\n    inet 192.0.2.1/24 scope global eth0\n";

    expect(verdict(convertTexts({ text, addresses }).devices[0]!, TCP)).to.equal("accept");
    expect(verdict(convertTexts({ text }).devices[0]!, TCP)).to.equal("undecided");
  });

  it("leaves open what a bridge table that drops does, and passes over one that does not", () => {
    const filter = "table ip t { chain c { type filter hook input priority 0; policy accept; tcp dport 1 drop; } }\n";
    const bridge = "table bridge b { chain c { type filter hook forward priority 0; ip saddr 10.0.0.1 VERDICT; } }\n";

    expect(verdict(convertTexts({ t: filter + bridge.replace("VERDICT", "drop") }).devices[0]!, TCP)).to.equal(
      "undecided",
    );
    expect(verdict(convertTexts({ t: filter + bridge.replace("VERDICT", "accept") }).devices[0]!, TCP)).to.equal(
      "accept",
    );
  });

  it("follows the commands of a script in order", () => {
    const device = convertTexts({ "host.nft": fixture("host.nft") }).devices[0]!;

    expect(verdict(device, { ...TCP, from: "203.0.113.4" })).to.equal("accept");
    expect(verdict(device, { ...TCP, from: "192.0.2.66" })).to.equal("drop");
    expect(verdict(device, { ...TCP, from: "10.99.0.2", port: 22 })).to.equal("accept");
    expect(verdict(device, { ...TCP, from: "10.99.0.3", port: 5005 })).to.equal("accept");
    expect(verdict(device, { ...TCP, from: "240.0.0.1", port: 5005 }, { ingressInterface: "eth0" })).to.equal("drop");
  });

  it("translates before it filters, and by the entries of maps", () => {
    const device = convertTexts({ "gateway.nft": fixture("gateway.nft") }).devices[0]!;
    const interfaces = { ingressInterface: "wan0", egressInterface: "dmz0" };
    const { verdict: answer, after } = prepareEvaluation(device).evaluate({
      direction: "forward",
      packet: { ...packet({ from: "203.0.113.4", to: "198.51.100.7", protocol: 6, port: 8443 }), ...interfaces },
    });

    expect(answer).to.equal("accept");
    expect(after.destination).to.deep.equal([0x0a1e000b]);
  });

  it("makes a packet untracked only before tracking has looked at it", () => {
    const rules = (priority: number) => `table ip t {
      chain p { type filter hook prerouting priority ${priority}; udp dport 514 notrack; }
      chain c { type filter hook input priority 0; policy drop; ct state untracked accept; }
    }`;
    const syslog = { ...TCP, protocol: 17, port: 514 };

    expect(verdict(convertTexts({ t: rules(-300) }).devices[0]!, syslog)).to.equal("accept");
    expect(verdict(convertTexts({ t: rules(0) }).devices[0]!, syslog)).to.equal("drop");
  });
});
