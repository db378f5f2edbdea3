import { expect } from "chai";
import type { Ace } from "../../../src/model/acl.js";
import { type AddressRange, formatAddressRange, parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import type { AnyOf, Endpoint } from "../../../src/model/matches.js";
import { formatRanges, type Service } from "../../../src/model/service.js";
import type { ConvertOptions } from "../../../src/model/vendor.js";
import { windowsFirewall } from "../../../src/vendors/windows-firewall/index.js";
import { fixture } from "../fixtures.js";

function loadTexts(inputs: readonly { file: string; text: string }[], options: Partial<ConvertOptions> = {}) {
  const parsed = inputs.map(({ text, file }) => windowsFirewall.parse(text, file));
  const converted = windowsFirewall.convert(
    parsed.map(({ value }) => value),
    { deviceName: "host", ...options },
  );
  const diagnostics = [...parsed.flatMap((file) => file.diagnostics), ...converted.diagnostics];
  return { ...converted.value, device: converted.value.devices[0] as Device, diagnostics };
}

function load(files: readonly string[], options: Partial<ConvertOptions> = {}) {
  return loadTexts(
    files.map((file) => fixture("windows-firewall", file)),
    options,
  );
}

function aces(device: Device, acl: "inbound" | "outbound"): readonly Ace[] {
  return device.acls.find(({ name }) => name === acl)?.aces ?? [];
}

function named(list: readonly Ace[], name: string): Ace {
  return list.find((ace) => ace.name === name) as Ace;
}

function addresses(conditions: readonly AnyOf<Endpoint>[] | undefined): string {
  const operands = (conditions ?? []).flatMap((condition) => condition.operands);
  return operands
    .map((operand) => {
      if ("setRef" in operand) return `@${operand.setRef}`;
      return "literal" in operand ? formatAddressRange(operand.literal as AddressRange) : `?${operand.unresolved}`;
    })
    .join(" ");
}

function services(conditions: readonly AnyOf<Service>[] | undefined): string[] {
  return (conditions ?? []).map(({ operands, negated }) => {
    const listed = operands
      .map((operand) => {
        if (!("literal" in operand)) return "unresolved" in operand ? `?${operand.unresolved}` : `@${operand.setRef}`;
        const { protocol, sourcePorts, destinationPorts, icmpTypes } = operand.literal;
        const from = sourcePorts && ` from ${formatRanges(sourcePorts)}`;
        const to = destinationPorts && ` to ${formatRanges(destinationPorts)}`;
        return `${protocol}${from ?? ""}${to ?? ""}${icmpTypes ? ` type ${formatRanges(icmpTypes)}` : ""}`;
      })
      .join(" | ");
    return negated ? `none of ${listed}` : listed;
  });
}

const facts = (entries: Readonly<Record<string, string>>) => ({ facts: new Map(Object.entries(entries)) });

describe("windows-firewall", () => {
  it("reads an inbound rule with the remote side as source and local ports as destination ports", () => {
    const { device } = load(["rules-verbose.txt"]);

    const { matches, action } = named(aces(device, "inbound"), "replication data");

    expect(action.kind).to.equal("accept");
    expect(addresses(matches.source)).to.equal("10.0.0.0/8");
    expect(addresses(matches.destination)).to.equal("10.1.2.10");
    expect(services(matches.service)).to.deep.equal(["6 to 9443,9080-9082"]);
    expect(matches.unmodeled).to.deep.equal([]);
  });

  it("has no line for its defaults where no settings are given", () => {
    const { device } = load(["rules-verbose.txt"]);
    const { device: set } = load(["rules-verbose.txt", "allprofiles.txt"]);

    expect(device.acls.map(({ at }) => at.isUnwritten)).to.deep.equal([true, true]);
    expect(set.acls.map(({ at }) => [at.file, at.isUnwritten])).to.deep.equal([
      ["allprofiles.txt", undefined],
      ["allprofiles.txt", undefined],
    ]);
  });

  describe("settings of profiles", () => {
    const RULE =
      'New-NetFirewallRule -DisplayName "r" -Direction Outbound -Action Block -Protocol TCP -RemotePort 25\n';

    /** What is done in each direction where no rule decides, by the files with the texts. */
    function defaults(...texts: readonly string[]): (string | undefined)[] {
      const files = [RULE, ...texts].map((text, index) => windowsFirewall.parse(text, `file ${index}`).value);
      const { devices } = windowsFirewall.convert(files, { deviceName: "host" }).value;
      return ["inbound", "outbound"].map((name) => {
        const acl = devices[0]?.acls.find((one) => one.name === name);
        return acl?.aces.some(({ isImplied }) => isImplied) ? "gap" : acl?.defaultAction.kind;
      });
    }

    const netsh = (policy: string) => `netsh advfirewall set allprofiles firewallpolicy ${policy}\n`;
    const shown = (policy: string) =>
      ["Domain", "Private", "Public"]
        .map(
          (name) => `\n${name} Profile Settings:\n${"-".repeat(70)}\nState      ON\nFirewall Policy      ${policy}\n`,
        )
        .join("");
    const registry = (value: string) =>
      ["Windows Registry Editor Version 5.00", ""]
        .concat(
          ["DomainProfile", "StandardProfile", "PublicProfile"].flatMap((name) => [
            `[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\${name}]`,
            '"EnableFirewall"=dword:00000001',
            `"DefaultOutboundAction"=${value}`,
          ]),
        )
        .join("\n");
    const json = (action: string) =>
      JSON.stringify(
        ["Domain", "Private", "Public"].map((Name) => ({ Name, Enabled: 1, DefaultInboundAction: action })),
      );

    it("are open where they are in words that nobody knows, and usual where they are not set", () => {
      expect(defaults(netsh("blockinbound,blockoutbound"))).to.deep.equal(["drop", "drop"]);
      expect(defaults(netsh("notconfigured,blockoutbound"))).to.deep.equal(["drop", "drop"]);
      expect(defaults(netsh("blockinboundx,blockoutbound"))).to.deep.equal(["unknown", "drop"]);
      expect(defaults(netsh("blockinbound"))).to.deep.equal(["unknown", "unknown"]);
      expect(defaults(shown("AllowInbound,BlockOutbound"))).to.deep.equal(["accept", "drop"]);
      expect(defaults(shown("AllowInbound,BlokOutbound"))).to.deep.equal(["accept", "unknown"]);
      expect(defaults(registry("dword:00000001"))).to.deep.equal(["drop", "drop"]);
      expect(defaults(registry("dword:0000000x"))).to.deep.equal(["drop", "unknown"]);
      expect(defaults(json("Allow"))).to.deep.equal(["accept", "accept"]);
      expect(defaults(json("NotConfigured"))).to.deep.equal(["drop", "accept"]);
      expect(defaults(json("Allowed"))).to.deep.equal(["unknown", "accept"]);
    });

    it("are not those under a heading that nobody knows", () => {
      const unknown = shown("AllowInbound,AllowOutbound").replace("Public Profile Settings:", "Ustawienia:");

      expect(defaults(shown("AllowInbound,AllowOutbound"))).to.deep.equal(["accept", "accept"]);
      expect(defaults(unknown)).to.deep.equal(["gap", "gap"]);
    });

    it("are open where two group policies of a report differ", () => {
      const policy = (action: string) => `<DomainProfile><EnableFirewall><Value>true</Value></EnableFirewall>
        <DefaultOutboundAction><Value>${action}</Value></DefaultOutboundAction></DomainProfile>`;
      const report = (...policies: readonly string[]) =>
        `<GPO xmlns:q1="http://www.microsoft.com/GroupPolicy/Settings/WindowsFirewall">${policies.join("\n")}</GPO>`;
      const every = (text: string) => ["Domain", "Private", "Public"].map((name) => text.replaceAll("Domain", name));
      const same = ["false", "false"].flatMap((action) => every(policy(action)));
      const other = ["false", "true"].flatMap((action) => every(policy(action)));

      expect(defaults(report(...same))).to.deep.equal(["drop", "accept"]);
      expect(defaults(report(...other))).to.deep.equal(["drop", "unknown"]);
    });

    it("are open beside a profile, or an object of JSON, that nobody knows", () => {
      const profile = { Name: "Domain", Enabled: 1, DefaultInboundAction: "Block" };

      expect(defaults(JSON.stringify({ Profiles: profile }))).to.deep.equal(["drop", "accept"]);
      expect(defaults(JSON.stringify({ Profiles: { value: [profile], Count: 1 } }))).to.deep.equal(["drop", "accept"]);
      for (const other of [
        { ...profile, Name: "Guest" },
        { Name: "Public", DefaultInboundAction2: 1, Enabled: 1 },
      ]) {
        const texts = JSON.stringify({ Profiles: [profile, other] });
        expect(defaults(texts), other.Name).to.deep.equal(["gap", "gap"]);
      }
    });

    it("are those of every command of a script together, and open behind one that is not read whole", () => {
      const set = (parameters: string) => `Set-NetFirewallProfile ${parameters}\n`;

      expect(defaults(set("-All -DefaultInboundAction Allow") + set("-All -Enabled True"))).to.deep.equal([
        ...["accept", "accept"],
      ]);
      expect(defaults(set("-All -Enabled False") + set("-All -DefaultOutboundAction Block"))).to.deep.equal([
        ...["accept", "accept"],
      ]);
      const shield = set("-All -AllowInboundRules False");
      expect(defaults(shield + set("-All -DefaultInboundAction Allow"))).to.deep.equal(["drop", "accept"]);
      expect(defaults(shield + set("-All -AllowInboundRules True -DefaultInboundAction Allow"))).to.deep.equal([
        ...["accept", "accept"],
      ]);
      expect(defaults(set("-All -DefaultInboundAction Allow -AllowInboundRules $x"))).to.deep.equal([
        ...["unknown", "accept"],
      ]);
      for (const parameters of ["-Profile $all -DefaultInboundAction Allow", "-All -Unheard x", "-All ; x"]) {
        expect(defaults(set(parameters)), parameters).to.deep.equal(["gap", "gap"]);
      }
    });

    it("are told in full where profiles differ, so that two machines are alike only where their profiles are", () => {
      const set = (profile: string) => `netsh advfirewall set ${profile} firewallpolicy allowinbound,allowoutbound\n`;
      const texts = ["domainprofile", "publicprofile"].map((profile) => {
        const files = [RULE, set(profile)].map((text, index) => windowsFirewall.parse(text, `file ${index}`).value);
        return windowsFirewall.convert(files, { deviceName: "host" }).value.devices[0]?.acls[0]?.defaultAction;
      });

      expect(texts[0]).to.deep.equal({
        kind: "unknown",
        text: "the default of the profile in use (domain: accept, private: drop, public: drop)",
      });
      expect(texts[1]).not.to.deep.equal(texts[0]);
    });
  });

  it("reads an outbound rule the other way round", () => {
    const { device } = load(["rules-verbose.txt"]);

    const { matches, action } = named(aces(device, "outbound"), "no mail from servers");

    expect(action.kind).to.equal("drop");
    expect(services(matches.service)).to.deep.equal(["6 to 25,465,587"]);
  });

  it("lets block rules override allow rules and tracks connections", () => {
    const { device } = load(["rules-verbose.txt"]);

    expect(device.acls.map(({ evaluation }) => evaluation)).to.deep.equal(["drop-overrides", "drop-overrides"]);
    expect(device.tracking).to.equal("implicit");
    expect(named(aces(device, "inbound"), "quarantine").matches.service).to.equal(undefined);
  });

  it("assumes inbound blocked and outbound allowed where no settings are given, and says so", () => {
    const { device, diagnostics } = load(["rules-verbose.txt"]);

    expect(device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["drop", "accept"]);
    expect(diagnostics.map(({ code }) => code)).to.contain("windows-firewall/assumed-defaults");
  });

  it("takes defaults from the profile in use", () => {
    const current = load(["rules-verbose.txt", "currentprofile.txt"]);
    const open = load(["rules-verbose.txt", "allprofiles.txt"]);
    const stated = load(["rules-verbose.txt", "allprofiles.txt"], facts({ "active-profile": "private" }));

    const defaults = (device: Device) => device.acls.map(({ defaultAction }) => defaultAction.kind);
    expect(defaults(current.device)).to.deep.equal(["drop", "drop"]);
    expect(defaults(open.device)).to.deep.equal(["drop", "unknown"]);
    expect(defaults(stated.device)).to.deep.equal(["drop", "accept"]);
  });

  it("asks no inbound rule under BlockInboundAlways, and is unsure while another profile may be in use", () => {
    const shielded = load(["rules-verbose.txt", "allprofiles.txt"], facts({ "active-profile": "public" }));
    const open = load(["rules-verbose.txt", "allprofiles.txt"]);

    expect(aces(shielded.device, "inbound").some(({ enabled }) => enabled)).to.equal(false);
    expect(named(aces(open.device, "inbound"), "replication data").matches.unmodeled).to.have.length(1);
  });

  it("accepts everything under a profile that is off", () => {
    const off = loadTexts([
      fixture("windows-firewall", "rules-plain.txt"),
      { file: "all.txt", text: fixture("windows-firewall", "allprofiles.txt").text.replaceAll(" ON", " OFF") },
    ]);

    expect(off.device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["accept", "accept"]);
    expect(aces(off.device, "inbound").map(({ enabled }) => enabled)).to.deep.equal([false]);
  });

  it("makes a rule for some profiles conditional until the profile in use is known", () => {
    const name = "Remote Desktop - User Mode (TCP-In)";
    const open = named(aces(load(["rules-verbose.txt"]).device, "inbound"), name);
    const domain = load(["rules-verbose.txt"], facts({ "active-profile": "domain" }));
    const other = load(["rules-verbose.txt"], facts({ "active-profile": "public" }));

    expect(open.matches.unmodeled).to.deep.equal(["it applies in profile domain only"]);
    expect(named(aces(domain.device, "inbound"), name).matches.unmodeled).to.deep.equal([]);
    expect(named(aces(other.device, "inbound"), name).enabled).to.equal(false);
    expect(addresses(open.matches.source)).to.equal("10.1.0.0/16 192.168.7.1-192.168.7.20");
  });

  it("keeps disabled rules as disabled", () => {
    const { device } = load(["rules-verbose.txt"]);

    expect(named(aces(device, "inbound"), "Windows Management Instrumentation (ASync-In)").enabled).to.equal(false);
  });

  it("makes a rule for a program conditional, certain where it listens and idle where only others do", () => {
    const open = load(["rules-verbose.txt"]).device;
    const listeners = "tcp/445=System, tcp/135=svchost.exe:rpcss, tcp/49152-65535=svchost.exe:winmgmt";
    const known = load(["rules-verbose.txt"], facts({ listeners })).device;
    const rule = "Windows Management Instrumentation (WMI-In)";
    const shown = (device: Device) =>
      aces(device, "inbound")
        .filter(({ name }) => name === rule)
        .map(({ matches }) => ({ services: services(matches.service), conditions: matches.unmodeled.length }));

    expect(shown(open)).to.deep.equal([{ services: ["6"], conditions: 1 }]);
    expect(shown(known)).to.deep.equal([
      { services: ["6", "6 to 49152-65535"], conditions: 0 },
      { services: ["6", "none of 6 to 445 | 6 to 135"], conditions: 1 },
    ]);
  });

  it("keeps a rule conditional on a port on which its program and others listen", () => {
    const listeners = "tcp/445=System, tcp/400-500=svchost.exe, tcp/135=svchost.exe:rpcss";
    const { device } = load(["rules-verbose.txt"], facts({ listeners }));

    const [rule] = aces(device, "inbound").filter(({ name }) => name.endsWith("(WMI-In)"));

    expect(services(rule?.matches.service)).to.deep.equal(["6", "none of 6 to 135"]);
  });

  it("reads the ICMP table", () => {
    const { device } = load(["rules-verbose.txt"]);

    const { matches } = named(aces(device, "inbound"), "File and Printer Sharing (Echo Request - ICMPv4-In)");

    expect(services(matches.service)).to.deep.equal(["1 type 8"]);
  });

  it("keeps address keywords as sets: bounds, or what the user states", () => {
    const range = parseAddressRange("10.1.2.0/24") as AddressRange;
    const open = load(["rules-verbose.txt"]).device;
    const known = load(["rules-verbose.txt"], { definedSets: new Map([["localsubnet", [range]]]) }).device;

    const rule = named(aces(open, "inbound"), "File and Printer Sharing (NB-Name-In)");
    expect(addresses(rule.matches.source)).to.equal("@LocalSubnet");
    expect(open.sets.map(({ members }) => members)).to.deep.equal([[{ unresolved: "LocalSubnet" }]]);
    expect(known.sets.map(({ members }) => members)).to.deep.equal([[{ literal: range }]]);
  });

  it("reads RPC-EPMap as port 135 and RPC of an allow rule as the dynamic ports, stated or default", () => {
    const usual = load(["rules-verbose.txt"]);
    const stated = load(["rules-verbose.txt"], facts({ "rpc-ports": "5000-5100" }));

    const ports = (device: Device, name: string) => services(named(aces(device, "inbound"), name).matches.service);
    expect(ports(usual.device, "rpc endpoint mapper")).to.deep.equal(["6 to 135"]);
    expect(ports(usual.device, "rpc servers")).to.deep.equal(["6 to 49152-65535"]);
    expect(ports(stated.device, "rpc servers")).to.deep.equal(["6 to 5000-5100"]);
    expect(usual.diagnostics.map(({ code }) => code)).to.contain("windows-firewall/rpc-ports");
  });

  it("is sure of no rule of an export without `verbose`, which may hide a program, and joins continued lists", () => {
    const { device } = load(["rules-plain.txt"]);

    const { matches } = named(aces(device, "inbound"), "web");

    expect(matches.unmodeled).to.have.length(1);
    expect(matches.unmodeled[0]).to.contain("does not show program");
    expect(addresses(matches.source)).to.equal("10.4.0.0/16 10.5.0.0/16");
  });

  it("reads German, French and Spanish output", () => {
    const german = named(aces(load(["german.txt"]).device, "inbound"), "Replikation");
    const french = named(aces(load(["french.txt"]).device, "inbound"), "Quarantaine");
    const spanish = named(aces(load(["spanish.txt"]).device, "outbound"), "Correo");

    expect(german.matches.unmodeled).to.deep.equal([]);
    expect(addresses(german.matches.source)).to.equal("10.3.0.0/16");
    expect(services(german.matches.service)).to.deep.equal(["6 to 9443"]);
    expect(french.action.kind).to.equal("drop");
    expect(addresses(french.matches.source)).to.equal("10.66.0.0/16");
    expect(spanish.action.kind).to.equal("drop");
    expect(services(spanish.matches.service)).to.deep.equal(["6 to 25"]);
  });

  it("reads add-rule commands with their defaults, and lets authenticated bypass put block rules in doubt", () => {
    const block = "netsh advfirewall firewall add rule name=b dir=in action=block protocol=TCP localport=23\n";
    const { text } = fixture("windows-firewall", "commands.txt");
    const { device } = loadTexts([{ file: "commands.txt", text: text + block }], facts({ "active-profile": "domain" }));
    const inbound = aces(device, "inbound");

    expect(services(named(inbound, "replication data").matches.service)).to.deep.equal(["6 to 9443,9080-9082"]);
    expect(services(named(inbound, "ping").matches.service)).to.deep.equal(["1 type 8"]);
    expect(named(aces(device, "outbound"), "agent only").enabled).to.equal(false);
    expect(named(inbound, "peers").matches.unmodeled.length).to.be.greaterThan(1);
    expect(named(inbound, "b").matches.unmodeled).to.deep.equal([
      "rule peers overrides block rules for authenticated peers",
    ]);
  });

  it("follows the settings of profiles in a script, and takes commands it does not follow for gaps", () => {
    const { text } = fixture("windows-firewall", "commands.txt");
    const script = (extra: string) => [{ file: "commands.txt", text: text + extra }];
    const open = loadTexts(
      script("netsh advfirewall firewall delete rule name=ping\n"),
      facts({ "active-profile": "domain" }),
    );
    const shielded = loadTexts(script("pause\n"), facts({ "active-profile": "public" }));

    expect(aces(open.device, "inbound")[0]?.action.kind).to.equal("unknown");
    expect(open.device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["drop", "accept"]);
    expect(shielded.device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["drop", "drop"]);
    expect(aces(shielded.device, "inbound").some(({ enabled }) => enabled)).to.equal(false);
  });

  it("reads the registry form: repeated keys are alternatives, absent keys mean any", () => {
    const { device } = load(["registry.txt"], facts({ "active-profile": "domain" }));
    const rule = named(aces(device, "inbound"), "replication data");

    expect(addresses(rule.matches.source)).to.equal("10.0.0.0/8 @LocalSubnet @LocalSubnet");
    expect(services(rule.matches.service)).to.deep.equal(["6 to 9443,9080-9082"]);
    expect(rule.matches.unmodeled).to.deep.equal([]);
    expect(named(aces(device, "outbound"), "chat").matches.unmodeled).to.deep.equal([
      "program C:\\Program Files\\Chat\\chat.exe",
    ]);
    expect(named(aces(device, "inbound"), "@FirewallAPI.dll,-28543").enabled).to.equal(false);
    expect(named(aces(device, "inbound"), "news").matches.unmodeled).to.deep.equal([
      "the key `Novelty=yes` is not modelled",
    ]);
  });

  it("reads a script of PowerShell commands with their defaults", () => {
    const { device } = load(["script.txt"], facts({ "active-profile": "domain" }));
    const data = named(aces(device, "inbound"), "CHG-1 data");
    const variable = named(aces(device, "inbound"), "from a variable");

    expect(device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["drop", "drop"]);
    expect(addresses(data.matches.source)).to.equal("10.0.0.0/8 @LocalSubnet");
    expect(services(data.matches.service)).to.deep.equal(["6 to 9443,9080-9082"]);
    expect(data.matches.unmodeled).to.deep.equal([]);
    expect(services(named(aces(device, "outbound"), "to the service").matches.service)).to.deep.equal(["6 to 443"]);
    expect(named(aces(device, "inbound"), "agent").enabled).to.equal(false);
    expect(addresses(variable.matches.source)).to.equal("?$admins");
  });

  it("reads a table of rules, lists joined by commas, and one that breaks off as cut", () => {
    const { text, file } = fixture("windows-firewall", "table.csv");
    const whole = load([file], facts({ "active-profile": "domain" })).device;
    const cut = loadTexts([{ file, text: text.slice(0, -40) }]).device;
    const data = named(aces(whole, "inbound"), "CHG-1 data");

    expect(addresses(data.matches.source)).to.equal("10.0.0.0/8 @LocalSubnet");
    expect(services(data.matches.service)).to.deep.equal(["6 to 9443,9080-9082"]);
    expect(data.matches.unmodeled).to.deep.equal([]);
    expect(named(aces(whole, "outbound"), "no mail").action.kind).to.equal("drop");
    expect(aces(cut, "inbound")[0]?.action.kind).to.equal("unknown");
  });

  it("reads a group policy report: settings of the profiles and rules by the same keys", () => {
    const { device } = load(["policy-report.xml"], facts({ "active-profile": "domain" }));
    const rule = named(aces(device, "inbound"), "replication & control");

    expect(device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["drop", "drop"]);
    expect(rule.enabled).to.equal(true);
    expect(addresses(rule.matches.source)).to.equal("10.0.0.0/8");
    expect(services(rule.matches.service)).to.deep.equal(["6 to 9443"]);
    expect(rule.matches.unmodeled).to.deep.equal([]);
  });

  it("reads PowerShell's JSON with words or numbers, and misses the filters the bare cmdlet leaves out", () => {
    const { device } = load(["powershell.json"], facts({ "active-profile": "domain" }));
    const web = named(aces(device, "inbound"), "CHG-1 web");

    expect(addresses(web.matches.source)).to.equal("10.9.0.0/16 @LocalSubnet");
    expect(services(web.matches.service)).to.deep.equal(["6 to 443,8443-8445"]);
    expect(web.matches.unmodeled).to.deep.equal([]);
    expect(named(aces(device, "outbound"), "as numbers")).to.include({ enabled: false });
    expect(named(aces(device, "outbound"), "as numbers").action.kind).to.equal("drop");
    expect(named(aces(device, "inbound"), "bare cmdlet").matches.unmodeled[0]).to.contain("does not show");
    expect(device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["drop", "accept"]);
  });

  it("takes what it does not read of a command for one that may change the rules", () => {
    const netsh = "netsh advfirewall firewall add rule name=x dir=in action=allow";
    const script = "New-NetFirewallRule -DisplayName x -Direction Inbound -Action Allow";
    const isOpen = (text: string) => {
      const { device } = loadTexts([{ file: "one.txt", text }]);
      return aces(device, "inbound").some(({ isImplied }) => isImplied === true);
    };

    for (const text of [netsh, script, `${script} | Out-Null`]) expect(isOpen(text), text).to.equal(false);
    for (const text of [
      `${netsh} remoteip=10.0.0.0/8, 10.9.0.0/16`,
      `${netsh} & ${netsh.replace("allow", "block")}`,
      `${script}; ${script.replace("Allow", "Block")}`,
      `${script} | Disable-NetFirewallRule`,
      "New-NetFirewallRule -DisplayName x -Act Block",
    ]) {
      expect(isOpen(text), text).to.equal(true);
    }
  });

  it("puts a registry rule that breaks off in doubt", () => {
    const text = '"{1}"="v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|Name=x|RA4=10.0.';
    const { device } = loadTexts([{ file: "one.txt", text }]);

    expect(named(aces(device, "inbound"), "x").matches.unmodeled).to.have.length(1);
  });

  it("is sure neither of rules nor of defaults where it cannot read whether the firewall is on", () => {
    const { text } = fixture("windows-firewall", "currentprofile.txt");
    const { device } = loadTexts([
      fixture("windows-firewall", "german.txt"),
      { file: "current.txt", text: text.replace(" ON", " EIN?") },
    ]);

    expect(device.acls.map(({ defaultAction }) => defaultAction.kind)).to.deep.equal(["unknown", "unknown"]);
    expect(named(aces(device, "inbound"), "Replikation").matches.unmodeled).to.have.length(1);
  });

  it("leaves open what stands in the place of an ICMP code, of profiles, or of a switch that nobody knows", () => {
    const ace = (text: string, file: string): Ace => {
      const { devices } = windowsFirewall.convert([windowsFirewall.parse(text, file).value], { deviceName: "h" }).value;
      return devices[0]?.acls[0]?.aces[0] as Ace;
    };
    const ping = (type: string) =>
      ace(`netsh advfirewall firewall add rule name=p dir=in action=allow protocol=icmpv4:${type}\n`, "c.cmd").matches
        .service?.[0]?.operands;
    const property = (properties: object) => {
      const rule = {
        ...{ DisplayName: "r", Enabled: 1, Direction: 1, Action: 2, Profile: 0, Protocol: "TCP", LocalPort: "443" },
        ...{ RemotePort: "Any", LocalAddress: "Any", RemoteAddress: "Any", Program: "Any", Service: "Any" },
        ...{ EdgeTraversalPolicy: 0, DisplayGroup: null, ...properties },
      };
      return ace(JSON.stringify([rule]), "rules.json").matches.unmodeled;
    };

    expect(ping("8,any")).to.deep.equal([{ literal: { protocol: 1, icmpTypes: [{ first: 8, last: 8 }] } }]);
    for (const type of ["8,tcp", "8,256", "echo,0"]) expect(ping(type)?.[0], type).to.have.property("unresolved");
    expect(property({})).to.deep.equal([]);
    expect(property({ Profile: 2147483647 })).to.deep.equal([]);
    expect(property({ Profile: 8 })).to.deep.equal(["profiles `8` is not understood", "its profiles are not known"]);
    expect(property({ OverrideBlockRules: "maybe" })).to.deep.equal(["OverrideBlockRules maybe of the rule"]);
    expect(property({ InterfaceAlias: "lan" })).to.deep.equal(["InterfaceAlias lan of the rule"]);
  });

  it("takes a property of PowerShell's JSON that nobody knows for a limit of the rule", () => {
    const { text } = fixture("windows-firewall", "powershell.json");
    const changed = text.replace('"OverrideBlockRules": false', '"RemoteDynamicKeywordAddresses": ["{1}"]');
    const { device } = loadTexts([{ file: "rules.json", text: changed }], facts({ "active-profile": "domain" }));

    expect(named(aces(device, "inbound"), "CHG-1 web").matches.unmodeled).to.deep.equal([
      "RemoteDynamicKeywordAddresses {1} of the rule",
    ]);
  });

  it("takes a file that breaks off for one whose other rules may decide anything", () => {
    const { device } = load(["broken/cut.txt"]);

    expect(aces(device, "inbound")[0]?.action.kind).to.equal("unknown");
    expect(aces(device, "outbound")[0]?.action.kind).to.equal("unknown");
  });

  it("knows nothing for certain about a rule in a language it does not know", () => {
    const { device } = load(["broken/unknown-language.txt"]);

    for (const acl of ["inbound", "outbound"] as const) {
      expect(aces(device, acl).every(({ matches }) => matches.unmodeled.length > 0)).to.equal(true);
    }
  });

  it("rejects lines it cannot read and lets them put their rule in doubt", () => {
    const { device, coverage } = load(["broken/unknown-line.txt"]);
    const { matches } = named(aces(device, "inbound"), "odd");

    expect(matches.unmodeled).to.have.length(2);
    expect(addresses(matches.source)).to.equal("?Everywhere");
    expect(services(matches.service)).to.deep.equal(["6", "6 to 443 | ?99999"]);
    const rejected = coverage[0]?.lines.filter(({ fate }) => fate === "rejected").map(({ line }) => line);
    expect(rejected).to.deep.equal([1, 15]);
  });
});
