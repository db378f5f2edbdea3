import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { runCli } from "./cli/run-cli.js";

/** What a user reads; facts and decisions are for those who ask why. */
const GUIDES = [
  "README.md",
  ...readdirSync("docs")
    .filter(isPage)
    .map((file) => join("docs", file)),
];

function isPage(file: string): boolean {
  return file.endsWith(".md");
}

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

  it("tells of every option of every command", async () => {
    const guides = GUIDES.map((file) => readFileSync(file, "utf8")).join("\n");
    const told = new Set([...guides.matchAll(/--[a-z-]+/g)].map(([name]) => name));
    const { stdout } = await runCli(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map((match) => match[1] as string);
    const helps = await Promise.all(commands.map((command) => runCli([command, "--help"])));
    const options = helps.flatMap((help) =>
      [...help.stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name),
    );

    expect(options).to.include("--tighten");
    expect([...new Set(options)].filter((name) => name !== "--help" && !told.has(name as string))).to.deep.equal([]);
  });

  it("lists the page of every check", () => {
    const list = readFileSync("docs/audits.md", "utf8");

    for (const file of readdirSync("docs/checks")) expect(list).to.include(`](checks/${file})`);
  });
});
