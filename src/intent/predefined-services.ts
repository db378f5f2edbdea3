/** Services every catalogue may name: what predefined rule groups of Windows Firewall are for. */
import type { Citation, NamedService } from "../model/requirement.js";
import { readService } from "./read-service.js";

const GROUPS = "Windows Server, predefined rule groups of Windows Firewall";
const PORTS = "Windows Server, service overview and network port requirements";

// The groups' inbound rules as Windows Server 2012 and later have them; learn.microsoft.com/troubleshoot/windows-server/networking/
// service-overview-and-network-port-requirements (2025-02-12) for what listens there. Rules for any port of one program
// (spooler, shadowing) are left out.
const TABLE: readonly (readonly [name: string, ports: readonly string[], document: string, section: string])[] = [
  [
    "windows/file-and-printer-sharing",
    ["tcp/139", "tcp/445", "udp/137-138", "icmp/echo"],
    GROUPS,
    "File and Printer Sharing",
  ],
  [
    "windows/windows-management-instrumentation",
    ["tcp/135", "tcp/49152-65535"],
    PORTS,
    "Windows Management Instrumentation and the dynamic RPC range",
  ],
  ["windows/remote-desktop", ["tcp/3389", "udp/3389"], GROUPS, "Remote Desktop"],
  ["windows/windows-remote-management", ["tcp/5985"], GROUPS, "Windows Remote Management"],
  ["windows/windows-remote-management-https", ["tcp/5986"], PORTS, "Windows Remote Management 2.0"],
];

/** By the name a requirement uses. */
export const PREDEFINED_SERVICES: ReadonlyMap<string, NamedService> = new Map(
  TABLE.map(([name, ports, document, section]) => {
    const services = ports.flatMap((text) => {
      const read = readService(text);
      return "services" in read ? read.services : [];
    });
    const citation: Citation = { document, section };
    return [name, { name, services, citation }];
  }),
);
