/** Decides an `allow` requirement on one path for connections that ask for names. */
import { PacketSet } from "../sets/packet-set.js";
import type { Path } from "../topology/find-paths.js";
import { contextAsking, type ProofContext } from "./proof-context.js";
import { type PathVerdict, proveOnPath, type ServiceFlow } from "./prove-path.js";

/**
 * The answer for connections that ask for any of the names; of none: whatever they ask for. Rules about different names may
 * let them through: what is open for all together is asked for each alone, towards its own addresses.
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
  const each = names.map((name) => {
    const verdict = proveOnPath(contextAsking(context, [name]), flowTowards(name, names, flow), path);
    const explanation = `for \`${name}\`, ${verdict.explanation || "packets are refused"}`;
    return verdict.kind === "proved" ? verdict : { ...verdict, explanation };
  });
  return each.find(({ kind }) => kind === "refuted") ?? each.find(({ kind }) => kind === "undecided") ?? joined(each);
}

/** The flow to the addresses of one of the names that are asked for, if these are all that its destination has. */
export function flowTowards(name: string, names: readonly string[], flow: ServiceFlow): ServiceFlow {
  const { addresses } = flow.to;
  if (!addresses.names.every((own) => names.includes(own)) || !addresses.names.includes(name)) return flow;
  return { ...flow, to: { ...flow.to, addresses: { ...addresses, names: [name] } } };
}

/** What is proved for all names, with the rules that decide for any of them. */
function joined(proofs: readonly PathVerdict[]): PathVerdict {
  return {
    ...(proofs[0] as PathVerdict),
    required: PacketSet.unionOf(proofs.map(({ required }) => required)),
    arriving: PacketSet.unionOf(proofs.map(({ arriving }) => arriving)),
    hops: proofs.flatMap(({ hops }) => hops),
  };
}
