import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { nsgExport } from "./nsg-fixture.js";
import { runCli } from "./run-cli.js";

const ESCAPE = "\u001b";

describe("flowproof explain", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-explain-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it("shows every line with what became of it, and the totals", async () => {
    const { code, stdout, stderr } = await runCli(["explain", await file("nsg.json", nsgExport)]);

    expect(code, stderr).to.equal(0);
    expect(stdout).to.include("nsg.json, read as azure-nsg\n");
    expect(stdout.split("\n").filter((line) => line.includes(" │ ")).length).to.be.at.least(
      nsgExport.trimEnd().split("\n").length,
    );
    expect(stdout).to.match(/input +read as +lines +modelled +harmless +approximated +rejected/);
  });

  it("reads standard input and gives the same account as JSON of its published schema", async () => {
    const { code, stdout } = await runCli(["explain", "-", "--format", "json"], { input: nsgExport });
    const schema = JSON.parse(readFileSync("schemas/explain-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true }).compile(schema);
    const document = JSON.parse(stdout);
    const lines = document.files[0].lines.map(({ line }: { line: number }) => line);

    validate(document);

    expect(code).to.equal(0);
    expect(validate.errors ?? []).to.deep.equal([]);
    expect(document.files[0].file).to.equal("<stdin>");
    expect(lines).to.deep.equal([...nsgExport.trimEnd().split("\n").keys()].map((index) => index + 1));
  });

  it("reads an export in UTF-16LE with Windows line ends as the same export", async () => {
    const windows = Buffer.from(`\ufeff${nsgExport.replaceAll("\n", "\r\n")}`, "utf16le");

    const [there, here] = await Promise.all([
      runCli(["explain", "-"], { input: windows }),
      runCli(["explain", "-"], { input: nsgExport }),
    ]);

    expect(there.stdout).to.equal(here.stdout);
  });

  it("reads what netsh prints when a Windows shell redirects it", async () => {
    const netsh = readFileSync("test/vendors/windows-firewall/fixtures/rules-verbose.txt", "utf8").replaceAll(
      "\r\n",
      "\n",
    );
    const redirected = Buffer.from(`\ufeff${netsh.replaceAll("\n", "\r\n")}`, "utf16le");

    const { code, stdout } = await runCli(["explain", "-"], { input: redirected });

    expect(code).to.equal(0);
    expect(stdout).to.include("<stdin>, read as windows-firewall\n");
    expect(stdout).to.not.match(/\ufffd/);
  });

  it("colours where asked to, and not where a pipe or NO_COLOR says so", async () => {
    const path = await file("nsg.json", nsgExport);
    const [piped, forced, refused] = await Promise.all([
      runCli(["explain", path]),
      runCli(["explain", path], { env: { FORCE_COLOR: "1" } }),
      runCli(["explain", path], { env: { NO_COLOR: "1" } }),
    ]);

    expect(piped.stdout).to.not.include(ESCAPE);
    expect(refused.stdout).to.equal(piped.stdout);
    expect(forced.stdout).to.include(ESCAPE);
  });

  it("stops quietly where its reader has gone", async () => {
    const rules = Array.from({ length: 400 }, (_, index) => nsgExport.replaceAll("nsg-servers", `nsg-${index}`));
    const path = await file("many.json", `[${rules.join(",")}]`);

    const { code, stderr } = await runCli(["explain", path], { hangUp: true });

    expect(stderr).to.equal("");
    expect(code).to.equal(0);
  });

  const unusable: readonly (readonly [string, string, string | Uint8Array, RegExp])[] = [
    ["an empty file", "empty.json", " \n", /empty\.json` is empty/],
    ["a binary file", "image.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]), /is not text/],
    ["an archive", "export.zip", Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), /zip archive; unpack it first/],
    ["a file of another kind", "poem.txt", "roses are red\n", /not recognised as an export/],
    ["an export cut in half", "half.json", nsgExport.slice(0, nsgExport.length / 2), /half\.json:\d+/],
  ];

  for (const [name, fileName, content, told] of unusable) {
    it(`refuses ${name} with a message and no stack`, async () => {
      const { code, stdout, stderr } = await runCli(["explain", await file(fileName, content)]);

      expect(stderr)
        .to.match(told)
        .and.not.match(/\n\s+at /);
      expect(stdout).to.equal("");
      expect(code).to.equal(2);
    });
  }

  it("refuses a missing file and names what is near", async () => {
    await file("edge.rules", nsgExport);

    const { code, stderr } = await runCli(["explain", join(folder, "edge.rule")]);

    expect(code).to.equal(2);
    expect(stderr).to.include("does not exist").and.include("did you mean `edge.rules`?");
  });

  it("refuses a format that does not exist and lists those that do", async () => {
    const { code, stderr } = await runCli(["explain", "-", "--as", "abacus"], { input: nsgExport });

    expect(code).to.equal(2);
    expect(stderr).to.include("no format is called `abacus`").and.include("azure-nsg");
  });
});
