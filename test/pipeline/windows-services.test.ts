/** The services of predefined groups of Windows Firewall, named by requirements and proved at a machine's own rules. */
import { expect } from "chai";
import { oneRequirement, proveTexts } from "./prove-texts.js";

const GROUPS = [
  ["File and Printer Sharing (NB-Session-In)", "TCP", "139", "System"],
  ["File and Printer Sharing (SMB-In)", "TCP", "445", "System"],
  ["File and Printer Sharing (NB-Name-In)", "UDP", "137", "System"],
  ["File and Printer Sharing (NB-Datagram-In)", "UDP", "138", "System"],
  ["Windows Management Instrumentation (DCOM-In)", "TCP", "135", "C:\\Windows\\system32\\svchost.exe"],
  ["Windows Management Instrumentation (WMI-In)", "TCP", "Any", "C:\\Windows\\system32\\svchost.exe"],
  ["Remote Desktop - User Mode (TCP-In)", "TCP", "3389", "C:\\Windows\\system32\\svchost.exe"],
  ["Remote Desktop - User Mode (UDP-In)", "UDP", "3389", "C:\\Windows\\system32\\svchost.exe"],
  ["Windows Remote Management (HTTP-In)", "TCP", "5985", "System"],
] as const;

function rule(name: string, protocol: string, port: string, program: string): string {
  return `
Rule Name:                            ${name}
----------------------------------------------------------------------
Enabled:                              Yes
Direction:                            In
Profiles:                             Domain
LocalIP:                              Any
RemoteIP:                             10.0.0.0/8
Protocol:                             ${protocol}
LocalPort:                            ${port}
RemotePort:                           Any
Program:                              ${program}
InterfaceTypes:                       Any
Security:                             NotRequired
Action:                               Allow
`;
}

const ECHO = `
Rule Name:                            File and Printer Sharing (Echo Request - ICMPv4-In)
----------------------------------------------------------------------
Enabled:                              Yes
Direction:                            In
Profiles:                             Domain
LocalIP:                              Any
RemoteIP:                             10.0.0.0/8
Protocol:                             ICMPv4
                                      Type    Code
                                      8       Any
InterfaceTypes:                       Any
Security:                             NotRequired
Action:                               Allow
`;

const LISTENERS = [
  ...["tcp/139=System", "tcp/445=System", "udp/137-138=System", "tcp/5985=System"],
  ...["tcp/135=svchost.exe", "tcp/49152-65535=svchost.exe", "tcp/3389=svchost.exe", "udp/3389=svchost.exe"],
].join(", ");

function verdictOn(service: string, groups: readonly (readonly [string, string, string, string])[] = GROUPS): string {
  const topology = `
topology: t
networks: [{ name: lan, prefixes: [10.0.0.0/8] }]
components:
  - { name: ps, roles: [client], network: lan, addresses: [10.1.0.5] }
  - { name: host, roles: [server], network: lan, addresses: [10.2.0.9], facts: { active-profile: domain, listeners: "${LISTENERS}" } }
devices:
  - { name: host-firewall, exports: [rules.txt], protects: { components: [host] } }
`;
  const rules = `${groups.map((group) => rule(...group)).join("")}${ECHO}Ok.\n`;
  const [verdict] = proveTexts(
    topology,
    { "rules.txt": rules },
    oneRequirement(`services: [${service}]\npaths: [lan]`),
  );
  return verdict?.kind ?? "none";
}

describe("services of Windows' predefined groups", () => {
  for (const service of [
    "windows/file-and-printer-sharing",
    "windows/windows-management-instrumentation",
    "windows/remote-desktop",
    "windows/windows-remote-management",
  ]) {
    const group = service.replace("windows/", "").replaceAll("-", " ");

    it(`are proved by the rules of the group: ${group}`, () => {
      const isOther = ([name]: readonly [string, string, string, string]) => !name.toLowerCase().startsWith(group);

      expect(verdictOn(service)).to.equal("proved");
      expect(verdictOn(service, GROUPS.filter(isOther))).to.equal("refuted");
    });
  }

  it("do not hold what is in no group", () => {
    const noPrograms = GROUPS.filter(([name]) => !name.includes("(WMI-In)"));

    expect(verdictOn("windows/windows-remote-management-https", noPrograms)).to.equal("refuted");
    expect(verdictOn("windows/windows-remote-management-https")).to.equal("undecided");
  });

  it("are told apart from services nobody knows", () => {
    expect(() => verdictOn("windows/telnet")).to.throw("is no service");
  });
});
