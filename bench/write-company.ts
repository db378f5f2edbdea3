/** Writes a generated company into a folder: `node dist/bench/write-company.js FOLDER [--components 1000] [--requirements 5000] [--lines 50000] [--seed 1]`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generateCompany } from "./generate-company.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    components: { type: "string", default: "1000" },
    requirements: { type: "string", default: "5000" },
    lines: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
  },
});
const folder = positionals[0] ?? "company";
const { topology, exports, catalogues } = generateCompany({
  components: Number(values.components),
  requirements: Number(values.requirements),
  lines: Number(values.lines),
  seed: Number(values.seed),
});
mkdirSync(join(folder, "exports"), { recursive: true });
for (const { file, text } of [topology, ...exports.values(), ...catalogues]) writeFileSync(join(folder, file), text);
