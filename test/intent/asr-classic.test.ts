import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseRequirements } from "../../src/intent/parse-requirements.js";
import { protocolName } from "../../src/model/service.js";
import { lines } from "./problems.js";

const FILE = "requirements/asr-classic.yaml";
const { value: catalogue, diagnostics } = parseRequirements(readFileSync(FILE, "utf8"), FILE);

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(2, "0")}`);

describe("the asr-classic catalogue", () => {
  it("has no mistake", () => {
    expect(lines(diagnostics)).to.deep.equal([]);
  });

  it("holds every flow, name requirement, contradiction and prerequisite of its sources", () => {
    const flows = catalogue.requirements.map(({ id }) => id);
    const prerequisites = catalogue.prerequisites.map(({ id }) => id);

    expect(flows).to.include.members([...ids("ASR-F", 25), "ASR-P01", "ASR-P02", "ASR-P03", "ASR-P05"]);
    expect(prerequisites).to.include.members([...ids("ASR-R", 11), "ASR-P04"]);
    expect(catalogue.contradictions.map(({ id }) => id)).to.deep.equal(
      ids("ASR-C", 11).map((id) => id.replace("C0", "C")),
    );
  });

  it("asks for these services on these paths", () => {
    const table = catalogue.requirements.map(({ id, from, to, services, paths }) => {
      const ports = services.flatMap((service) =>
        service.name === "any"
          ? ["any"]
          : service.services.map(({ protocol, destinationPorts, icmpTypes }) => {
              const ranges = (destinationPorts ?? icmpTypes ?? []).map((r) =>
                r.first === r.last ? r.first : `${r.first}-${r.last}`,
              );
              return `${protocolName(protocol)}/${ranges.join()}`;
            }),
      );
      return `${id}: ${from.join("|")} -> ${to.join("|")}: ${ports.join(" ")} (${paths.join(" ")})`;
    });
    const providers = "vmm-server|hyperv-host|configuration-server";

    expect(table).to.deep.equal([
      "ASR-F01: vmm-server -> site-recovery-service: tcp/443 (internet proxy)",
      "ASR-F02: hyperv-host -> hyperv-host: tcp/8083 tcp/8084 (lan vpn internet)",
      "ASR-F03: vmm-server -> site-recovery-service: tcp/443 (internet proxy)",
      "ASR-F04: hyperv-host -> azure-storage: tcp/443 (internet proxy)",
      "ASR-F04-service: hyperv-host -> site-recovery-service: tcp/443 (internet proxy)",
      "ASR-F05: hyperv-host -> site-recovery-service: tcp/443 (internet proxy)",
      "ASR-F06: protected-machine -> process-server: tcp/9080 (lan)",
      "ASR-F07: protected-machine -> configuration-server: tcp/443 (lan vpn internet)",
      "ASR-F08: process-server -> configuration-server: tcp/443 (lan vpn internet)",
      "ASR-F09: process-server -> master-target: tcp/443 (vpn internet)",
      "ASR-F09-http: process-server -> master-target: tcp/80 (internet)",
      "ASR-F10: process-server -> master-target: tcp/9080 (vpn internet)",
      "ASR-F11: process-server -> master-target: tcp/9443 (vpn internet)",
      "ASR-F12: vcontinuum -> configuration-server: tcp/9443 (lan vpn internet)",
      "ASR-F13: management-workstation -> configuration-server: tcp/5986 (lan vpn internet)",
      "ASR-F14: management-workstation -> configuration-server: tcp/3389 (lan vpn internet)",
      "ASR-F15: process-server -> protected-machine: tcp/139 tcp/445 udp/137-138 icmp/8 (lan)",
      "ASR-F16: process-server -> protected-machine: tcp/135 tcp/49152-65535 (lan)",
      "ASR-F17: internet-client -> failed-over-machine: tcp/3389 (internet)",
      "ASR-F18: internet-client -> failed-over-machine: tcp/22 (internet)",
      "ASR-F19: configuration-server -> site-recovery-service: tcp/443 (internet proxy)",
      "ASR-F20: process-server -> vcenter: tcp/443 (lan)",
      "ASR-F21: failed-over-machine -> failback-process-server: tcp/9080 (lan)",
      "ASR-F22: failback-process-server -> failback-master-target: tcp/443 (vpn)",
      "ASR-F23: failed-over-machine -> configuration-server: tcp/443 (lan vpn)",
      "ASR-F24: process-server -> azure-storage: tcp/443 (internet proxy)",
      "ASR-F25: configuration-server -> azure-region: tcp/443 (internet)",
      "ASR-F25-west-us: configuration-server -> azure-west-us: tcp/443 (internet)",
      `ASR-P01: ${providers} -> site-recovery-service: tcp/443 (proxy)`,
      `ASR-P02: ${providers} -> site-recovery-service: tcp/443 (proxy)`,
      `ASR-P02-storage: ${providers} -> azure-storage: tcp/443 (proxy)`,
      "ASR-P03: vmm-server -> site-recovery-service: tcp/443 (proxy)",
      `ASR-P05: ${providers} -> azure-region: tcp/443 (internet)`,
      `ASR-P05-west-us: ${providers} -> azure-west-us: tcp/443 (internet)`,
      "ASR-D01: internet-client -> vmm-server: any (lan vpn internet)",
      "ASR-D02: internet-client -> hyperv-host: any (lan vpn internet)",
    ]);
  });

  it("cites a document and section for everything it says", () => {
    const entries = [...catalogue.requirements, ...catalogue.contradictions, ...catalogue.prerequisites];
    expect(entries.filter(({ citations }) => citations.length === 0).map(({ id }) => id)).to.deep.equal([]);
  });

  it("gives every contradiction at least two readings", () => {
    expect(catalogue.contradictions.filter(({ readings }) => readings.length < 2)).to.deep.equal([]);
  });

  it("uses every prerequisite in a scenario", () => {
    const used = new Set(catalogue.scenarios.flatMap(({ prerequisites }) => prerequisites));
    expect(catalogue.prerequisites.map(({ id }) => id).filter((id) => !used.has(id))).to.deep.equal([]);
  });
});
