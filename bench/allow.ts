/**
 * Prints what allow-lists take for a company of generated requirements: `node dist/bench/allow.js [--requirements 5000]
 * [--components 80] [--seed 1]`. Seconds are user CPU of this process; reading YAML is part of `load`.
 */
import { parseArgs } from "node:util";
import { bindRoles } from "../src/intent/bind-roles.js";
import { collectNeeds } from "../src/pipeline/collect-needs.js";
import { writtenLists } from "../src/pipeline/generate-allow-list.js";
import { loadTopology } from "../src/pipeline/load-topology.js";
import { proveWithLists } from "../src/pipeline/prove-with-lists.js";
import type { ProofContext } from "../src/prove/proof-context.js";
import { generateCompany } from "./generate-company.js";

const { values } = parseArgs({
  options: {
    requirements: { type: "string", default: "5000" },
    components: { type: "string", default: "80" },
    seed: { type: "string", default: "1" },
  },
});

let before = 0;

function lap(phase: string): void {
  const now = process.cpuUsage().user;
  console.log(`${phase.padEnd(22)}${((now - before) / 1e6).toFixed(2).padStart(6)} s`);
  before = process.cpuUsage().user;
}

lap("start");
const inputs = generateCompany({
  components: Number(values.components),
  requirements: Number(values.requirements),
  lines: 100,
  seed: Number(values.seed),
});
lap("generate the company");
const { topology, catalogues, context } = loadTopology(inputs);
if (context === undefined) throw new Error("the company cannot be used");
lap("load");
const { instances } = bindRoles(topology, catalogues, { only: [] }).value;
const { packets } = collectNeeds(context as ProofContext, instances);
lap("find what is needed");
const devices = writtenLists(context, packets);
lap("write and read back");
const unproved = proveWithLists(context, { devices, proxies: [] }, instances);
lap("prove with the lists");

const lines = devices.flatMap(({ texts }) => texts).flatMap(({ text }) => text.split("\n")).length;
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  `${instances.length} requirements, ${lines} lines for ${devices.length} devices, ${unproved.length} unproved, ${megabytes} MB`,
);
