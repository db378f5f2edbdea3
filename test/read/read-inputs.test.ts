import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { NamedFiles } from "../../src/model/inputs.js";
import { UsageError } from "../../src/model/usage-error.js";
import { readInput, readProveInputs } from "../../src/read/read-inputs.js";

describe("reading inputs", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-read-"));
    await mkdir(join(folder, "site"));
    await writeFile(join(folder, "site", "topology.yaml"), "name: site\n");
    await writeFile(join(folder, "site", "edge.rules"), "*filter\r\nCOMMIT\r\n");
    await writeFile(join(folder, "site", "own.yaml"), "name: own\n");
    await writeFile(join(folder, "empty.txt"), " \n\n");
    await writeFile(join(folder, "latin.txt"), Buffer.from([0x63, 0xe7, 0x0a]));
  });

  after(() => rm(folder, { recursive: true }));

  async function refusal(path: string, limit?: number): Promise<UsageError> {
    try {
      await readInput(path, limit);
    } catch (error) {
      if (error instanceof UsageError) return error;
      throw error;
    }
    throw new Error(`\`${path}\` was read`);
  }

  it("gives a file's text with plain line ends under the name it was asked by", async () => {
    const path = join(folder, "site", "edge.rules");

    const { value, diagnostics } = await readInput(path);

    expect(value).to.deep.include({ file: path, text: "*filter\nCOMMIT\n" });
    expect(diagnostics).to.deep.equal([]);
  });

  it("gives the hash of a file's bytes as they are, where it is asked for", async () => {
    const path = join(folder, "site", "edge.rules");
    const named: NamedFiles = {
      exports: [{ name: "edge.rules", at: { file: "topology.yaml", line: 1 } }],
      catalogues: [],
    };
    const topology = join(folder, "site", "topology.yaml");

    const plain = await readProveInputs(topology, [], () => named);
    const digested = await readProveInputs(topology, [], () => named, true);

    const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(plain.exports.get("edge.rules")).not.to.have.property("sha256");
    expect(digested.exports.get("edge.rules")?.sha256).to.equal(hash);
    expect(digested.topology.sha256).to.equal(createHash("sha256").update(readFileSync(topology)).digest("hex"));
  });

  it("says where the encoding is a guess", async () => {
    const { diagnostics } = await readInput(join(folder, "latin.txt"));

    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).to.deep.equal(["warning read/encoding"]);
  });

  it("refuses a missing file and names what is near", async () => {
    const error = await refusal(join(folder, "site", "edge.rule"));

    expect(error.message).to.match(/edge\.rule` does not exist$/);
    expect(error.help).to.equal("did you mean `edge.rules`?");
  });

  it("refuses a missing directory, a directory and an empty file, each in its own words", async () => {
    expect((await refusal(join(folder, "none", "a"))).help).to.include("does not exist either");
    expect((await refusal(join(folder, "site"))).help).to.include("topology.yaml");
    expect((await refusal(join(folder, "empty.txt"))).message).to.match(/is empty$/);
  });

  it("refuses what is larger than the limit, even without an end", async () => {
    expect((await refusal(join(folder, "site", "edge.rules"), 4)).message).to.include("larger than");
    expect((await refusal("/dev/zero", 1024 * 1024)).message).to.include("larger than 1 MiB");
  });

  it("reads what a topology names beside it, and reports what it cannot where it is named", async () => {
    const at = { file: "topology.yaml", line: 7, column: 5 };
    const named: NamedFiles = {
      exports: ["edge.rules", "edge.rulez"].map((name) => ({ name, at })),
      catalogues: ["./own.yaml", "no-such"].map((name) => ({ name, at })),
    };

    const inputs = await readProveInputs(join(folder, "site", "topology.yaml"), [], () => named);

    expect([...inputs.exports.keys()]).to.deep.equal(["edge.rules"]);
    expect(inputs.exports.get("edge.rules")?.file).to.equal(join(folder, "site", "edge.rules"));
    expect(inputs.catalogues.map(({ text }) => text)).to.deep.equal(["name: own\n"]);
    expect(inputs.diagnostics.map((diagnostic) => diagnostic.at)).to.deep.equal([at, at]);
    expect(inputs.diagnostics[0]?.help).to.equal("did you mean `edge.rules`?");
    expect(inputs.diagnostics[1]?.message).to.equal("no catalogue called `no-such` is shipped");
  });

  it("reads a shipped catalogue by its name, cited as a file of the package", async () => {
    const nothing: NamedFiles = { exports: [], catalogues: [] };

    const inputs = await readProveInputs(join(folder, "site", "topology.yaml"), ["asr-classic"], () => nothing);

    expect(inputs.catalogues.map(({ file }) => file)).to.deep.equal(["requirements/asr-classic.yaml"]);
  });

  it("throws for a catalogue the command line requires and that is not there", async () => {
    const nothing: NamedFiles = { exports: [], catalogues: [] };
    const path = join(folder, "site", "topology.yaml");

    const error = await readProveInputs(path, ["no-such"], () => nothing).catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(UsageError);
  });
});
