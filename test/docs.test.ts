import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";

/** Every Markdown file a reader may open, fixtures of tests aside. */
function pages(): string[] {
  const inside = ["docs", "src", "topologies", "bench"]
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)));
  return [...readdirSync("."), ...inside].filter((file) => file.endsWith(".md"));
}

describe("the documentation", () => {
  it("quotes what the commands print today", () => {
    const run = spawnSync(process.execPath, ["scripts/docs.mjs", "--check"], { encoding: "utf8" });

    expect(run.stderr).to.equal("");
    expect(run.status).to.equal(0);
  });

  it("links only to files that are there", () => {
    const broken = pages().flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(file), target as string))
        .filter((target) => !existsSync(target))
        .map((target) => `${file}: ${target}`),
    );

    expect(broken).to.deep.equal([]);
  });
});
