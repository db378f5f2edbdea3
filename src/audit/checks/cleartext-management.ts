/** Finds rules that accept management protocols which send passwords in clear text. */
import type { SensitiveService } from "../../model/finding.js";
import { PROTOCOL_NUMBERS } from "../../model/service.js";
import { PacketSet } from "../../sets/packet-set.js";
import type { Check } from "../check.js";
import { forAnyService, openingsOf } from "../openness.js";
import { packetsOf } from "../words.js";

const { tcp, udp } = PROTOCOL_NUMBERS;
const ports = (...list: number[]) => list.map((port) => ({ first: port, last: port }));

interface Cleartext extends SensitiveService {
  readonly instead: string;
}

const CLEARTEXT: readonly Cleartext[] = [
  { name: "Telnet", protocol: tcp, ports: ports(23), instead: "SSH" },
  { name: "FTP", protocol: tcp, ports: ports(21), instead: "SFTP or FTPS" },
  { name: "rexec, rlogin or rsh", protocol: tcp, ports: ports(512, 513, 514), instead: "SSH" },
  { name: "TFTP", protocol: udp, ports: ports(69), instead: "SFTP" },
  { name: "SNMP", protocol: udp, ports: ports(161), instead: "SNMPv3 with encryption" },
  { name: "WinRM over HTTP", protocol: tcp, ports: ports(5985), instead: "WinRM over HTTPS (5986)" },
  { name: "VNC", protocol: tcp, ports: ports(5900), instead: "VNC through SSH" },
];

const OPENINGS = CLEARTEXT.map((service) => ({ service, packets: openingsOf(service) }));
const ANY = PacketSet.unionOf(OPENINGS.map(({ packets }) => packets));

export const cleartextManagement: Check = {
  id: "cleartext-management",
  title: "rule for a management protocol without encryption",
  severity: "warning",
  *run({ grants }) {
    for (const { rule, scope } of grants()) {
      if (!ANY.overlaps(scope)) continue;
      const accepted = OPENINGS.filter(({ packets }) => packets.overlaps(scope));
      // A rule for every service is another finding.
      if (!forAnyService(scope).isEmpty) continue;
      const [{ service, packets }] = accepted;
      yield {
        subject: rule.at,
        message: `it accepts ${accepted.map((one) => one.service.name).join(", ")}, which ${accepted.length === 1 ? "sends" : "send"} passwords in clear text`,
        evidence: [],
        ...packetsOf(packets.intersect(scope)),
        help: `use ${service.instead} instead`,
      };
    }
  },
};
