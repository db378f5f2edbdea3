/** The places where the kernel asks base chains, in the order a packet meets them. */
import type { Direction } from "../../model/device.js";
import type { HookSpec } from "./types.js";

/** A place where the kernel asks chains. */
export type Hook = "ingress" | "prerouting" | "input" | "forward" | "output" | "postrouting" | "egress";

/** From where a chain is reached. */
export interface ChainReach {
  readonly hooks: ReadonlySet<Hook>;
  /** True iff it may be reached before connection tracking has looked at the packet, and iff it always is. */
  readonly mayBeUntracked: boolean;
  readonly isAlwaysUntracked: boolean;
}

const HOOKS_ON_WAY: Readonly<Record<Direction, readonly Hook[]>> = {
  forward: ["ingress", "prerouting", "forward", "postrouting", "egress"],
  input: ["ingress", "prerouting", "input"],
  output: ["output", "postrouting", "egress"],
};

/** The hooks a packet of the direction comes by, in order. */
export function hooksOnWay(direction: Direction): readonly Hook[] {
  return HOOKS_ON_WAY[direction];
}

/** True iff base chains that see IP packets can hang there. */
export function isHook(name: string): name is Hook {
  return Object.values(HOOKS_ON_WAY).some((hooks) => (hooks as readonly string[]).includes(name));
}

/** nft(8), "Standard priority names". */
const PRIORITIES: Readonly<Record<string, number>> = {
  ...{ raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100 },
};

/** The priority a base chain has; undefined iff the text does not tell it. */
function priorityOf({ priority, offset }: HookSpec): number | undefined {
  if (priority === undefined) return 0;
  if (priority.kind !== "value") return undefined;
  const { text } = priority;
  const base = Object.hasOwn(PRIORITIES, text) ? PRIORITIES[text] : /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  return base === undefined ? undefined : base + offset;
}

/** All nat chains of a hook are asked at one place, whatever their own priorities (net/netfilter/nf_nat_core.c). */
const NAT_PRIORITIES: Readonly<Partial<Record<Hook, number>>> = {
  ...{ prerouting: -100, output: -100, input: 100, postrouting: 100 },
};

/** Where among all chains of its hook a base chain is asked, and where among those of the same place. */
export function askedAt(spec: HookSpec): readonly [place: number, within: number] {
  const priority = priorityOf(spec) ?? 0;
  const natPlace = spec.type === "nat" && isHook(spec.hook) ? NAT_PRIORITIES[spec.hook] : undefined;
  return [natPlace ?? priority, priority];
}

/** Priority of connection tracking at the hooks where packets enter. */
const TRACKING = -200;

/** What a base chain alone is reached from. */
export function reachOfHook(spec: HookSpec): ChainReach {
  const hooks: ReadonlySet<Hook> = new Set(isHook(spec.hook) ? [spec.hook] : []);
  if (spec.hook === "ingress") return { hooks, mayBeUntracked: true, isAlwaysUntracked: true };
  if (spec.hook !== "prerouting" && spec.hook !== "output") {
    return { hooks, mayBeUntracked: spec.hook === "egress", isAlwaysUntracked: false };
  }
  const priority = spec.type === "nat" ? 0 : priorityOf(spec);
  const mayBeUntracked = priority === undefined || priority <= TRACKING;
  return { hooks, mayBeUntracked, isAlwaysUntracked: priority !== undefined && priority < TRACKING };
}
