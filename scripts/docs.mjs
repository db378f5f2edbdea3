// Rewrites the outputs quoted in the documentation, pictures, shown reports and the page of vendors from the code they come from; with --check only compares.
// A block is marked by a comment before it: <!-- run: flowproof ARGS --> or <!-- run: flowproof ARGS | lines 3-20 -->.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const FILES = ["README.md"];
const BLOCK = /(<!-- run: flowproof ([^\n|]*?)(?: \| lines (\d+)-(\d+))? -->\n```text\n)([\s\S]*?)(```\n)/g;

function outputOf(args, first, last) {
  const env = { ...process.env, COLUMNS: "100", NO_COLOR: "1" };
  const run = spawnSync(process.execPath, ["dist/src/cli/main.js", ...args.split(" ")], {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status === 2 || run.status === 70) throw new Error(`flowproof ${args}: ${run.stderr}`);
  const lines = run.stdout.trimEnd().split("\n");
  const shown = first === undefined ? lines : lines.slice(Number(first) - 1, Number(last));
  return `${shown.join("\n")}\n`;
}

const PICTURES = {
  "docs/pictures/vmware-to-azure-vpn.svg": "draw topologies/vmware-to-azure-vpn/topology.yaml",
  "docs/pictures/vmware-to-azure-vpn-before.svg": "draw topologies/vmware-to-azure-vpn/before/topology.yaml",
  "docs/pictures/via-proxy.svg": "draw topologies/via-proxy/topology.yaml",
};

/** The topologies whose reports are shown, by the folder the reports stand in. */
const REPORTED = {
  "topologies/vmware-to-azure-vpn/reports": "topologies/vmware-to-azure-vpn/topology.yaml",
  "topologies/vmware-to-azure-vpn/before/reports": "topologies/vmware-to-azure-vpn/before/topology.yaml",
  "topologies/via-proxy/reports": "topologies/via-proxy/topology.yaml",
};

const REPORTS = {
  "report.txt": (topology) => `prove ${topology}`,
  "report.md": (topology) => `report ${topology} --format markdown`,
  "report.html": (topology) => `report ${topology}`,
  "picture.svg": (topology) => `draw ${topology}`,
};

let isStale = false;
const isCheck = process.argv.includes("--check");

function settle(file, old, fresh) {
  if (fresh === old) return;
  isStale = true;
  if (isCheck) console.error(`${file} is stale: npm run docs`);
  else writeFileSync(`${root}/${file}`, fresh);
}

for (const [file, args] of Object.entries(PICTURES)) settle(file, readIfThere(file), outputOf(args));
for (const [folder, topology] of Object.entries(REPORTED)) {
  if (!isCheck) mkdirSync(`${root}/${folder}`, { recursive: true });
  for (const [name, argsFor] of Object.entries(REPORTS)) {
    const file = `${folder}/${name}`;
    settle(file, readIfThere(file), outputOf(argsFor(topology)));
  }
}

settle("docs/vendors.md", readIfThere("docs/vendors.md"), await vendorsPage());

/** What each format is, which command exports it, and how the words of its rules are read. */
async function vendorsPage() {
  const { vendors } = await import("../dist/src/vendors/registry.js");
  const parts = vendors.map(({ id, title, exportCommand, docs, features }) =>
    [
      `## ${title}`,
      `\`${id}\`, facts in [src/vendors/${id}/](../src/vendors/${id}/README.md). An export: \`${exportCommand}\``,
      docs.map((page) => `- <${page}>`).join("\n"),
      ...(features === undefined ? [] : [featureTable(features())]),
    ].join("\n\n"),
  );
  const head = "# Formats\n\nMade from the code by `npm run docs`.";
  const key =
    "*exact*: the rule matches or acts as on the device. *bounded*: it may match or not, or do anything, and an answer that depends on it says so. *harmless*: it decides nothing. What a table does not list is bounded.";
  return `${[head, key, ...parts].join("\n\n")}\n`;
}

function featureTable(features) {
  const rows = features.map(({ name, fidelity, note }) => `| \`${name}\` | ${fidelity} | ${note} |`);
  return ["| match, target, field or statement | read as | note |", "|---|---|---|", ...rows].join("\n");
}

function readIfThere(file) {
  try {
    return readFileSync(`${root}/${file}`, "utf8");
  } catch {
    return "";
  }
}

for (const file of FILES) {
  const text = readFileSync(`${root}/${file}`, "utf8");
  settle(
    file,
    text,
    text.replace(BLOCK, (_, head, args, first, last, __, tail) => head + outputOf(args, first, last) + tail),
  );
}
process.exitCode = isStale && isCheck ? 1 : 0;
