/** Splits a set of requests by one condition: for which it may hold, for which it may not, and for which that is open. */
import type { RequestCondition } from "../model/proxy.js";
import { addressSetOf, intersectAddresses, subtractAddresses } from "../sets/address-set.js";
import {
  ALL_WORDS,
  type ChoiceSet,
  intersectWords,
  NO_WORDS,
  subtractWords,
  uniteWords,
  wordsOf,
} from "../sets/choice-set.js";
import { intersectHosts, subtractHosts } from "../sets/host-set.js";
import { intersectPorts, portSetOf, subtractPorts } from "../sets/port-set.js";
import { isEmptyBox, NO_REQUESTS, NO_USER, type RequestBox, type RequestSet } from "../sets/request-set.js";
import { hostsOf } from "./compile-host-condition.js";
import type { NameKnowledge } from "./name-knowledge.js";

/** `holds` and `fails` cover the set that was split, and meet exactly in `open`. Each is a union of disjoint boxes. */
export interface RequestSplit {
  readonly holds: RequestSet;
  readonly fails: RequestSet;
  readonly open: RequestSet;
}

/** A condition that is asked directly; the others are made of these. */
export type LeafCondition = Exclude<RequestCondition, { readonly kind: "any-of" | "all-of" | "not" }>;

type Field = keyof RequestBox;

interface FieldBounds<Name extends Field> {
  readonly surely: RequestBox[Name];
  readonly possibly: RequestBox[Name];
}

/** How to split by a leaf condition. `authenticated` is meant for requests that carry credentials. */
export function compileLeaf(
  condition: LeafCondition,
  knowledge: NameKnowledge,
): (requests: RequestSet) => RequestSplit {
  switch (condition.kind) {
    case "client":
      return exactly("clients", addressSetOf(condition.ranges));
    case "port":
      return exactly("ports", portSetOf(condition.ranges));
    case "method":
      return exactly("methods", wordsOf(condition.methods.map((method) => method.toUpperCase())));
    case "scheme":
      return exactly("schemes", schemesOf(condition.schemes));
    case "management":
      return exactly("schemes", schemesOf([condition.scheme]));
    case "authenticated":
      return splitBy("users", usersOf(condition));
    case "always":
      return exactly("methods", ALL_WORDS);
    case "never":
      return exactly("methods", NO_WORDS);
    case "unmodeled":
    case "header-pattern":
      return splitBy("methods", () => ({ surely: NO_WORDS, possibly: ALL_WORDS }));
    case "path-pattern":
      return splitBy("methods", () => ({ surely: NO_WORDS, possibly: subtractWords(ALL_WORDS, wordsOf(["CONNECT"])) }));
    default:
      return splitBy("hosts", hostsOf(condition, knowledge));
  }
}

function schemesOf(schemes: readonly string[]): ChoiceSet {
  return wordsOf(schemes.map((scheme) => scheme.toLowerCase()).filter((scheme) => scheme !== ""));
}

function exactly<Name extends Field>(field: Name, value: RequestBox[Name]): (requests: RequestSet) => RequestSplit {
  return splitBy(field, () => ({ surely: value, possibly: value }));
}

/** How to split by who asks. */
export function splitByUsers(users: ChoiceSet): (requests: RequestSet) => RequestSplit {
  return exactly("users", users);
}

/** Splits box by box in one field, which keeps disjoint boxes disjoint. */
function splitBy<Name extends Field>(
  field: Name,
  boundsOf: (box: RequestBox) => FieldBounds<Name>,
): (requests: RequestSet) => RequestSplit {
  const { intersect, subtract } = OPERATIONS[field];
  return ({ boxes }) => {
    const bounds = boxes.map((box) => ({ box, ...boundsOf(box) }));
    const select = (valueFor: (bound: (typeof bounds)[number]) => RequestBox[Name]): RequestSet => ({
      boxes: bounds.map((bound) => ({ ...bound.box, [field]: valueFor(bound) })).filter((box) => !isEmptyBox(box)),
    });
    const isExact = bounds.every(({ surely, possibly }) => surely === possibly);
    return {
      holds: select(({ box, possibly }) => intersect(box[field], possibly)),
      fails: select(({ box, surely }) => subtract(box[field], surely)),
      open: isExact
        ? NO_REQUESTS
        : select(({ box, surely, possibly }) => intersect(box[field], subtract(possibly, surely))),
    };
  };
}

interface Operations<Value> {
  readonly intersect: (a: Value, b: Value) => Value;
  readonly subtract: (a: Value, b: Value) => Value;
}

const OF_WORDS: Operations<ChoiceSet> = { intersect: intersectWords, subtract: subtractWords };

const OPERATIONS: { readonly [Name in Field]: Operations<RequestBox[Name]> } = {
  clients: { intersect: intersectAddresses, subtract: subtractAddresses },
  methods: OF_WORDS,
  schemes: OF_WORDS,
  hosts: { intersect: intersectHosts, subtract: subtractHosts },
  ports: { intersect: intersectPorts, subtract: subtractPorts },
  users: OF_WORDS,
};

const SOME_USER = subtractWords(ALL_WORDS, wordsOf([NO_USER]));

function usersOf({
  users,
  ignoreCase,
}: Extract<RequestCondition, { readonly kind: "authenticated" }>): (box: RequestBox) => FieldBounds<"users"> {
  if (users === "unknown") return () => ({ surely: NO_WORDS, possibly: SOME_USER });
  if (users === "any" || !ignoreCase) {
    const known = users === "any" ? SOME_USER : wordsOf(users);
    return () => ({ surely: known, possibly: known });
  }
  const folded = new Set(users.map((user) => user.toLowerCase()));
  return ({ users: asked }) => {
    const named = wordsOf([...asked.words].filter((user) => folded.has(user.toLowerCase())));
    if (!asked.isComplement) return { surely: named, possibly: named };
    // Of an open set of users nobody lists every spelling: those in lower case and those named stand for the rest.
    return { surely: uniteWords(wordsOf(folded), named), possibly: SOME_USER };
  };
}
