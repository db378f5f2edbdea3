// Runs commands of every kind in one process and keeps what V8 has compiled for them beside the chunks of the bundle:
// docs/decisions/0018-compiled-code-is-kept.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Bundle } from "../dist/src/cli/bundle.js";

/** Nobody reads what the commands say. */
const terminal = {
  presentation: () => ({ color: false, width: 100, explain: true }),
  write: async () => undefined,
  tell: () => undefined,
  progress: () => undefined,
};

const bundle = new Bundle(fileURLToPath(new URL("../dist/src/bundle/", import.meta.url)));
const { run } = bundle.load("run.cjs");
const scratch = mkdtempSync(join(tmpdir(), "flowproof-"));
for (const command of [...commandsFor("vmware-to-azure-vpn"), ...commandsFor("via-proxy"), ...commandsForExports()]) {
  const exitCode = await run(command, terminal);
  if (![0, 1, 3].includes(exitCode)) throw new Error(`flowproof ${command.join(" ")} ends with ${exitCode}`);
}
rmSync(scratch, { recursive: true });
bundle.keepCompiled();

function commandsFor(name) {
  const [before, after] = [`topologies/${name}/before/topology.yaml`, `topologies/${name}/topology.yaml`];
  return [
    ["prove", after],
    ["prove", before, "--fix"],
    ["prove", after, "--format", "json"],
    ["audit", "--topology", after],
    ["allow", after, "--widen-names", "-o", join(scratch, name)],
    ["draw", after],
    ["report", before, "-o", join(scratch, `${name}.html`)],
  ];
}

function commandsForExports() {
  const [before, after] = ["before/exports", "exports"].map((folder) => `topologies/vmware-to-azure-vpn/${folder}`);
  return [
    ["audit", `${after}/edge.iptables-save`],
    ["audit", `${after}/replication-nsg.json`, "--format", "sarif"],
    ["audit", `${after}/cs1-rules.txt`, `${after}/cs1-profiles.txt`, "--format", "json"],
    ["audit", "topologies/via-proxy/exports/squid.conf"],
    ["diff", `${before}/edge.iptables-save`, `${after}/edge.iptables-save`],
    ["explain", `${after}/edge.iptables-save`],
  ];
}
