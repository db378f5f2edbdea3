/** Puts rules for refused requests into the exports of a proxy, and proves that they change nothing else. */
import { changesNothingElse, findRefused, type RefusedRequests } from "../generate/find-refused.js";
import type { RequestNeed } from "../generate/plan-request-lists.js";
import { policyOfRequests } from "../generate/policy-of-requests.js";
import type { Repair } from "../model/allow-analysis.js";
import type { ProveInputs, TextInput } from "../model/inputs.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { ProxyNode } from "../model/topology.js";
import { loadTopology } from "./load-topology.js";
import { vendorOf } from "./targets.js";

/** What is changed about one proxy. */
export interface ProxyPatch {
  readonly node: ProxyNode;
  readonly repairs: readonly Repair[];
  readonly texts: ReadonlyMap<string, TextInput>;
  /** Its requests are accepted now, and no other one is treated otherwise than before. */
  readonly isSound: boolean;
}

/** The patch that lets through what the proxy refuses of the needs; undefined iff it refuses none, or no rule helps. */
export function patchProxy(
  node: ProxyNode,
  policy: ProxyPolicy,
  needs: readonly RequestNeed[],
  inputs: ProveInputs,
): ProxyPatch | undefined {
  const own = needs.filter(({ proxy }) => proxy === node.name).map((need) => ({ ...need, proxy: policy.name }));
  const texts = new Map<string, TextInput>();
  const commands = new Set<string>();
  const mended: RefusedRequests[] = [];
  // From the last line to the first, so that the lines that are still to be found stay where they are.
  const refused = findRefused(policy, own).sort((a, b) => b.decision.at.line - a.decision.at.line);
  for (const one of refused) {
    const { decision, list } = one;
    const name = node.exports
      .map(({ file }) => file)
      .find((file) => inputs.exports.get(file)?.file === decision.at.file);
    const current = name === undefined ? undefined : (texts.get(name) ?? inputs.exports.get(name));
    if (name === undefined || current === undefined) continue;
    const { aces } = policyOfRequests(list, policy);
    const before = decision.ace === undefined ? {} : { before: decision.at };
    const patch = vendorOf(policy.vendor)?.insertRequests?.(current.text, { aces, ...before });
    if (patch === undefined) continue;
    texts.set(name, { ...current, text: patch.text });
    for (const command of patch.commands) commands.add(command);
    mended.push(one);
  }
  if (texts.size === 0) return undefined;
  const exports = new Map([...inputs.exports, ...texts]);
  const patched = loadTopology({ ...inputs, exports }).context?.proxies.get(node.name);
  const reasons = mended.flatMap(({ list }) => list.entries.flatMap((entry) => entry.reasons));
  const requirements = [...new Set(reasons.map(({ requirement }) => requirement))];
  const repairs = [...texts].map(([name, { file, text }]): Repair => {
    const before = inputs.exports.get(name)?.text ?? "";
    return { device: node.name, file, before, after: text, commands: [...commands], requirements };
  });
  return { node, repairs, texts, isSound: patched !== undefined && changesNothingElse(policy, patched, mended) };
}
