/** Services that should not be reachable from everywhere: what an audit looks for unless its user names others. */

import type { SensitiveService } from "../model/finding.js";
import { PROTOCOL_NUMBERS } from "../model/service.js";

const { tcp, udp } = PROTOCOL_NUMBERS;

function service(name: string, protocol: number, ...ports: (number | readonly [number, number])[]): SensitiveService {
  const ranges = ports.map((port) => (typeof port === "number" ? [port, port] : port) as readonly [number, number]);
  return { name, protocol, ports: ranges.map(([first, last]) => ({ first, last })) };
}

export const SENSITIVE_SERVICES: readonly SensitiveService[] = [
  service("RDP", tcp, 3389),
  service("RDP", udp, 3389),
  service("SSH", tcp, 22),
  service("Telnet", tcp, 23),
  service("SMB", tcp, 445),
  service("NetBIOS", tcp, 139),
  service("NetBIOS", udp, [137, 138]),
  service("WinRM", tcp, [5985, 5986]),
  service("WMI and RPC", tcp, 135),
  service("LDAP", tcp, 389, 636),
  service("SNMP", udp, 161),
  service("VNC", tcp, [5900, 5903]),
  service("NFS", tcp, 111, 2049),
  service("SQL Server", tcp, 1433),
  service("SQL Server", udp, 1434),
  service("Oracle", tcp, 1521),
  service("MySQL", tcp, 3306),
  service("PostgreSQL", tcp, 5432),
  service("MongoDB", tcp, 27017),
  service("Redis", tcp, 6379),
  service("Elasticsearch", tcp, 9200),
  service("Memcached", tcp, 11211),
  service("Memcached", udp, 11211),
  service("Docker", tcp, [2375, 2376]),
  service("Kubernetes", tcp, 6443, 10250),
  service("etcd", tcp, [2379, 2380]),
  service("hypervisor management", tcp, 902, 8006),
  service("IPMI", udp, 623),
];
