/**
 * Finds what is open on both sides of a change alike, and every way it may turn out: names that the exports do not explain,
 * and conditions and actions, none of packets, of rules that are there before and after.
 */
import { type Ace, type Acl, type Action, calledAcls } from "../model/acl.js";
import { ALL_ADDRESSES } from "../model/address.js";
import type { Device } from "../model/device.js";
import type { AnyOf, Endpoint, Operand } from "../model/matches.js";
import { inlineSets } from "./inline-sets.js";
import { isGap } from "./same-device.js";

/** One way in which everything that is open on both sides may turn out, as two devices. */
export type Outcome = readonly [before: Device, after: Device];

export interface SharedDoubts {
  /** What is open on both sides alike, for people. */
  readonly texts: readonly string[];
  /** Every way it may turn out together. */
  outcomes(): Iterable<Outcome>;
}

type Side = "source" | "destination";

/** What is open in a device: names by side and text, rules by their words and how many such rules there are before. */
interface Open {
  readonly device: Device;
  readonly names: ReadonlyMap<string, { readonly side: Side; readonly text: string }>;
  readonly rules: ReadonlyMap<string, Ace>;
  readonly keys: ReadonlyMap<Ace, string>;
}

const MOST_OUTCOMES = 64;

/** Undefined iff the devices share no doubt, or so many that not every outcome can be tried. */
export function sharedDoubts(before: Device, after: Device): SharedDoubts | undefined {
  const [first, second] = [openIn(inlineSets(before)), openIn(inlineSets(after))];
  const names = [...first.names].filter(([key]) => second.names.has(key));
  const rules = [...first.rules].filter(([key]) => second.rules.has(key));
  const digits = [
    ...names.map(([key]) => ({ key, ways: 2 })),
    ...rules.map(([key, ace]) => ({ key, ways: waysOf(ace).length })),
  ];
  const count = digits.reduce((product, { ways }) => product * ways, 1);
  if (digits.length === 0 || count > MOST_OUTCOMES) return undefined;
  return {
    texts: [...new Set([...names.map(([, { text }]) => text), ...rules.flatMap(([, ace]) => conditionsOf(ace))])],
    *outcomes() {
      for (let number = 0; number < count; number++) {
        const chosen = choose(number, digits);
        yield [settle(first, chosen), settle(second, chosen)];
      }
    },
  };
}

/** The digits of a number, by key: each has as many values as its doubt has ways to turn out. */
function choose(
  number: number,
  digits: readonly { readonly key: string; readonly ways: number }[],
): ReadonlyMap<string, number> {
  let rest = number;
  return new Map(
    digits.map(({ key, ways }) => {
      const digit = rest % ways;
      rest = Math.floor(rest / ways);
      return [key, digit];
    }),
  );
}

function openIn(device: Device): Open {
  const names = new Map<string, { side: Side; text: string }>();
  const rules = new Map<string, Ace>();
  const keys = new Map<Ace, string>();
  const counts = new Map<string, number>();
  const asked = timesAsked(device);
  for (const { acl, ace } of device.acls.flatMap(enabledAces)) {
    for (const { side, text } of namesIn(ace)) names.set(`${side} ${text}`, { side, text });
    // What a gap in an export stands for may be another thing on each side, in the same words.
    if (conditionsOf(ace).length === 0 || isGap(ace)) continue;
    const words = JSON.stringify([ace.matches, ace.action, ace.meaning]);
    const key = `${words} ${counts.get(words) ?? 0}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
    // One packet may get another answer each time: from dice, or from a limit that was reached between.
    if ((asked.get(acl) ?? 0) > 1) continue;
    rules.set(key, ace);
    keys.set(ace, key);
  }
  return { device, names, rules, keys };
}

function enabledAces({ name, aces }: Acl): { readonly acl: string; readonly ace: Ace }[] {
  return aces.filter(({ enabled }) => enabled).map((ace) => ({ acl: name, ace }));
}

/** How often one packet may be put to each acl, at most: once, or more than once (2). */
function timesAsked({ acls, stages }: Device): ReadonlyMap<string, number> {
  const byName = new Map(acls.map((acl) => [acl.name, acl]));
  const times = new Map<string, number>();
  const ask = (name: string): void => {
    const before = times.get(name) ?? 0;
    if (before > 1) return;
    times.set(name, before + 1);
    const acl = byName.get(name);
    for (const called of acl === undefined ? [] : calledAcls(acl)) ask(called);
  };
  for (const { acl } of Object.values(stages).flat()) ask(acl);
  return times;
}

function namesIn({ matches }: Ace): { readonly side: Side; readonly text: string }[] {
  return (["source", "destination"] as const).flatMap((side) =>
    (matches[side] ?? []).flatMap(({ operands }) =>
      operands.flatMap((operand) => ("unresolved" in operand ? [{ side, text: operand.unresolved }] : [])),
    ),
  );
}

function conditionsOf({ matches, action }: Ace): string[] {
  return [...matches.unmodeled, ...(action.kind === "unknown" ? [action.text] : [])];
}

/** What a rule may turn out to be; undefined: as if it were not there. */
function waysOf(ace: Ace): readonly (Action | undefined)[] {
  const actions: readonly Action[] =
    ace.action.kind === "unknown" ? [{ kind: "accept" }, { kind: "drop" }, { kind: "pass" }] : [ace.action];
  return ace.matches.unmodeled.length > 0 ? [undefined, ...actions] : actions;
}

function settle({ device, keys }: Open, chosen: ReadonlyMap<string, number>): Device {
  const settleAce = (ace: Ace): Ace[] => {
    const way = chosen.get(keys.get(ace) ?? "");
    if (way === undefined) return [withNames(ace, chosen)];
    const action = waysOf(ace)[way];
    return action === undefined
      ? []
      : [withNames({ ...ace, action, matches: { ...ace.matches, unmodeled: [] } }, chosen)];
  };
  return { ...device, acls: device.acls.map((acl) => ({ ...acl, aces: acl.aces.flatMap(settleAce) })) };
}

const EVERYWHERE: readonly Operand<Endpoint>[] = Object.values(ALL_ADDRESSES).map((literal) => ({ literal }));

/** A packet's address is among those of a name or not: for each of its sides that is one question about the name. */
function withNames(ace: Ace, chosen: ReadonlyMap<string, number>): Ace {
  const { source, destination } = ace.matches;
  const settleLists = (lists: readonly AnyOf<Endpoint>[], side: Side) =>
    lists.map((list) => ({ ...list, operands: list.operands.flatMap((one) => settleOperand(one, side, chosen)) }));
  return {
    ...ace,
    matches: {
      ...ace.matches,
      ...(source && { source: settleLists(source, "source") }),
      ...(destination && { destination: settleLists(destination, "destination") }),
    },
  };
}

function settleOperand(
  operand: Operand<Endpoint>,
  side: Side,
  chosen: ReadonlyMap<string, number>,
): readonly Operand<Endpoint>[] {
  const way = "unresolved" in operand ? chosen.get(`${side} ${operand.unresolved}`) : undefined;
  if (way === undefined) return [operand];
  return way === 1 ? EVERYWHERE : [];
}
