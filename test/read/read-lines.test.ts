import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../../src/model/usage-error.js";
import { readLines } from "../../src/read/read-lines.js";

describe("readLines", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-lines-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function linesOf(bytes: string | Uint8Array): Promise<string[]> {
    const path = join(folder, "packets.jsonl");
    await writeFile(path, bytes);
    const lines: string[] = [];
    for await (const batch of readLines(path, path)) lines.push(...batch);
    return lines;
  }

  it("gives lines without their ends, the last one also without one", async () => {
    expect(await linesOf("a\r\nb\n\nc")).to.deep.equal(["a", "b", "", "c"]);
  });

  it("keeps lines whole across the pieces a file arrives in", async () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `{"n": ${index}, "name": "Fürth"}`);

    expect(await linesOf(`${long.join("\n")}\n`)).to.deep.equal(long);
  });

  it("reads UTF-16 as a Windows shell writes it", async () => {
    expect(await linesOf(Buffer.from("\ufeff{}\r\n{}\r\n", "utf16le"))).to.deep.equal(["{}", "{}"]);
  });

  it("refuses a missing file, zero bytes and a line without end", async () => {
    const refusals = [
      () => linesOf("a\0b"),
      () => linesOf("x".repeat(2 * 1024 * 1024)),
      async () => {
        for await (const _ of readLines(join(folder, "none"), "none")) break;
      },
    ];

    for (const refusal of refusals) {
      expect(await refusal().catch((error: unknown) => error)).to.be.instanceOf(UsageError);
    }
  });
});
