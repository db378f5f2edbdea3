import { readFileSync } from "node:fs";
import { expect } from "chai";
import { checkPrerequisites } from "../../src/intent/check-prerequisites.js";
import { parseRequirements } from "../../src/intent/parse-requirements.js";
import { parseTopology } from "../../src/intent/parse-topology.js";

const FILE = "requirements/asr-classic.yaml";
const catalogue = parseRequirements(readFileSync(FILE, "utf8"), FILE).value;

/** The answers for the id, of components given as `name: [role, facts]`. */
function check(
  id: string,
  hosts: Readonly<Record<string, readonly [role: string, facts: string]>>,
  facts = "",
): string[] {
  const components = Object.entries(hosts).map(
    ([name, [role, own]], i) =>
      `  - { name: ${name}, roles: [${role}], network: lan, addresses: [10.0.0.${i + 1}], facts: { ${own} } }\n`,
  );
  const text = `topology: t\nfacts: { ${facts} }\nnetworks: [{ name: lan }]\ncomponents:\n${components.join("")}`;
  const results = checkPrerequisites(parseTopology(text, "t.yaml").value, [catalogue]);
  return results
    .filter((result) => result.id === id)
    .map(
      ({ component = "all", outcome, severity, explanation }) => `${component} ${outcome} ${severity}: ${explanation}`,
    );
}

describe("checkPrerequisites", () => {
  it("holds the disks of a master target against its size", () => {
    const facts = "size: standard-a4, data-disks: 16, replicated-disks: 16, disk-sizes-gb: [1023, 1024, 500]";
    expect(check("ASR-R01", { mt: ["master-target", facts] })).to.deep.equal([
      "mt met error: `size` is standard-a4",
      "mt met warning: `size` is standard-a4",
      "mt met error: `data-disks` is 16",
      "mt not-met error: `replicated-disks` is 16; the bound is 15",
      "mt not-met error: `disk-sizes-gb` is 1024; the bound is 1023",
    ]);
  });

  it("takes the larger limits for the larger size, and a size named in one place only with a warning", () => {
    const large = check("ASR-R01", {
      mt: ["master-target", "size: standard-d14, data-disks: 32, replicated-disks: 31"],
    });
    expect(large.slice(2)).to.deep.equal([
      "mt met error: `data-disks` is 32",
      "mt met error: `replicated-disks` is 31",
      "mt unchecked error: `disk-sizes-gb` of `mt` is not stated",
    ]);
    expect(check("ASR-R01", { mt: ["master-target", "size: standard-a3"] }).slice(0, 2)).to.deep.equal([
      "mt met error: `size` is standard-a3",
      "mt not-met warning: `size` is standard-a3; standard-a3 will not do",
    ]);
  });

  it("leaves unchecked what depends on a fact that is not stated", () => {
    expect(check("ASR-R01", { mt: ["master-target", "data-disks: 40"] })[2]).to.equal(
      "mt unchecked error: it depends on `size` being `standard-a4`, which is not stated",
    );
  });

  it("adds up disks over all machines", () => {
    const hosts = (free: number): Record<string, [string, string]> => ({
      a: ["protected-machine", "disks: 9"],
      b: ["protected-machine", "disks: 4"],
      m1: ["master-target", "free-disks: 10"],
      m2: ["master-target", `free-disks: ${free}`],
    });

    expect(check("ASR-R03", hosts(3))).to.deep.equal([
      "all met error: the sum of `disks` over protected-machine is 13",
    ]);
    expect(check("ASR-R03", hosts(2))).to.deep.equal([
      "all not-met error: the sum of `disks` over protected-machine is 13; the bound is the sum of `free-disks` over master-target, 12",
    ]);
  });

  it("adds up nothing where one machine does not state its part, or nobody is there", () => {
    const hosts: Record<string, [string, string]> = {
      a: ["protected-machine", "disks: 9"],
      b: ["protected-machine", ""],
    };
    expect(check("ASR-R03", hosts)).to.deep.equal(["all unchecked error: `disks` of `b` is not stated"]);
    expect(check("ASR-R03", { x: ["vcenter", ""] })).to.deep.equal([
      "all unchecked error: no component plays `protected-machine`",
    ]);
  });

  it("finds the size that is larger than any machine needs", () => {
    const answers = check("ASR-R02", {
      a: ["protected-machine", "disks: 15"],
      mt: ["master-target", "size: standard-d14, free-disks: 31"],
    });
    expect(answers).to.deep.equal([
      "mt not-met warning: the largest `disks` of protected-machine is 15; the bound is 16",
      "all met error: the largest `disks` of protected-machine is 15",
    ]);
  });

  it("compares one fact of a machine with another", () => {
    expect(check("ASR-R04", { ps: ["process-server", "cache-disk-gb: 500, system-drive-free-gb: 400"] })).to.deep.equal(
      [
        "ps not-met warning: `cache-disk-gb` is 500; the bound is 600",
        "ps not-met error: `system-drive-free-gb` is 400; the bound is `cache-disk-gb`, 500",
        "all unchecked error: no component plays `protected-machine`",
      ],
    );
  });

  it("asks a Windows machine what a Windows machine needs", () => {
    const answers = check("ASR-R06", {
      w: [
        "protected-machine",
        "system: windows, operating-system: windows-server-2003, host-name: büro, disk-layout: [basic, dynamic]",
      ],
      l: ["protected-machine", "system: linux"],
    });
    expect(answers).to.deep.include.members([
      "w not-met error: `operating-system` is windows-server-2003; windows-server-2012-r2, windows-server-2012, windows-server-2008-r2-sp1 will do",
      "w not-met error: `host-name` is büro; only ASCII characters will do",
      "w not-met error: `disk-layout` is dynamic; basic will do",
      "w unchecked error: `mount-points` is not stated",
    ]);
    expect(answers.filter((answer) => answer.startsWith("l "))).to.deep.equal([]);
  });

  it("takes facts of the whole topology for a machine that does not state its own", () => {
    expect(
      check("ASR-R10", { vm: ["failed-over-machine", "sshd-starts-automatically: true"] }, "system: linux"),
    ).to.deep.equal(["vm met error: `sshd-starts-automatically` is true"]);
  });

  it("calls a text where a number is wanted unchecked", () => {
    expect(check("ASR-R04", { ps: ["process-server", "cache-disk-gb: plenty"] })[0]).to.equal(
      "ps unchecked warning: `cache-disk-gb` of `ps` is not a number",
    );
  });

  it("lists what nothing can tell", () => {
    expect(check("ASR-R09", {})).to.deep.equal(["all unchecked error: no fact can tell"]);
  });
});
