/** Turns the exports of a topology's device before and after a change into what the change does, there and to the requirements. */
import type { Analysis } from "../model/analysis.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { Difference, VerdictChange } from "../model/difference.js";
import type { ProveInputs } from "../model/inputs.js";
import { helpForName } from "../model/near-names.js";
import type { DeviceNode, Topology } from "../model/topology.js";
import { UsageError } from "../model/usage-error.js";
import type { Verdict } from "../model/verdict.js";
import { type DiffRequest, type DiffSide, diffDevices, readChange } from "./diff-exports.js";
import { loadTopology } from "./load-topology.js";
import { proveLoaded } from "./prove-topology.js";
import { readTopology } from "./read-topology.js";
import { sourceLines } from "./source-lines.js";

/**
 * The difference, with the requirements whose verdict changes; undefined, with errors, iff an input cannot be used. The device
 * is the one called `name`, else the one whose exports a side names; throws a `UsageError` where that is none.
 */
export function diffTopology(
  inputs: ProveInputs,
  [before, after]: readonly [DiffSide, DiffSide],
  request: DiffRequest,
  name?: string,
): Parsed<Difference | undefined> {
  const { value: topology } = readTopology(inputs.topology);
  const node = name === undefined ? nodeOfExports(topology, inputs, [before, after]) : nodeNamed(topology, name);
  const sides = [before, after].map((side) => proveSide(inputs, node, side));
  const change = readChange(request.expect);
  const diagnostics = withoutRepeats([...sides.flatMap((side) => side.diagnostics), ...change.diagnostics]);
  const [first, second] = sides.map(({ value }) => value);
  if (first === undefined || second === undefined || diagnostics.some(({ severity }) => severity === "error")) {
    return { value: undefined, diagnostics };
  }
  const plan = { scope: request.scope, names: topology.names, expected: change.value };
  const value: Difference = {
    ...diffDevices([first.device], [second.device], plan),
    requirements: compareVerdicts(first.analysis.verdicts, second.analysis.verdicts),
    coverage: [before, after].flatMap(({ inputs: own }, i) =>
      [first, second][i].analysis.coverage.filter(({ file }) => own.some((input) => input.file === file)),
    ),
    diagnostics,
    sources: new Map([
      ...first.analysis.sources,
      ...second.analysis.sources,
      ...sourceLines(request.expect === undefined ? [] : [request.expect]),
    ]),
  };
  return { value, diagnostics };
}

function nodeOfExports(topology: Topology, inputs: ProveInputs, sides: readonly DiffSide[]): DeviceNode {
  const named = new Set(sides.flatMap((side) => side.inputs.map(({ file }) => file)));
  const isNamed = ({ file }: { readonly file: string }) => named.has(inputs.exports.get(file)?.file ?? file);
  const node = topology.devices.find(({ exports }) => exports.some(isNamed));
  if (node !== undefined) return node;
  throw new UsageError(
    "neither side is an export of a device of the topology",
    `give \`--device\`: ${namesOf(topology).join(", ")}`,
  );
}

function nodeNamed(topology: Topology, name: string): DeviceNode {
  const node = topology.devices.find((one) => one.name === name && one.exports.length > 0);
  if (node !== undefined) return node;
  throw new UsageError(`the topology has no device \`${name}\` with exports`, helpForName(name, namesOf(topology)));
}

function namesOf({ devices }: Topology): string[] {
  return devices.filter(({ exports }) => exports.length > 0).map(({ name }) => name);
}

function proveSide(inputs: ProveInputs, node: DeviceNode, side: DiffSide) {
  const loaded = loadTopology({ ...inputs, replaced: new Map([[node.name, side]]) });
  const { analysis, diagnostics } = proveLoaded(loaded, { only: [] });
  const device = loaded.context?.devices.get(node.name)?.device;
  return { value: analysis && device && { analysis, device }, diagnostics };
}

function compareVerdicts(
  before: Analysis["verdicts"],
  after: Analysis["verdicts"],
): NonNullable<Difference["requirements"]> {
  const old = new Map(before.map((verdict) => [keyOf(verdict), verdict]));
  const changed = after.flatMap((verdict): VerdictChange[] => {
    const { requirement, from, to } = verdict;
    const was = old.get(keyOf(verdict));
    if (was === undefined || was.kind === verdict.kind) return [];
    const at = (verdict.kind === "refuted" ? verdict.decidedBy?.at : undefined) ?? requirement.at;
    const { id, title } = requirement;
    return [{ requirement: id, title, from, to, before: was.kind, after: verdict.kind, at }];
  });
  return { changed, same: after.length - changed.length };
}

function keyOf({ requirement, from, to }: Verdict): string {
  return JSON.stringify([requirement.id, from, to]);
}

/** Both sides read the topology: what is wrong with it is told once. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()];
}
