/** Destinations of which only names are known, on targets that hold names and on those that do not. */
import { expect } from "chai";
import { type AllowOptions, generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { readShipped, SCENARIOS } from "../topologies/prove-shipped.js";

async function told(scenario: string, options: AllowOptions) {
  const { analysis } = generateAllowLists(await readShipped(scenario), options);
  if (analysis === undefined) throw new Error(`${scenario} cannot be used`);
  const { diagnostics, written } = analysis;
  const byCode = (code: string) => diagnostics.filter((one) => one.code === code);
  return { refused: byCode("allow/target"), warned: byCode("allow/unknown-destination"), diagnostics, written };
}

describe("names that a target cannot hold", () => {
  it("are refused with the devices, the names and what can hold them", async () => {
    const { refused, warned, written } = await told("vmm-to-vmm", {});

    expect(warned).to.deep.equal([]);
    expect(refused.map(({ severity, message, help }) => [severity, message, help])).to.deep.equal([
      [
        "error",
        "only names are known of `site-recovery`, and iptables (`primary-edge`, `secondary-edge`) and windows-firewall " +
          "(`vmm1-firewall`) cannot hold them: nothing is written for ASR-F01",
        "state the addresses of `*.accesscontrol.windows.net`, `*.backup.windowsazure.com` under `names`; or let " +
          "azure-firewall or a proxy hold the names; or open every public address with `--widen-names`",
      ],
    ]);
    expect(written.map(({ device }) => device)).to.not.include.members(["primary-edge", "secondary-edge"]);
  });

  it("are refused for the format that is asked for, and held where it holds names", async () => {
    const device = "secondary-edge";

    for (const target of ["iptables", "nftables"]) {
      const { refused, written } = await told("vmm-to-vmm", { device, target });
      expect(refused, target).to.have.length(1);
      expect(written, target).to.deep.equal([]);
    }
    const { refused, warned, written } = await told("vmm-to-vmm", { device, target: "azure-firewall" });
    expect([refused, warned]).to.deep.equal([[], []]);
    expect(written[0]?.texts[0]?.text).to.include("*.accesscontrol.windows.net");
  });

  it("hide nothing else that the target cannot hold", async () => {
    const { refused } = await told("vmm-to-vmm", { device: "secondary-edge", target: "azure-nsg" });

    expect(refused.map(({ message }) => message).join("\n"))
      .to.include("only names are known of `site-recovery`")
      .and.include("azure-nsg cannot hold the lists of `secondary-edge`: it has no rules for packets it forwards");
  });

  it("give way to every public address where that is asked for, with a warning", async () => {
    const { refused, warned, written } = await told("vmm-to-vmm", { device: "secondary-edge", names: "widen" });

    expect(refused).to.deep.equal([]);
    expect(warned.map(({ message }) => message)).to.deep.equal([
      "only names are known of `site-recovery`: for ASR-F01 the rules for `secondary-edge` open every public address",
    ]);
    expect(written[0]?.texts[0]?.text).to.include("--dst-range 1.0.0.0-9.255.255.255");
  });

  it("are not told to readers who are shown them", async () => {
    const { diagnostics } = await told("vmm-to-vmm", { names: "tell" });

    expect(diagnostics).to.deep.equal([]);
  });

  it("are held by the proxy for what stands behind it, which is warned about", async () => {
    const { refused, warned, written } = await told("via-proxy", {});

    expect(refused).to.deep.equal([]);
    expect(warned[0]?.message).to.include("`perimeter` open every public address to `perimeter-proxy`, which holds");
    expect(warned[0]?.help).to.match(/or let azure-firewall hold the names$/);
    const perimeter = written.find(({ device }) => device === "perimeter")?.texts[0]?.text.split("\n") ?? [];
    const wide = perimeter.filter((line) => line.includes("1.0.0.0-9.255.255.255"));
    expect(wide).to.not.be.empty;
    expect(wide.every((line) => line.startsWith("-A FORWARD -s 10.80.200.8 "))).to.equal(true);
  });

  it("decide alone whether a shipped list is refused", async () => {
    for (const scenario of SCENARIOS) {
      const { refused, diagnostics } = await told(scenario, {});
      const wide = await told(scenario, { names: "widen" });
      const unproxied = wide.warned.filter(({ message }) => message.endsWith("every public address"));

      expect(refused.length, scenario).to.equal(unproxied.length);
      expect(diagnostics.filter(({ severity }) => severity === "error")).to.deep.equal(refused);
    }
  });

  it("are warned about where a repair opens public addresses", async () => {
    const { analysis } = repairTopology(await readShipped("hyperv-to-azure", "before/topology.yaml"));

    expect(analysis?.repairs).to.not.be.empty;
    expect(analysis?.diagnostics.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
      "warning allow/unknown-destination",
      "warning allow/unknown-destination",
    ]);
  });
});
