import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCli } from "./run-cli.js";

const NETWORK = JSON.stringify({
  name: "vnet",
  addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
  subnets: [{ name: "web", addressPrefix: "10.0.0.0/24" }],
});

describe("flowproof init", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-init-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("prints a topology of the exports in a folder", async () => {
    await writeFile(join(folder, "vnet.json"), NETWORK);

    const { code, stdout, stderr } = await runCli(["init", "--from", "azure", folder]);

    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("  - { name: vnet-web, site: vnet, prefixes: [10.0.0.0/24] }");
  });

  it("tells a file from a folder", async () => {
    const file = join(folder, "vnet.json");
    await writeFile(file, NETWORK);

    const { code, stderr } = await runCli(["init", "--from", "azure", file]);

    expect(code).to.equal(2);
    expect(stderr).to.contain("vnet.json` is no folder").and.not.contain("did you mean");
  });

  it("says what is missing where there is nothing to go on from", async () => {
    const empty = await runCli(["init", "--from", "azure", folder]);
    expect(empty.code).to.equal(2);
    expect(empty.stderr).to.contain("holds no `.json` file");

    await writeFile(join(folder, "other.json"), "{}");
    const other = await runCli(["init", "--from", "azure", folder]);
    expect(other.code).to.equal(2);
    expect(other.stderr).to.contain("az network vnet list");
  });
});
