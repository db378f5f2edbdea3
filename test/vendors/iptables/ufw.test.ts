import { expect } from "chai";
import { evaluateFlow } from "../../../src/compile/evaluate-flow.js";
import { parsePacketLine } from "../../../src/intent/parse-packet.js";
import { readUfwRule } from "../../../src/vendors/iptables/ufw-rule.js";
import { convertTexts, fixture } from "./fixtures.js";

const FILES = ["ufw-before.rules", "ufw-user.rules", "ufw-after.rules", "ufw.defaults"];
const texts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, fixture(name)]));

/** What the files of one machine do with packets of the usual notation. */
function verdicts(files: Readonly<Record<string, string>>, packets: readonly Readonly<Record<string, unknown>>[]) {
  const device = convertTexts(files).devices[0]!;
  return packets.map((packet) => {
    const { probe } = parsePacketLine(JSON.stringify(packet), "packets", 1).value!;
    return evaluateFlow(device, probe).verdict;
  });
}

const IN = { hook: "INPUT", iif: "eth0", src: "10.60.1.9", dst: "10.60.0.1", proto: "tcp", dport: 22, state: "NEW" };

describe("iptables: the files of ufw", () => {
  it("puts the user's rules where ufw asks them: after the rules before, before the rules after and the policy", () => {
    const answers = verdicts(texts(...FILES), [
      IN,
      { ...IN, src: "10.99.0.1" },
      { ...IN, src: "10.99.0.1", state: "ESTABLISHED" },
      { ...IN, state: "INVALID" },
      { ...IN, dport: 9443 },
      { ...IN, hook: "FORWARD", oif: "eth1", dst: "10.61.0.1", dport: 443 },
      { ...IN, hook: "FORWARD", oif: "eth0", dst: "10.61.0.1", dport: 443 },
      { ...IN, proto: "udp", dport: 137 },
    ]);

    expect(answers).to.deep.equal(["accept", "reject", "accept", "drop", "undecided", "accept", "drop", "reject"]);
  });

  it("closes IPv6 but for the machine itself where ufw is told to leave it alone", () => {
    const v6 = { ...IN, src: "2001:db8::9", dst: "2001:db8::1" };

    expect(verdicts(texts(...FILES), [v6, { ...v6, iif: "lo" }])).to.deep.equal(["drop", "accept"]);
  });

  it("leaves open what files that are not given may decide, and says which", () => {
    const files = texts("ufw-user.rules");
    const device = convertTexts(files).devices[0]!;
    const { probe } = parsePacketLine(JSON.stringify(IN), "packets", 1).value!;
    const { verdict, doubts } = evaluateFlow(device, probe);

    expect(verdict).to.equal("undecided");
    expect(doubts.map(({ condition }) => condition)).to.include(
      "the rules of /etc/ufw/before.rules, which is not among the exports",
    );
  });

  it("leaves IPv6 open where nothing tells whether ufw leaves it alone", () => {
    const v6 = { ...IN, src: "2001:db8::9", dst: "2001:db8::1" };
    const [before, after] = ["input", "output", "forward"].reduce<readonly string[]>(
      (heads, hook) => heads.map((head, i) => `${head}:ufw6-${["before", "after"][i]}-${hook} -\n`),
      ["*filter\n", "*filter\n"],
    );
    const status = (...lines: readonly string[]) =>
      ["Status: active", "Default: allow (incoming), allow (outgoing), deny (routed)", ...lines, ""].join("\n");
    const asked = (text: string, defaults?: string) =>
      verdicts(
        {
          "before6.rules": `${before}COMMIT\n`,
          "after6.rules": `${after}COMMIT\n`,
          status: text,
          ...(defaults && { defaults }),
        },
        [v6],
      )[0];

    expect(asked(status("To   Action  From", "80/tcp   DENY IN   Anywhere"))).to.equal("undecided");
    expect(asked(status("80/tcp (v6)   DENY IN   Anywhere (v6)"))).to.equal("accept");
    expect(
      ["yes", "no", "no # off"].map((ipv6) => asked(status(), `DEFAULT_INPUT_POLICY="ACCEPT"\nIPV6=${ipv6}\n`)),
    ).to.deep.equal(["accept", "drop", "undecided"]);
  });

  it("reads the status as the rules that it shows, with the defaults", () => {
    const files = { ...texts("ufw-status.txt", "ufw-before.rules", "ufw-after.rules") };
    const answers = verdicts(files, [
      IN,
      { ...IN, src: "10.99.0.1" },
      { ...IN, src: "10.99.0.1", dport: 443 },
      { ...IN, src: "10.99.0.1", dport: 443, iif: "eth1" },
      { ...IN, src: "10.60.9.9", proto: "udp", dport: 53 },
      { ...IN, dport: 9443, state: "ESTABLISHED" },
      { ...IN, hook: "FORWARD", oif: "eth1", dst: "10.61.0.1", dport: 443 },
      { ...IN, hook: "FORWARD", oif: "eth0", dst: "10.61.0.1", dport: 443 },
      { ...IN, hook: "OUTPUT", iif: undefined, oif: "eth0", dport: 25 },
    ]);

    expect(answers).to.deep.equal([
      ...["accept", "drop", "accept", "drop", "drop", "accept"],
      ...["accept", "undecided", "reject"],
    ]);
  });

  it("lets everything pass where ufw is not active", () => {
    expect(verdicts({ status: "Status: inactive\n" }, [IN, { ...IN, hook: "FORWARD", oif: "eth1" }])).to.deep.equal([
      "accept",
      "accept",
    ]);
  });

  it("reads every form of a line that ufw prints", () => {
    const commands = (line: string) => readUfwRule(line)?.commands.map((command) => command.trim());

    expect(commands("[ 2] 22/tcp (OpenSSH (v6))     ALLOW IN    Anywhere (v6)")).to.deep.equal([
      "-p tcp --dport 22 -j ACCEPT",
    ]);
    expect(commands("Anywhere                   DENY        10.0.0.0/8 53/udp          # name servers")).to.deep.equal([
      "-s 10.0.0.0/8 -p udp --sport 53 -j DROP",
    ]);
    expect(commands("25/tcp                     REJECT OUT  Anywhere on wan0           (log, out)")).to.deep.equal([
      "-o wan0 -p tcp --dport 25 -j REJECT",
    ]);
    expect(commands("Anywhere on lan0           ALLOW FWD   Anywhere on wan0")).to.deep.equal([
      "-i wan0 -o lan0 -j ACCEPT",
    ]);
    expect(commands("10.0.0.5 8000:8010,9000/tcp ALLOW IN   Anywhere")).to.deep.equal([
      "-d 10.0.0.5 -p tcp -m multiport --dports 8000:8010,9000 -j ACCEPT",
    ]);
    expect(readUfwRule("Apache Full (v6)           ALLOW IN    Anywhere (v6)")?.doubts).to.deep.equal([
      "the ports of profile `Apache Full`",
    ]);
    expect(readUfwRule("22/tcp                     ALLOW IN    Anywhere2")?.doubts).to.deep.equal([
      "the ports of profile `Anywhere2`",
    ]);
    expect(readUfwRule("something else")).to.equal(undefined);
  });
});
