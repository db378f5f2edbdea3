/** Turns the text of a topology into the model, or says that it is a file of another kind. */
import { parseTopology } from "../intent/parse-topology.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import type { Topology } from "../model/topology.js";
import { vendors } from "../vendors/registry.js";
import { detectVendor } from "./detect-vendor.js";
import { ownKindOf } from "./own-files.js";

const READ = new WeakMap<TextInput, Parsed<Topology>>();

/** The topology of an input, read once: first for the files it names, then to prove it. */
export function readTopology(input: TextInput): Parsed<Topology> {
  const known = READ.get(input);
  if (known !== undefined) return known;
  const parsed = parseTopology(input.text, input.file);
  const mistaken = parsed.diagnostics.some(({ severity }) => severity === "error") ? mistakenFor(input) : undefined;
  const result = mistaken === undefined ? parsed : { ...parsed, diagnostics: [mistaken] };
  READ.set(input, result);
  return result;
}

/** One error in the place of all that a file of another kind does not have; undefined iff it may be a topology. */
function mistakenFor(input: TextInput): Diagnostic | undefined {
  const kind = ownKindOf(input.text);
  if (kind === "topology") return undefined;
  const vendor = kind === undefined ? detectVendor([input], vendors).value : undefined;
  if (kind === undefined && vendor === undefined) return undefined;
  const what = vendor === undefined ? "a catalogue of requirements" : `an export that is read as ${vendor.id}`;
  const help =
    vendor === undefined
      ? "give a topology that names it under `catalogues`"
      : "give a topology that names it under `devices` or `proxies`; `flowproof audit` looks at an export by itself";
  return {
    code: "topology/other-file",
    severity: "error",
    message: `it is ${what}, and no topology`,
    help,
    at: { file: input.file, line: 1 },
    effect: "none",
  };
}
