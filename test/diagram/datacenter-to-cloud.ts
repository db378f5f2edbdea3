/** A datacenter that replicates its machines to a cloud over a tunnel and over the internet, with one flow blocked and one in doubt. */
import type { Analysis } from "../../src/model/analysis.js";
import type { Verdict } from "../../src/model/verdict.js";
import {
  analysis,
  component,
  device,
  hop,
  link,
  network,
  proved,
  refuted,
  requirement,
  topology,
  undecided,
} from "./build-analysis.js";

const VPN = ["production", "edge", "express-route", "recovery-subnet"];
const FROM_MANAGEMENT = ["management", ...VPN.slice(1)];

const site = topology({
  title: "Replication to the cloud over a tunnel",
  networks: [
    network("production", "datacenter", "10.20.1.0/24"),
    network("management", "datacenter", "10.20.9.0/24"),
    network("dmz", "datacenter", "10.20.20.0/28"),
    network("recovery-subnet", "cloud", "10.80.4.0/24"),
    network("failover-subnet", "cloud", "10.80.5.0/24"),
    network("internet", "internet", "", "internet"),
  ],
  links: [link("express-route", "vpn", "edge", "recovery-subnet")],
  components: [
    ...["crm", "erp", "files"].map((name, index) =>
      component(name, "production", ["protected-machine"], `10.20.1.${31 + index}`),
    ),
    component("ps-1", "production", ["process-server"], "10.20.1.10"),
    component("vcenter", "management", ["vcenter"], "10.20.9.5"),
    component("admin-pc", "management", ["management-workstation"], "10.20.9.77"),
    component("squid", "dmz", ["proxy"], "10.20.20.4"),
    component("cs-1", "recovery-subnet", ["configuration-server"], "10.80.4.4"),
    component("mt-1", "recovery-subnet", ["master-target"], "10.80.4.11"),
    component("mt-2", "recovery-subnet", ["master-target"], "10.80.4.12"),
    component("recovery-service", "internet", ["site-recovery-service"], "recovery.cloud.example"),
    component("blob-store", "internet", ["azure-storage"], "*.blob.cloud.example"),
  ],
  devices: [
    device("edge", "exports/edge.rules", [
      "eth0 production",
      "eth1 management",
      "eth2 dmz",
      "tun0 express-route",
      "wan0 internet",
    ]),
    device("nsg-recovery", "exports/nsg-recovery.json", [], ["#recovery-subnet"]),
    device("host firewall", "exports/hosts.txt", [], ["crm", "erp", "files"]),
  ],
  proxies: [{ name: "squid", component: "squid", exports: [], port: 3128, at: { file: "topology.yaml", line: 1 } }],
});

const passed = [hop("edge", "edge.rules:21"), hop("nsg-recovery", "nsg-recovery.json:40")];
const data = requirement("ASR-F10", "process-server", "master-target", ["tcp/9080", "tcp/443"], ["vpn"]);
const control = requirement("ASR-F08", "process-server", "configuration-server", ["tcp/443"], ["vpn"]);
const metadata = requirement("ASR-F07", "protected-machine", "configuration-server", ["tcp/443"], ["vpn"]);
const secure = requirement("ASR-F11", "process-server", "master-target", ["tcp/9443"], ["vpn"]);
const replication = requirement("ASR-F06", "protected-machine", "process-server", ["tcp/9080"]);
const push = requirement("ASR-F15", "process-server", "protected-machine", [
  "tcp/139",
  "tcp/445",
  "udp/137-138",
  "icmp",
]);
const remote = requirement(
  "ASR-F14",
  "management-workstation",
  "configuration-server",
  ["tcp/3389", "tcp/5986"],
  ["vpn"],
);
const discovery = requirement("ASR-F20", "process-server", "vcenter", ["tcp/443"]);
const orchestration = requirement(
  "ASR-F19",
  "configuration-server",
  "site-recovery-service",
  ["tcp/443"],
  ["internet"],
);
const upload = requirement("ASR-F24", "process-server", "azure-storage", ["tcp/443"], ["proxy"]);

const MACHINES = ["crm", "erp", "files"];
const TARGETS = ["mt-1", "mt-2"];

const verdicts: Verdict[] = [
  ...MACHINES.map((name) => proved(replication, [name, "ps-1"], "lan", ["production"])),
  ...MACHINES.map((name) => proved(metadata, [name, "cs-1"], "vpn", VPN, passed)),
  proved(control, ["ps-1", "cs-1"], "vpn", VPN, passed),
  ...TARGETS.map((name) => proved(data, ["ps-1", name], "vpn", VPN, passed)),
  ...TARGETS.map((name) =>
    refuted(secure, ["ps-1", name], "vpn", VPN, [
      hop("edge", "edge.rules:21"),
      hop("nsg-recovery", "nsg-recovery.json:96", "drop"),
    ]),
  ),
  undecided(remote, ["admin-pc", "cs-1"], "vpn", FROM_MANAGEMENT, [hop("edge", "edge.rules:33")]),
  proved(discovery, ["ps-1", "vcenter"], "lan", ["production", "edge", "management"], [hop("edge", "edge.rules:25")]),
  ...MACHINES.map((name) =>
    refuted(push, ["ps-1", name], "lan", ["production"], [hop("host firewall", "hosts.txt:88", "drop")]),
  ),
  proved(orchestration, ["cs-1", "recovery-service"], "internet", ["recovery-subnet", "internet"]),
  proved(upload, ["ps-1", "blob-store"], "proxy", ["production", "edge", "dmz", "squid", "dmz", "edge", "internet"]),
];

/** The analysis of that site. */
export const datacenterToCloud: Analysis = analysis({ topology: site, verdicts });
