/** Turns the rules of an application proxy and a set of requests into branches: which requests are decided how, and where. */
import type { ProxyPolicy, RequestAce, RequestCondition, RequestDisposition } from "../model/proxy.js";
import type { Decision, Doubt } from "../model/verdict.js";
import { wordsOf } from "../sets/choice-set.js";
import {
  doRequestsOverlap,
  isEmptyRequests,
  NO_REQUESTS,
  NO_USER,
  type RequestSet,
  uniteRequests,
} from "../sets/request-set.js";
import { compileLeaf, type LeafCondition, splitByUsers } from "./compile-request-condition.js";
import { doubtOf } from "./doubt-of-condition.js";
import type { NameKnowledge } from "./name-knowledge.js";

/**
 * Requests with one fate. The branches of a set cover it: a request in exactly one has that fate for certain, one in
 * several has one of their fates, and their doubts say what decides.
 */
export interface RequestBranch {
  readonly requests: RequestSet;
  readonly disposition: RequestDisposition;
  /** `ace` absent: no rule matched. A challenge is told as `reject`, since the client is told so. */
  readonly decidedBy: Decision;
  readonly doubts: readonly Doubt[];
}

/** Requests by whether the condition asked last was `authenticated`. */
interface Asked {
  readonly otherwise: RequestSet;
  readonly forUser: RequestSet;
}

/** What asking a condition of some requests leads to; `holds` and `fails` are disjoint iff `isExact`. */
interface Outcome {
  readonly holds: Asked;
  readonly fails: Asked;
  readonly challenged: RequestSet;
  readonly isExact: boolean;
}

interface OpenQuestion {
  readonly doubt: Doubt;
  readonly requests: RequestSet;
}

const NONE: Asked = { otherwise: NO_REQUESTS, forUser: NO_REQUESTS };

// Rules over several fields split requests into ever more cases; beyond this many the rest is left open.
const MAX_CASES = 20_000;

// More doubts than this help nobody to decide; the first ones are asked first.
const MAX_DOUBTS = 50;

/** The fate of every request of the set at the proxy; what would take more cases than `maxCases` is left open. */
export function passProxy(
  policy: ProxyPolicy,
  requests: RequestSet,
  knowledge: NameKnowledge,
  maxCases = MAX_CASES,
): RequestBranch[] {
  return new Walk(policy, knowledge, maxCases).pass(requests);
}

class Walk {
  private readonly branches: Omit<RequestBranch, "doubts">[] = [];
  private readonly questions: OpenQuestion[] = [];

  constructor(
    private readonly policy: ProxyPolicy,
    private readonly knowledge: NameKnowledge,
    private readonly maxCases: number,
  ) {}

  pass(requests: RequestSet): RequestBranch[] {
    let pending: Asked = { otherwise: requests, forUser: NO_REQUESTS };
    for (const ace of this.policy.aces) {
      const reaching = whole(pending);
      if (isEmptyRequests(reaching)) break;
      if (reaching.boxes.length > this.maxCases) {
        this.giveUp(reaching, ace);
        pending = NONE;
        break;
      }
      const { holds, fails, challenged } = this.askAll(ace.conditions, reaching, ace);
      this.decide(holds, ace.action, ace);
      this.branch(challenged, "challenge", ace);
      pending = fails;
    }
    this.decide(pending, this.policy.defaultAction);
    return this.branches.map((branch) => ({ ...branch, doubts: this.doubtsOf(branch.requests) }));
  }

  private giveUp(requests: RequestSet, ace: RequestAce): void {
    this.questions.push({ doubt: { condition: "more cases than are followed", at: ace.at }, requests });
    for (const disposition of ["accept", "drop", "challenge"] as const) this.branch(requests, disposition, ace);
  }

  private decide(decided: Asked, action: "accept" | "drop", ace?: RequestAce): void {
    if (action === "drop" && this.policy.challengesOnDrop) {
      this.branch(decided.otherwise, "drop", ace);
      this.branch(decided.forUser, "challenge", ace);
    } else this.branch(whole(decided), action, ace);
  }

  private branch(requests: RequestSet, disposition: RequestDisposition, ace?: RequestAce): void {
    if (isEmptyRequests(requests)) return;
    const { name, defaultAt } = this.policy;
    const decidedBy: Decision = {
      hook: "requests",
      acl: name,
      ...(ace === undefined ? {} : { ace: ace.name }),
      disposition: disposition === "challenge" ? "reject" : disposition,
      at: ace?.at ?? defaultAt,
    };
    this.branches.push({ requests, disposition, decidedBy });
  }

  private doubtsOf(requests: RequestSet): Doubt[] {
    const doubts = new Map<string, Doubt>();
    for (const { doubt, requests: open } of this.questions) {
      if (doubts.size >= MAX_DOUBTS) break;
      const key = `${doubt.at.file}:${doubt.at.line}:${doubt.condition}`;
      if (!doubts.has(key) && doRequestsOverlap(open, requests)) doubts.set(key, doubt);
    }
    return [...doubts.values()];
  }

  private ask(condition: RequestCondition, requests: RequestSet, ace: RequestAce): Outcome {
    switch (condition.kind) {
      case "all-of":
        return this.askAll(condition.conditions, requests, ace);
      case "any-of":
        return flip(this.askAll(condition.conditions.map(negated), requests, ace));
      case "not":
        return flip(this.ask(condition.condition, requests, ace));
      default:
        return this.askLeaf(condition, requests, ace);
    }
  }

  /** Conditions are asked in order, until one does not hold. */
  private askAll(conditions: readonly RequestCondition[], requests: RequestSet, ace: RequestAce): Outcome {
    let holds: Asked = { otherwise: requests, forUser: NO_REQUESTS };
    let fails = NONE;
    let challenged = NO_REQUESTS;
    let isExact = true;
    for (const condition of conditions) {
      const asked = whole(holds);
      if (isEmptyRequests(asked)) break;
      const outcome = this.ask(condition, asked, ace);
      // What failed before and what is asked now are disjoint as long as every answer was certain.
      const join = isExact ? concatenate : uniteRequests;
      fails = {
        otherwise: join(fails.otherwise, outcome.fails.otherwise),
        forUser: join(fails.forUser, outcome.fails.forUser),
      };
      challenged = join(challenged, outcome.challenged);
      holds = outcome.holds;
      isExact &&= outcome.isExact;
    }
    return { holds, fails, challenged, isExact };
  }

  private askLeaf(condition: LeafCondition, requests: RequestSet, ace: RequestAce): Outcome {
    const isForUser = condition.kind === "authenticated";
    const anonymous = isForUser ? splitAnonymous(requests) : { holds: NO_REQUESTS, fails: requests };
    const { holds, fails, open } = compileLeaf(condition, this.knowledge)(anonymous.fails);
    const isExact = isEmptyRequests(open);
    if (!isExact) this.questions.push({ doubt: doubtOf(condition, ace), requests: open });
    const side = (set: RequestSet): Asked => (isForUser ? { ...NONE, forUser: set } : { ...NONE, otherwise: set });
    return { holds: side(holds), fails: side(fails), challenged: anonymous.holds, isExact };
  }
}

/** Splits off the requests without credentials. */
const splitAnonymous = splitByUsers(wordsOf([NO_USER]));

function whole({ otherwise, forUser }: Asked): RequestSet {
  return uniteRequests(otherwise, forUser);
}

function concatenate(a: RequestSet, b: RequestSet): RequestSet {
  return { boxes: [...a.boxes, ...b.boxes] };
}

function negated(condition: RequestCondition): RequestCondition {
  return { kind: "not", condition };
}

function flip({ holds, fails, ...rest }: Outcome): Outcome {
  return { ...rest, holds: fails, fails: holds };
}
