/** Proves the requirements again with the generated lists in place of the exports. */
import { compileDevice } from "../compile/compile-device.js";
import { DIRECTIONS, stagesBeforeFilter } from "../generate/open-device.js";
import type { Acl } from "../model/acl.js";
import type { Device, Stage } from "../model/device.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { RequirementInstance } from "../model/verdict.js";
import { createProofContext, type ProofContext } from "../prove/proof-context.js";
import { unprovedAmong } from "../prove/prove-together.js";
import type { ProvedTexts } from "./write-allow-lists.js";
import type { ProvedRequests } from "./write-request-lists.js";

/** Everything that was written and read back. */
export interface Written {
  readonly devices: readonly ProvedTexts[];
  readonly proxies: readonly ProvedRequests[];
}

/** Errors for the requirements that are not proved when the lists are the devices' only filters. */
export function proveWithLists(
  context: ProofContext,
  written: Written,
  instances: readonly RequirementInstance[],
): Diagnostic[] {
  return unprovedAmong(contextWithLists(context, written), instances).map(({ kind, requirement, from, to }) => {
    const message = `with the lists in place \`${requirement.id}\` from \`${from}\` to \`${to}\` is ${kind}`;
    return { code: "allow/not-proved", severity: "error", message, at: requirement.at, effect: "none" };
  });
}

/** The context with the filters of each written device or proxy replaced by what was read back from its texts. */
function contextWithLists(context: ProofContext, written: Written): ProofContext {
  const { index, devices, names, budget, choosing } = context;
  const readBack = new Map(written.devices.map((each) => [each.device, each.readBack]));
  const policies = new Map(written.proxies.map((each) => [each.device, each.readBack]));
  const proxies = [...context.proxies].map(([name, policy]) => [name, withRules(policy, policies.get(name))] as const);
  const replaced = [...devices].map(([name, compiled]) => {
    const lists = readBack.get(name);
    return [name, lists ? compileDevice(withFilters(compiled.device, lists), { names }) : compiled] as const;
  });
  return createProofContext(index.topology, new Map(replaced), new Map(proxies), budget, choosing);
}

function withRules(policy: ProxyPolicy, readBack: ProxyPolicy | undefined): ProxyPolicy {
  if (readBack === undefined) return policy;
  const { aces, defaultAction, defaultAt, challengesOnDrop } = readBack;
  return { ...policy, aces, defaultAction, defaultAt, challengesOnDrop };
}

const NOTHING = "no requirement passes here";

// A direction without a list accepts nothing: no requirement takes it.
function withFilters(device: Device, lists: Device): Device {
  const renamed = (name: string): string => `generated ${name}`;
  const acls = lists.acls.map((acl): Acl => ({ ...acl, name: renamed(acl.name) }));
  const stages = DIRECTIONS.map((direction) => {
    const all = device.stages[direction];
    const before = stagesBeforeFilter(device, direction).filter(({ kind }) => kind === "nat");
    const after = all.filter((stage) => stage.kind === "nat" && !before.includes(stage));
    const filters = lists.stages[direction].map((stage): Stage => ({ ...stage, acl: renamed(stage.acl) }));
    const place = filters.length > 0 ? filters : [{ hook: NOTHING, kind: "filter", acl: NOTHING } as const];
    return [direction, [...before, ...place, ...after]];
  });
  return {
    ...device,
    acls: [...device.acls, ...acls, refusal(device)],
    sets: [...device.sets, ...lists.sets],
    stages: Object.fromEntries(stages),
    tracking: lists.tracking,
  };
}

function refusal({ name }: Device): Acl {
  const at = { file: name, line: 1 };
  return { name: NOTHING, aces: [], defaultAction: { kind: "drop" }, evaluation: "first-match", at };
}
