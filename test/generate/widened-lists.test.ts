/** Targets whose rules know less than the lists say: what passes besides is told. */
import { expect } from "chai";
import { fieldsWithin, widened } from "../../src/generate/widen-list.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { AllowEntry, AllowList } from "../../src/model/allow-list.js";
import { type AllowOptions, generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { readShipped } from "../topologies/prove-shipped.js";

const FIELDS = ["source ports", "interfaces"] as const;
const range = (text: string) => parseAddressRange(text) as AddressRange;

function listOf(rest: Partial<AllowEntry>): AllowList {
  const entry: AllowEntry = {
    family: "ipv4",
    ...{ sources: [range("10.1.0.1")], destinations: [range("10.2.0.1")], services: [{ protocol: 6 }], reasons: [] },
    ...rest,
  };
  return { device: "fw", direction: "forward", tracking: "implicit", entries: [entry] };
}

async function warnings(
  options: AllowOptions,
  scenario = "vmm-to-vmm",
): Promise<(readonly [string, string | undefined])[]> {
  const { analysis } = generateAllowLists(await readShipped(scenario), options);
  const told = analysis?.diagnostics.filter(({ code }) => code === "allow/widened") ?? [];
  return told.map(({ message, help }) => [message, help] as const);
}

describe("lists for targets that know less", () => {
  it("say which fields they lose, and say nothing of them afterwards", () => {
    const ports = { services: [{ protocol: 6, sourcePorts: [{ first: 1024, last: 65535 }] }] };

    for (const [list, lost] of [
      [listOf({}), []],
      [listOf(ports), ["source ports"]],
      [listOf({ ingressInterface: "eth0" }), ["interfaces"]],
      [listOf({ ...ports, egressInterface: "eth1" }), [...FIELDS]],
    ] as const) {
      expect(fieldsWithin(list.entries, FIELDS)).to.deep.equal(lost);
      expect(fieldsWithin(widened(list, FIELDS).entries, FIELDS)).to.deep.equal([]);
    }
  });

  it("are warned about once for each device, with the targets that hold them, names included", async () => {
    const told = (device: string) =>
      `rules of azure-firewall know nothing of source ports and interfaces: those for \`${device}\` hold for every one, where requirements name some`;
    const [named, addressed] = ["secondary-edge", "headquarters-edge"] as const;

    expect(await warnings({ device: named, target: "azure-firewall" })).to.deep.equal([[told(named), undefined]]);
    expect(await warnings({ device: addressed, target: "azure-firewall" }, "remote-management")).to.deep.equal([
      [told(addressed), "iptables and nftables can hold them"],
    ]);
  });

  it("are not warned about where nothing is lost, nor in tables for people", async () => {
    expect(await warnings({ device: "secondary-edge", target: "nftables", names: "widen" })).to.deep.equal([]);
    expect(await warnings({ device: "secondary-edge", target: "azure-firewall", names: "tell" })).to.deep.equal([]);
  });
});
