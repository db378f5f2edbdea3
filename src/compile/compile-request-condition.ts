/** Turns one condition over requests into bounds within a set of requests. */
import type { RequestCondition } from "../model/proxy.js";
import { addressSetOf } from "../sets/address-set.js";
import { ALL_WORDS, type ChoiceSet, intersectWords, subtractWords, wordsOf } from "../sets/choice-set.js";
import { portSetOf } from "../sets/port-set.js";
import {
  intersectRequests,
  NO_REQUESTS,
  NO_USER,
  type RequestBox,
  type RequestSet,
  requestSetOf,
} from "../sets/request-set.js";
import { hostsOf } from "./compile-host-condition.js";
import type { NameKnowledge } from "./name-knowledge.js";

/** surely ⊆ the requests of a set that the condition holds for ⊆ possibly. */
export interface RequestBounds {
  readonly surely: RequestSet;
  readonly possibly: RequestSet;
}

/** A condition that is asked directly; the others are made of these. */
export type LeafCondition = Exclude<RequestCondition, { readonly kind: "any-of" | "all-of" | "not" }>;

const NOTHING: RequestBounds = { surely: NO_REQUESTS, possibly: NO_REQUESTS };

/** The bounds of a leaf condition within a set. `authenticated` is meant for requests that carry credentials. */
export function compileLeaf(condition: LeafCondition, within: RequestSet, knowledge: NameKnowledge): RequestBounds {
  switch (condition.kind) {
    case "client":
      return exactly(within, { clients: addressSetOf(condition.ranges) });
    case "port":
      return exactly(within, { ports: portSetOf(condition.ranges) });
    case "method":
      return exactly(within, { methods: wordsOf(condition.methods.map((method) => method.toUpperCase())) });
    case "scheme":
      return exactly(within, { schemes: schemesOf(condition.schemes) });
    case "management":
      return exactly(within, { schemes: schemesOf([condition.scheme]) });
    case "authenticated":
      return compileUsers(condition, within);
    case "always":
      return { surely: within, possibly: within };
    case "never":
      return NOTHING;
    case "unmodeled":
    case "header-pattern":
      return { surely: NO_REQUESTS, possibly: within };
    case "path-pattern":
      return { surely: NO_REQUESTS, possibly: intersectRequests(within, WITH_PATH) };
    default: {
      const bounds = hostsOf(condition, knowledge);
      return bounded(within, "hosts", bounds);
    }
  }
}

const WITH_PATH = requestSetOf({ methods: subtractWords(ALL_WORDS, wordsOf(["CONNECT"])) });

const SOME_USER = subtractWords(ALL_WORDS, wordsOf([NO_USER]));
const WITH_USER = requestSetOf({ users: SOME_USER });

function schemesOf(schemes: readonly string[]): ChoiceSet {
  return wordsOf(schemes.map((scheme) => scheme.toLowerCase()).filter((scheme) => scheme !== ""));
}

function exactly(within: RequestSet, fields: Partial<RequestBox>): RequestBounds {
  const holds = intersectRequests(within, requestSetOf(fields));
  return { surely: holds, possibly: holds };
}

/** The bounds that a condition on one field has, box by box. */
function bounded<Field extends "users" | "hosts">(
  within: RequestSet,
  field: Field,
  boundsOf: (box: RequestBox) => { readonly surely: RequestBox[Field]; readonly possibly: RequestBox[Field] },
): RequestBounds {
  const bounds = within.boxes.map((box) => ({ box: { boxes: [box] }, ...boundsOf(box) }));
  return {
    surely: gather(bounds.map(({ box, surely }) => intersectRequests(box, requestSetOf({ [field]: surely })))),
    possibly: gather(bounds.map(({ box, possibly }) => intersectRequests(box, requestSetOf({ [field]: possibly })))),
  };
}

function gather(disjoint: readonly RequestSet[]): RequestSet {
  return { boxes: disjoint.flatMap(({ boxes }) => boxes) };
}

function compileUsers(
  { users, ignoreCase }: Extract<RequestCondition, { readonly kind: "authenticated" }>,
  within: RequestSet,
): RequestBounds {
  if (users === "any") return exactly(within, { users: SOME_USER });
  if (users === "unknown") return { surely: NO_REQUESTS, possibly: intersectRequests(within, WITH_USER) };
  if (!ignoreCase) return exactly(within, { users: wordsOf(users) });
  const folded = new Set(users.map((user) => user.toLowerCase()));
  return bounded(within, "users", (box) => {
    const named = wordsOf([...box.users.words].filter((user) => folded.has(user.toLowerCase())));
    // Of an open set of users nobody lists every spelling: those in lower case stand for the rest.
    return box.users.isComplement
      ? { surely: subtractWords(wordsOf(folded), named), possibly: intersectWords(box.users, SOME_USER) }
      : { surely: named, possibly: named };
  });
}
