/** What the vendor's pages say of packets, asked of the model; and random rules held to a plain reading of them. */
import { expect } from "chai";
import fc from "fast-check";
import { type AddressRange, isInRange, parseAddress, parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import { windowsFirewall } from "../../../src/vendors/windows-firewall/index.js";
import { fixture } from "../fixtures.js";
import { asker } from "../probe.js";

const range = (text: string) => parseAddressRange(text) as AddressRange;

interface Rule {
  readonly direction: "In" | "Out";
  readonly action: "Allow" | "Block";
  readonly enabled: "Yes" | "No";
  readonly profiles: string;
  readonly remote: string;
  readonly protocol: "TCP" | "UDP" | "Any";
  readonly localPort: string;
  readonly program: string;
}

const PLAIN: Rule = {
  direction: "In",
  action: "Allow",
  enabled: "Yes",
  profiles: "Domain,Private,Public",
  remote: "Any",
  protocol: "TCP",
  localPort: "Any",
  program: "",
};

function written(rules: readonly Rule[]): string {
  return `${rules.map(writtenRule).join("\n")}Ok.\n`;
}

function writtenRule(rule: Rule, index: number): string {
  const ports = `LocalPort:        ${rule.localPort}\nRemotePort:       Any\n`;
  return `
Rule Name:        rule ${index}
----------------------------------------------------------------------
Enabled:          ${rule.enabled}
Direction:        ${rule.direction}
Profiles:         ${rule.profiles}
LocalIP:          Any
RemoteIP:         ${rule.remote}
Protocol:         ${rule.protocol}
${rule.protocol === "Any" ? "" : ports}${rule.program === "" ? "" : `Program:          ${rule.program}\n`}InterfaceTypes:   Any
Security:         NotRequired
Action:           ${rule.action}
`;
}

function machine(rules: readonly Rule[], facts: Readonly<Record<string, string>> = {}): Device {
  const { value } = windowsFirewall.parse(written(rules), "rules.txt");
  const options = { deviceName: "host", facts: new Map(Object.entries(facts)) };
  return windowsFirewall.convert([value], options).value.devices[0] as Device;
}

const PACKET = { from: "10.1.2.3", to: "192.0.2.10", protocol: 6 };

describe("windows-firewall by its pages", () => {
  // [MS-FASP] 2.2.34: "block rules take precedence over allow rules"
  it("blocks what a block rule matches, wherever the rule stands", () => {
    const block: Rule = { ...PLAIN, action: "Block", remote: "10.1.0.0/16" };
    for (const rules of [
      [PLAIN, block],
      [block, PLAIN],
    ]) {
      const ask = asker(machine(rules), "input");

      expect(ask(PACKET)).to.equal("drop");
      expect(ask({ ...PACKET, from: "10.2.0.1" })).to.equal("accept");
    }
  });

  // page "Netsh AdvFirewall Firewall Commands": inbound is blocked, outbound allowed unless configured
  it("blocks inbound and allows outbound where no rule matches", () => {
    const device = machine([{ ...PLAIN, localPort: "443" }]);

    expect(asker(device, "input")({ ...PACKET, port: 444 })).to.equal("drop");
    expect(asker(device, "output")({ ...PACKET, port: 444 })).to.equal("accept");
  });

  // [MS-FASP] 2.2.34: "Allow-bypass rules take precedence over block rules"
  it("cannot tell where an authenticated peer may pass a block rule", () => {
    const commands = [
      "netsh advfirewall firewall add rule name=b dir=in action=block protocol=TCP",
      "netsh advfirewall firewall add rule name=y dir=in action=bypass protocol=TCP security=authenticate",
    ].join("\n");
    const { value } = windowsFirewall.parse(commands, "c.txt");
    const [device] = windowsFirewall.convert([value], { deviceName: "host" }).value.devices;

    expect(asker(device as Device, "input")(PACKET)).to.equal("undecided");
    expect(asker(device as Device, "input")({ ...PACKET, protocol: 17 })).to.equal("drop");
  });

  // netfw.h reference, INetFwPolicy2::put_BlockAllInboundTraffic: exceptions are ignored, only locally initiated traffic passes
  it("asks no inbound rule where a profile blocks all inbound traffic", () => {
    const settings =
      "Domain Profile Settings:\n-----\nState   ON\nFirewall Policy   BlockInboundAlways,AllowOutbound\nOk.\n";
    const parsed = [written([PLAIN]), settings].map((text, i) => windowsFirewall.parse(text, `${i}.txt`).value);
    const options = { deviceName: "host", facts: new Map([["active-profile", "domain"]]) };
    const [device] = windowsFirewall.convert(parsed, options).value.devices;

    expect(asker(device as Device, "input")(PACKET)).to.equal("drop");
    expect(asker(device as Device, "output")(PACKET)).to.equal("accept");
  });

  // [MS-FASP] 2.2.14: `RPC` and `RPC-EPMap` are the ports of the machine's own RPC servers and of their mapper
  it("reads RPC in an allow rule as every dynamic port and the mapper as 135, and in a block rule as unknown", () => {
    const rpc = (action: Rule["action"]) => asker(machine([{ ...PLAIN, action, localPort: "RPC,RPC-EPMap" }]), "input");

    expect([135, 50123, 445].map((port) => rpc("Allow")({ ...PACKET, port }))).to.deep.equal([
      "accept",
      "accept",
      "drop",
    ]);
    const blocked = asker(machine([PLAIN, { ...PLAIN, action: "Block", localPort: "RPC" }]), "input");
    expect(blocked({ ...PACKET, port: 50123 })).to.equal("undecided");
  });

  // [MS-FASP] 2.2.21: keywords stand for addresses the machine learns
  it("leaves open what LocalSubnet, DefaultGateway, DNS, DHCP and WINS stand for", () => {
    for (const remote of ["LocalSubnet", "DefaultGateway", "DNS", "DHCP", "WINS"]) {
      expect(asker(machine([{ ...PLAIN, remote }]), "input")(PACKET), remote).to.equal("undecided");
    }
  });

  // page "Netsh AdvFirewall Firewall Commands": edge=yes lets traffic in that came over an edge device, and limits nothing
  it("is not limited by edge traversal", () => {
    const command =
      "netsh advfirewall firewall add rule name=e dir=in action=allow protocol=TCP localport=443 edge=yes";
    const [device] = windowsFirewall.convert([windowsFirewall.parse(command, "c.txt").value], { deviceName: "host" })
      .value.devices;

    expect(asker(device as Device, "input")({ ...PACKET, port: 443 })).to.equal("accept");
  });

  describe("in the registry", () => {
    const OWN = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy";
    const DEFAULTS = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Defaults\\FirewallPolicy";
    const POLICY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
    const section = (key: string, ...lines: readonly string[]) => [`[${key}]`, ...lines, ""].join("\n");
    const rule = (keys: string) => `"{1}"="v2.30|Action=Allow|Active=TRUE|Dir=In|${keys}Name=x|"`;
    const answer = (...sections: readonly string[]) => {
      const text = ["Windows Registry Editor Version 5.00", "", ...sections].join("\n");
      const options = { deviceName: "host", facts: new Map([["active-profile", "domain"]]) };
      const [device] = windowsFirewall.convert([windowsFirewall.parse(text, "r.reg").value], options).value.devices;
      return asker(device as Device, "input")(PACKET);
    };
    const https = (key: string) => section(`${key}\\FirewallRules`, rule("Protocol=6|LPort=443|"));
    const domain = (key: string, ...lines: readonly string[]) => section(`${key}\\DomainProfile`, ...lines);
    const isOn = '"EnableFirewall"=dword:00000001';
    const isOff = '"EnableFirewall"=dword:00000000';

    it("takes the settings of group policy before the machine's own, wherever they stand", () => {
      const other = section(`${OWN}\\FirewallRules`, rule("Protocol=17|"));

      expect(answer(domain(POLICY, isOff), domain(OWN, isOn), other)).to.equal("accept");
      expect(answer(domain(OWN, isOff), domain(POLICY, '"DefaultInboundAction"=dword:1'), other)).to.equal("accept");
      expect(answer(domain(OWN, isOn), domain(DEFAULTS, isOff), other)).to.equal("drop");
    });

    // [MS-GPFAS] 2.2.3: AllowLocalPolicyMerge 0 asks the rules of group policy alone
    it("is not sure of the machine's own rules where group policy may set them aside, nor of those of a reset", () => {
      const merge = (value: string) => domain(POLICY, isOn, `"AllowLocalPolicyMerge"=dword:0000000${value}`);

      expect(answer(merge("1"), https(OWN))).to.equal("accept");
      expect(answer(merge("0"), https(OWN))).to.equal("undecided");
      expect(answer(merge("0"), https(POLICY))).to.equal("accept");
      expect(answer(https(DEFAULTS))).to.equal("undecided");
    });

    it("takes lists in the form of Windows XP for rules that are not read", () => {
      const list = section(`${POLICY}\\DomainProfile\\GloballyOpenPorts\\List`, '"443:TCP"="443:TCP:*:enabled:x"');

      expect(answer(domain(OWN, isOn), list, section(OWN, rule("Protocol=17|")))).to.equal("undecided");
    });

    it("leaves open what alternatives of an unknown version, ports without a protocol, and several protocols say", () => {
      for (const keys of [
        ...["Protocol=6|LPort=80|LPort2_77=New|", "Protocol=6|RA4=192.0.2.1|RA49=New|", "LPort=80|", "ICMP4=8:*|"],
        ...["Protocol=17|Protocol=6|", "Protocol=6|Svc=*|"],
      ]) {
        expect(answer(domain(OWN, isOn), section(OWN, rule(keys))), keys).to.equal("undecided");
      }
    });
  });

  describe("in PowerShell", () => {
    const answer = (text: string) => {
      const options = { deviceName: "host", facts: new Map([["active-profile", "domain"]]) };
      const [device] = windowsFirewall.convert([windowsFirewall.parse(text, "p").value], options).value.devices;
      return asker(device as Device, "input")(PACKET);
    };
    const rule = {
      ...{ Name: "x", Enabled: "True", Direction: "Inbound", Action: "Allow", Profile: "Any", Protocol: "TCP" },
      ...{ LocalAddress: "Any", RemoteAddress: "Any", LocalPort: "443", RemotePort: "Any", Program: "Any" },
      ...{ Service: "Any" },
    };
    const profile = { Name: "Domain", Enabled: "True", DefaultInboundAction: "Block" };
    const json = (merges: string, of: object) =>
      JSON.stringify({ Rules: [{ ...rule, ...of }], Profiles: [{ ...profile, AllowLocalFirewallRules: merges }] });

    // page "Set-NetFirewallProfile", -AllowLocalFirewallRules
    it("is not sure of the machine's own rules where a profile may set them aside", () => {
      expect(answer(json("True", {}))).to.equal("accept");
      expect(answer(json("NotConfigured", {}))).to.equal("accept");
      for (const merges of ["False", "0", "Unheard"]) expect(answer(json(merges, {})), merges).to.equal("undecided");
      expect(answer(json("False", { PolicyStoreSourceType: "GroupPolicy" }))).to.equal("accept");
    });

    // page "New-NetFirewallDynamicKeywordAddress": no word on a rule that names addresses of its own too
    it("takes dynamic keywords for addresses that the rule may have beside its own", () => {
      const dynamic = { RemoteAddress: "192.0.2.1", RemoteDynamicKeywordAddresses: ["{00000000-0000}"] };
      const command = "New-NetFirewallRule -DisplayName x -RemoteAddress 192.0.2.1 -RemoteDynamicKeywordAddresses";

      expect(answer(json("True", { RemoteAddress: "192.0.2.1" }))).to.equal("drop");
      expect(answer(json("True", dynamic))).to.equal("undecided");
      expect(answer(`${command} "{00000000-0000}"`)).to.equal("undecided");
    });
  });

  it("proves the predefined groups once it is stated what listens", () => {
    const { text, file } = fixture("windows-firewall", "rules-verbose.txt");
    const listeners = "tcp/445=System, tcp/139=System, tcp/135=svchost.exe:rpcss, tcp/49152-65535=svchost.exe:winmgmt";
    const options = { deviceName: "host", facts: new Map([["listeners", listeners]]) };
    const [device] = windowsFirewall.convert([windowsFirewall.parse(text, file).value], options).value.devices;
    const ask = asker(device as Device, "input");

    for (const port of [445, 139, 135, 50123]) expect(ask({ ...PACKET, port }), `${port}`).to.equal("accept");
    expect(ask({ ...PACKET, port: 8080 })).to.equal("undecided");
    expect(ask({ ...PACKET, from: "10.66.1.1", port: 445 })).to.equal("drop");
  });
});

const randomRule = fc.record({
  direction: fc.constantFrom("In" as const, "Out" as const),
  action: fc.constantFrom("Allow" as const, "Block" as const),
  enabled: fc.constantFrom("Yes" as const, "Yes" as const, "No" as const),
  profiles: fc.constantFrom("Domain,Private,Public", "Domain", "Private,Public"),
  remote: fc.constantFrom("Any", "10.0.0.0/8", "10.1.0.0/255.255.0.0,203.0.113.7", "203.0.113.1-203.0.113.9"),
  protocol: fc.constantFrom("TCP" as const, "UDP" as const, "Any" as const),
  localPort: fc.constantFrom("Any", "443", "80,8000-9000"),
  program: fc.constantFrom("", "", "C:\\a.exe"),
});
const packets = fc.record({
  from: fc.constantFrom("10.1.2.3", "10.9.9.9", "203.0.113.5", "198.51.100.7"),
  protocol: fc.constantFrom(1, 6, 17),
  port: fc.constantFrom(80, 443, 8080),
});

interface World {
  readonly profile: string;
  /** Whether the program rules are limited to is the one that listens. */
  readonly isProgram: boolean;
}

function truth(rules: readonly Rule[], packet: { from: string; protocol: number; port: number }, world: World): string {
  const matching = rules.filter((rule) => {
    const isPort = rule.localPort.split(",").some((text) => {
      const [first = 0, last = first] = text.split("-").map(Number);
      return text === "Any" || (first <= packet.port && packet.port <= last);
    });
    const isRemote = rule.remote
      .split(",")
      .some((text) => text === "Any" || isInRange(parseAddress(packet.from) as number[], range(text)));
    const isProtocol = rule.protocol === "Any" || { TCP: 6, UDP: 17 }[rule.protocol] === packet.protocol;
    const applies = rule.enabled === "Yes" && rule.direction === "In" && rule.profiles.includes(world.profile);
    return (
      applies &&
      isRemote &&
      isProtocol &&
      (rule.protocol === "Any" || isPort) &&
      (rule.program === "" || world.isProgram)
    );
  });
  if (matching.some(({ action }) => action === "Block")) return "drop";
  return matching.length > 0 ? "accept" : "drop";
}

describe("windows-firewall against a plain reading of random rules", () => {
  const worlds = ["Domain", "Private", "Public"].flatMap((profile) =>
    [true, false].map((isProgram) => ({ profile, isProgram })),
  );

  it("is certain only of what holds in every profile and for every program, and then right", () => {
    fc.assert(
      fc.property(
        fc.array(randomRule, { minLength: 1, maxLength: 6 }),
        fc.array(packets, { maxLength: 10 }),
        (rules, asked) => {
          const ask = asker(machine(rules), "input");
          for (const packet of asked) {
            const truths = new Set(worlds.map((world) => truth(rules, packet, world)));

            const answer = ask({ ...packet, to: "192.0.2.10" });

            if (answer !== "undecided") expect(truths).to.deep.equal(new Set([answer]));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("is always certain where the profile is stated and no rule names a program", () => {
    fc.assert(
      fc.property(
        fc.array(randomRule, { minLength: 1, maxLength: 6 }),
        fc.array(packets, { maxLength: 10 }),
        fc.constantFrom("Domain", "Private", "Public"),
        (drawn, asked, profile) => {
          const rules = drawn.map((rule) => ({ ...rule, program: "" }));
          const ask = asker(machine(rules, { "active-profile": profile.toLowerCase() }), "input");
          for (const packet of asked) {
            const answer = ask({ ...packet, to: "192.0.2.10" });

            expect(answer).to.equal(truth(rules, packet, { profile, isProgram: true }));
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
