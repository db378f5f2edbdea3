import { expect } from "chai";
import type { ProveInputs } from "../../src/model/inputs.js";
import { SeededRandom } from "../seeded-random.js";
import { formatBreak, listBreaks, prove, readShipped, withExport } from "./prove-shipped.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20150810);

/** One number of one export, the requirements that hang on it, and the line that decides once it is another one. */
interface Case {
  readonly scenario: string;
  readonly file: string;
  /** Occurs once in the export; the number in brackets is changed. */
  readonly text: string;
  readonly kind: "octet" | "port";
  readonly breaks: readonly string[];
  readonly pairs: readonly (readonly [from: string, to: string])[];
  /** The deciding line holds this text; in another file where one is named. */
  readonly decides: string;
  readonly decidesIn?: string;
}

const CASES: readonly Case[] = [
  {
    scenario: "vmware-to-azure-vpn",
    file: "exports/edge.iptables-save",
    text: '--dport [443] -m comment --comment "replication metadata',
    kind: "port",
    breaks: ["ASR-F07"],
    pairs: [
      ["app1", "cs1"],
      ["app2", "cs1"],
    ],
    decides: "-A logdrop -j DROP",
  },
  {
    scenario: "vmware-to-azure-vpn",
    file: "exports/edge.iptables-save",
    text: "-s 10.1.8.0/22 -d 10.1.2.[10]/32 -i eth1.80",
    kind: "octet",
    breaks: ["ASR-F06"],
    pairs: [
      ["app1", "ps1"],
      ["app2", "ps1"],
    ],
    decides: "-A logdrop -j DROP",
  },
  {
    scenario: "vmware-to-azure-vpn",
    file: "exports/replication-nsg.json",
    text: '"sourceAddressPrefix": "10.1.[30].0/24"',
    kind: "octet",
    breaks: ["ASR-F13", "ASR-F14"],
    pairs: [["jump1", "cs1"]],
    decides: '"name": "DenyRest"',
  },
  {
    scenario: "vmware-to-azure-vpn",
    file: "exports/ps1-rules.txt",
    text: "LocalPort:                            [9080]",
    kind: "port",
    breaks: ["ASR-F06"],
    pairs: [
      ["app1", "ps1"],
      ["app2", "ps1"],
    ],
    decides: "Firewall Policy",
    decidesIn: "exports/ps1-currentprofile.txt",
  },
  {
    scenario: "vmware-to-azure-internet",
    file: "exports/office-edge.iptables-save",
    text: '"machines to protect" -j SNAT --to-source 198.51.100.[18]',
    kind: "octet",
    breaks: ["ASR-F07"],
    pairs: [
      ["files1", "cs1"],
      ["erp1", "cs1"],
    ],
    decides: '"name": "DenyAllElse"',
    decidesIn: "exports/configuration-nsg.json",
  },
  {
    scenario: "vmware-failback",
    file: "exports/fmt1.iptables-save",
    text: "--dports 80,[443],9080,9443",
    kind: "port",
    breaks: ["ASR-F22"],
    pairs: [["fps1", "fmt1"]],
    decides: "-A services -j REJECT",
  },
  {
    scenario: "hyperv-to-azure",
    file: "exports/branch-router.iptables-save",
    text: '-s 172.16.4.0/28 -p tcp -m tcp --dport [443] -m comment --comment "Hyper-V hosts',
    kind: "port",
    breaks: ["ASR-F04-service", "ASR-F05"],
    pairs: [
      ["hv1", "site-recovery"],
      ["hv2", "site-recovery"],
    ],
    decides: "-A wan_out -s 172.16.4.0/28 -j REJECT",
  },
  {
    scenario: "vmm-to-vmm",
    file: "exports/hvs1-rules.txt",
    text: "LocalPort:                            [8084]",
    kind: "port",
    breaks: ["ASR-F02"],
    pairs: [
      ["hvp1", "hvs1"],
      ["hvp2", "hvs1"],
    ],
    decides: "Firewall Policy",
    decidesIn: "exports/hvs1-currentprofile.txt",
  },
  {
    scenario: "via-proxy",
    file: "exports/squid.conf",
    text: "acl SSL_ports port [443] 8443",
    kind: "port",
    breaks: ["ASR-P01", "ASR-P02"],
    pairs: [
      ["vmm1", "site-recovery"],
      ["hv1", "site-recovery"],
      ["hv2", "site-recovery"],
    ],
    decides: "http_access deny CONNECT !SSL_ports",
  },
  {
    scenario: "address-based-firewall",
    file: "exports/edge.ipset",
    text: "add azure-west-us 203.0.[113].192/28",
    kind: "octet",
    breaks: ["ASR-P05-west-us"],
    pairs: [
      ["vmm1", "west-us"],
      ["hv1", "west-us"],
    ],
    decides: "-A denied -j REJECT",
    decidesIn: "exports/edge.iptables-save",
  },
  {
    scenario: "scaled-out",
    file: "exports/edge.ipset",
    text: "add process-servers 10.90.2.[13]",
    kind: "octet",
    breaks: ["ASR-F08"],
    pairs: [["ps3", "cs1"]],
    decides: "-A refuse -j DROP",
    decidesIn: "exports/edge.iptables-save",
  },
];

function otherNumber(random: SeededRandom, kind: Case["kind"], number: number): number {
  const [first, end] = kind === "port" ? [1, 65535] : [0, 255];
  const drawn = first + random.below(end - first);
  return drawn < number ? drawn : drawn + 1;
}

function lineOf(inputs: ProveInputs, file: string, text: string): number {
  const lines = inputs.exports.get(file)?.text.split(/\r?\n/) ?? [];
  return lines.findIndex((line) => line.includes(text)) + 1;
}

describe(`one number of one export changed (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);

  for (const { scenario, file, text, kind, breaks, pairs, decides, decidesIn = file } of CASES) {
    const [before = "", number = "", after = ""] = text.split(/[[\]]/);
    const changed = otherNumber(random, kind, Number(number));

    it(`breaks ${breaks.join(", ")} of ${scenario} where ${number} becomes ${changed} in ${file}`, async () => {
      const shipped = await readShipped(scenario);
      expect(shipped.exports.get(file)?.text.split(before + number + after)).to.have.length(2);

      const inputs = withExport(shipped, file, (old) =>
        old.replace(before + number + after, `${before}${changed}${after}`),
      );
      const found = listBreaks(prove(inputs));

      const place = `${decidesIn}:${lineOf(inputs, decidesIn, decides)}`;
      const expected = breaks.flatMap((requirement) =>
        pairs.map(([from, to]) => formatBreak({ requirement, from, to, place })),
      );
      expect(found).to.include.members(expected);
    });
  }

  it("breaks nothing else", async () => {
    const inputs = withExport(await readShipped("vmware-to-azure-vpn"), "exports/edge.iptables-save", (text) =>
      text.replace("--dport 162", "--dport 163").replace("--dport 10051", "--dport 10052"),
    );

    expect(listBreaks(prove(inputs))).to.deep.equal([]);
  });
});
