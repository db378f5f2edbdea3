/** Decides an `allow` requirement on one path for connections that ask for names. */
import type { Path } from "../topology/find-paths.js";
import { contextAsking, type ProofContext } from "./proof-context.js";
import { type PathVerdict, proveOnPath, type ServiceFlow } from "./prove-path.js";

/**
 * The answer for connections that ask for any of the names; of none: whatever they ask for. Rules about different names may
 * let them through: what is open for all together is asked for each alone.
 */
export function proveForNames(
  context: ProofContext,
  flow: ServiceFlow,
  path: Path,
  names: readonly string[],
): PathVerdict {
  const asking = contextAsking(context, names);
  const together = proveOnPath(asking, flow, path);
  const isAsked = [...asking.devices].some(([name, device]) => device !== context.devices.get(name));
  if (together.kind !== "undecided" || names.length < 2 || !isAsked) return together;
  const each = names.map((name): PathVerdict => {
    const verdict = proveOnPath(contextAsking(context, [name]), flow, path);
    return verdict.kind === "proved" ? verdict : { ...verdict, explanation: `for \`${name}\`, ${verdict.explanation}` };
  });
  const worst = (["refuted", "undecided", "proved"] as const).map((kind) => each.find((one) => one.kind === kind));
  return worst.find((one) => one !== undefined) ?? together;
}
