import { spawnSync } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { UsageError } from "../../src/model/usage-error.js";
import { writeFiles, writeWhole } from "../../src/read/write-files.js";

describe("writing files", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowproof-write-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function failureOf(writing: Promise<void>): Promise<UsageError> {
    const failure = await writing.catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UsageError);
    return failure as UsageError;
  }

  it("makes the folder with those above it, and leaves nothing but the files", async () => {
    const deep = join(folder, "a", "b");

    await writeFiles(deep, [
      { name: "one", text: "1" },
      { name: "../two", text: "2" },
    ]);
    await writeFiles(deep, [{ name: "one", text: "3" }]);

    expect((await readdir(deep)).sort()).to.deep.equal(["one", "two"]);
    expect(await readFile(join(deep, "one"), "utf8")).to.equal("3");
  });

  it("replaces none where one cannot be written", async () => {
    await writeFile(join(folder, "one"), "before");
    await mkdir(join(folder, "two"));

    const { message } = await failureOf(
      writeFiles(folder, [
        { name: "one", text: "after" },
        { name: "two", text: "after" },
      ]),
    );

    expect(message).to.equal(`\`${folder}\` cannot be written (EISDIR)`);
    expect(await readFile(join(folder, "one"), "utf8")).to.equal("before");
    expect((await readdir(folder)).sort()).to.deep.equal(["one", "two"]);
  });

  it("brings back what it replaced where a later file cannot be replaced", async function () {
    const [one, pipe, two] = [join(folder, "one"), join(folder, "pipe"), join(folder, "two")];
    if (spawnSync("mkfifo", [pipe]).status !== 0) this.skip();
    await writeFile(one, "before");
    const before = await stat(one);
    const writing = writeFiles(folder, [
      { name: "new", text: "after" },
      { name: "one", text: "after" },
      { name: "pipe", text: "after" },
      { name: "two", text: "after" },
    ]);
    // While it waits for somebody to read the pipe, a folder comes in the way of the last file.
    while (!(await readdir(folder)).some((name) => /^one\..*part$/.test(name))) await setTimeout(5);
    await mkdir(two);
    await readFile(pipe);

    expect((await failureOf(writing)).message).to.match(/cannot be written \(E[A-Z]+\)$/);
    expect(await readFile(one, "utf8")).to.equal("before");
    expect((await stat(one)).ino).to.equal(before.ino);
    expect((await readdir(folder)).sort()).to.deep.equal(["one", "pipe", "two"]);
  });

  it("loses no text to another one that a link leads to the same file", async () => {
    await writeFile(join(folder, "one"), "before");
    await symlink(join(folder, "one"), join(folder, "two"));

    const { message } = await failureOf(
      writeFiles(folder, [
        { name: "one", text: "1" },
        { name: "two", text: "2" },
      ]),
    );

    expect(message).to.include("two texts would be written to");
    expect(await readFile(join(folder, "one"), "utf8")).to.equal("before");
  });

  it("loses no text to another of the same name", async () => {
    const { message } = await failureOf(
      writeFiles(folder, [
        { name: "a/edge", text: "1" },
        { name: "b/edge", text: "2" },
      ]),
    );

    expect(message).to.include("two texts would be written to");
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("says so where there can be no folder", async () => {
    await writeFile(join(folder, "file"), "");

    for (const path of [join(folder, "file"), join(folder, "file", "below"), "/proc/flowproof/lists"]) {
      const { message } = await failureOf(writeFiles(path, [{ name: "one", text: "1" }]));
      expect(message).to.match(/cannot be written \(E[A-Z]+\)$/);
    }
  });

  it("keeps links and permissions, and writes into what is no file", async () => {
    const [target, link] = [join(folder, "target"), join(folder, "link")];
    await writeFile(target, "before");
    await chmod(target, 0o666);
    await symlink(target, link);

    await writeWhole(link, "after");
    await writeWhole("/dev/null", "gone");

    expect((await lstat(link)).isSymbolicLink()).to.equal(true);
    expect(await readFile(target, "utf8")).to.equal("after");
    expect((await stat(target)).mode & 0o777).to.equal(0o666);
    expect((await stat("/dev/null")).isCharacterDevice()).to.equal(true);
  });
});
