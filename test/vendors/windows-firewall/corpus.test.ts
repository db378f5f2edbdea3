import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { decodeText } from "../../../src/read/decode-text.js";
import { windowsFirewall } from "../../../src/vendors/windows-firewall/index.js";
import { requireShared } from "../../shared-path.js";

function load(path: string) {
  const decoded = decodeText(readFileSync(path));
  const text = decoded.kind === "text" ? decoded.text : "";
  const parsed = windowsFirewall.parse(text, path);
  const converted = windowsFirewall.convert([parsed.value], { deviceName: "host" });
  return { text, detection: windowsFirewall.detect(text, path), ...converted.value };
}

describe("windows-firewall on the shared corpus", () => {
  let corpus = "";
  before(function () {
    corpus = join(requireShared(this), "corpus");
  });

  it("accounts for every line of every file", () => {
    for (const folder of ["windows-netsh", "windows-reg"]) {
      for (const file of readdirSync(join(corpus, folder)).filter((name) => !name.endsWith(".expected.json"))) {
        const { text, coverage } = load(join(corpus, folder, file));

        const written = text.split(/\r?\n/).filter((line) => line.trim() !== "").length;
        expect(coverage[0]?.lines.length, file).to.equal(written);
      }
    }
  });

  it("reads every generated command file", () => {
    const folder = join(corpus, "windows-netsh");
    for (const file of readdirSync(folder)) {
      const { detection, devices, coverage, text } = load(join(folder, file));

      expect(detection, file).to.equal("certain");
      expect(devices[0]?.acls[1]?.aces.length, file).to.equal(text.match(/^netsh/gm)?.length);
      expect(
        coverage[0]?.lines.some(({ fate }) => fate === "rejected"),
        file,
      ).to.equal(false);
    }
  });

  it("reads the settings of a group policy report", () => {
    const path = join(corpus, "windows-reg", "nsa-shb-gpreport.xml");

    const { detection, coverage } = load(path);

    expect(detection).to.equal("certain");
    expect(coverage[0]?.lines.filter(({ fate }) => fate === "modelled").length).to.be.greaterThan(9);
    expect(coverage[0]?.lines.some(({ fate }) => fate === "rejected")).to.equal(false);
  });

  it("reads a real registry export with the rules its statistics count", () => {
    const path = join(corpus, "windows-reg", "hardening-rules.reg");
    const expected = JSON.parse(readFileSync(`${path}.stats.expected.json`, "utf8"));

    const { devices, coverage } = load(path);

    const counts = devices[0]?.acls.map(({ aces }) => aces.filter(({ enabled }) => enabled).length);
    const stated = expected.cases[0].by_active_dir_action as readonly [string, string, string, number][];
    expect(counts).to.deep.equal(["In", "Out"].map((dir) => stated.find(([, direction]) => direction === dir)?.[3]));
    expect(coverage[0]?.lines.some(({ fate }) => fate === "rejected")).to.equal(false);
  });
});
