/** Finds defined sets that are named but not defined, defined but not named, or defined twice. */
import type { DefinedSet, Device, NamedPlace } from "../../model/device.js";
import type { AnyOf, Matches } from "../../model/matches.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Check } from "../check.js";
import { comparePlaces } from "../rules.js";
import { linesText } from "../words.js";

/** A name used as a set, with the kind its place asks for. */
interface Use {
  readonly kind: DefinedSet["kind"];
  readonly name: string;
  readonly at: SourceRef;
}

export const undefinedSet: Check = {
  id: "undefined-set",
  title: "rule that names a set which is not defined",
  severity: "error",
  *run({ device }) {
    const defined = new Set(device.sets.map(keyOf));
    const uses = usesOf(device).filter((use) => !defined.has(keyOf(use)));
    for (const { name, at } of firstOfEach([...uses, ...(device.census?.missing ?? [])])) {
      yield {
        subject: at,
        message: `the set \`${name}\` is not defined in the exports`,
        evidence: [],
        help: "correct its name, or give the export that defines it",
      };
    }
  },
};

export const unusedSet: Check = {
  id: "unused-set",
  title: "set that nothing names",
  severity: "info",
  *run({ device }) {
    const used = new Set(usesOf(device).map(keyOf));
    const unused = device.sets.filter((set) => !used.has(keyOf(set)));
    for (const { name, at } of firstOfEach([...unused, ...(device.census?.idle ?? [])])) {
      yield { subject: at, message: `nothing names the set \`${name}\``, evidence: [], help: "delete it" };
    }
  },
};

/** The places without those on a line that an earlier one stands on. */
function firstOfEach(places: readonly NamedPlace[]): NamedPlace[] {
  return [
    ...new Map([...places].reverse().map((place) => [`${place.at.file}:${place.at.line}`, place])).values(),
  ].reverse();
}

export const duplicateSet: Check = {
  id: "duplicate-set",
  title: "set with the same members as another",
  severity: "info",
  *run({ device }) {
    const first = new Map<string, DefinedSet>();
    for (const set of [...device.sets].sort((a, b) => comparePlaces(a.at, b.at))) {
      const members = [...new Set(set.members.map((member) => JSON.stringify(member)))].sort();
      if (members.length === 0) continue;
      const key = `${set.kind} ${members.join()}`;
      const known = first.get(key);
      if (known === undefined) first.set(key, set);
      else {
        yield {
          subject: set.at,
          message: `the set \`${set.name}\` has the same members as \`${known.name}\` on ${linesText([known.at], set.at)}`,
          evidence: [{ at: known.at, note: "has the same members" }],
          help: "keep one of them, so that they cannot come to differ",
        };
      }
    }
  },
};

function keyOf({ kind, name }: Pick<Use, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** Every use of a set, in rules and in other sets. */
function usesOf(device: Device): Use[] {
  return [
    ...device.acls.flatMap(({ aces }) => aces.flatMap(({ matches, at }) => usesIn(matches, at))),
    ...device.sets.flatMap(({ kind, members, at }) => namesIn([{ operands: members, negated: false }], kind, at)),
  ];
}

function usesIn({ source, destination, service, tuples }: Matches, at: SourceRef): Use[] {
  return [
    ...namesIn(source, "prefix", at),
    ...namesIn(destination, "prefix", at),
    ...namesIn(service, "service", at),
    ...namesIn(tuples, "tuple", at),
  ];
}

function namesIn(lists: readonly AnyOf<unknown>[] | undefined, kind: Use["kind"], at: SourceRef): Use[] {
  return (lists ?? []).flatMap(({ operands }) =>
    operands.flatMap((operand) => ("setRef" in operand ? [{ kind, name: operand.setRef, at }] : [])),
  );
}
