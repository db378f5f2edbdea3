/** Ports by the names of Debian's /etc/services, as `-A INPUT -p tcp --dport ssh` uses them. */

const PORTS: Readonly<Record<string, number>> = {
  ...{ tcpmux: 1, echo: 7, discard: 9, systat: 11, daytime: 13, netstat: 15, qotd: 17, chargen: 19, "ftp-data": 20 },
  ...{ ftp: 21, ssh: 22, telnet: 23, smtp: 25, mail: 25, time: 37, whois: 43, tacacs: 49, domain: 53, bootps: 67 },
  ...{ bootpc: 68, tftp: 69, gopher: 70, finger: 79, http: 80, www: 80, kerberos: 88, "iso-tsap": 102, pop3: 110 },
  ...{ "pop-3": 110, sunrpc: 111, portmapper: 111, auth: 113, ident: 113, nntp: 119, ntp: 123, epmap: 135 },
  ...{ "loc-srv": 135, "netbios-ns": 137, "netbios-dgm": 138, "netbios-ssn": 139, imap2: 143, imap: 143, snmp: 161 },
  ...{ "snmp-trap": 162, snmptrap: 162, xdmcp: 177, bgp: 179, irc: 194, ldap: 389, https: 443, "microsoft-ds": 445 },
  ...{
    kpasswd: 464,
    submissions: 465,
    ssmtp: 465,
    isakmp: 500,
    exec: 512,
    biff: 512,
    login: 513,
    who: 513,
    shell: 514,
  },
  ...{ syslog: 514, printer: 515, talk: 517, ntalk: 518, route: 520, router: 520, uucp: 540, rtsp: 554, nntps: 563 },
  ...{ submission: 587, ipp: 631, ldaps: 636, "kerberos-adm": 749, "domain-s": 853, rsync: 873, "ftps-data": 989 },
  ...{ ftps: 990, telnets: 992, imaps: 993, pop3s: 995, socks: 1080, openvpn: 1194, "ms-sql-s": 1433 },
  ...{ "ms-sql-m": 1434, ingreslock: 1524, radius: 1812, "radius-acct": 1813, nfs: 2049, svn: 3690 },
  ...{ "iscsi-target": 3260, mysql: 3306, "ms-wbt-server": 3389, "ipsec-nat-t": 4500, sip: 5060, "sip-tls": 5061 },
  ...{ "xmpp-client": 5222, "xmpp-server": 5269, mdns: 5353, postgresql: 5432, amqp: 5672, amqps: 5671, x11: 6000 },
  ...{ redis: 6379, "http-alt": 8080, webcache: 8080, git: 9418, amanda: 10080, "zabbix-agent": 10050 },
  ...{ "zabbix-trapper": 10051, webmin: 10000, sieve: 4190, puppet: 8140, bacula: 9101, munin: 4949 },
};

/** Number of a port given by its service name or number; undefined iff it is neither. */
export function netfilterPort(text: string): number | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65535 ? Number(text) : undefined;
  const lower = text.toLowerCase();
  return Object.hasOwn(PORTS, lower) ? PORTS[lower] : undefined;
}
