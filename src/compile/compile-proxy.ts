/** Turns the rules of an application proxy and a set of requests into branches: which requests are decided how, and where. */
import type { ProxyPolicy, RequestAce, RequestCondition, RequestDisposition } from "../model/proxy.js";
import type { Decision, Doubt } from "../model/verdict.js";
import { wordsOf } from "../sets/choice-set.js";
import {
  intersectRequests,
  isEmptyRequests,
  NO_REQUESTS,
  NO_USER,
  type RequestSet,
  requestSetOf,
  subtractRequests,
  uniteRequests,
} from "../sets/request-set.js";
import { compileLeaf, type LeafCondition } from "./compile-request-condition.js";
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

/** What asking a condition of some requests leads to; `holds` and `fails` overlap where it is not certain. */
interface Outcome {
  readonly holds: Asked;
  readonly fails: Asked;
  readonly challenged: RequestSet;
}

interface OpenQuestion {
  readonly doubt: Doubt;
  readonly requests: RequestSet;
}

const NONE: Asked = { otherwise: NO_REQUESTS, forUser: NO_REQUESTS };

/** The fate of every request of the set at the proxy. */
export function passProxy(policy: ProxyPolicy, requests: RequestSet, knowledge: NameKnowledge): RequestBranch[] {
  return new Walk(policy, knowledge).pass(requests);
}

class Walk {
  private readonly branches: Omit<RequestBranch, "doubts">[] = [];
  private readonly questions: OpenQuestion[] = [];

  constructor(
    private readonly policy: ProxyPolicy,
    private readonly knowledge: NameKnowledge,
  ) {}

  pass(requests: RequestSet): RequestBranch[] {
    let pending: Asked = { otherwise: requests, forUser: NO_REQUESTS };
    for (const ace of this.policy.aces) {
      const reaching = whole(pending);
      if (isEmptyRequests(reaching)) break;
      const { holds, fails, challenged } = this.askAll(ace.conditions, reaching, ace);
      this.decide(holds, ace.action, ace);
      this.branch(challenged, "challenge", ace);
      pending = fails;
    }
    this.decide(pending, this.policy.defaultAction);
    return this.branches.map((branch) => ({ ...branch, doubts: this.doubtsOf(branch.requests) }));
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
    const doubts = this.questions
      .filter((question) => !isEmptyRequests(intersectRequests(question.requests, requests)))
      .map(({ doubt }) => doubt);
    return [
      ...new Map(doubts.map((doubt) => [`${doubt.at.file}:${doubt.at.line}:${doubt.condition}`, doubt])).values(),
    ];
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
    for (const condition of conditions) {
      const asked = whole(holds);
      if (isEmptyRequests(asked)) break;
      const outcome = this.ask(condition, asked, ace);
      holds = outcome.holds;
      fails = {
        otherwise: uniteRequests(fails.otherwise, outcome.fails.otherwise),
        forUser: uniteRequests(fails.forUser, outcome.fails.forUser),
      };
      challenged = uniteRequests(challenged, outcome.challenged);
    }
    return { holds, fails, challenged };
  }

  private askLeaf(condition: LeafCondition, requests: RequestSet, ace: RequestAce): Outcome {
    const isForUser = condition.kind === "authenticated";
    const challenged = isForUser ? intersectRequests(requests, WITHOUT_USER) : NO_REQUESTS;
    const asked = subtractRequests(requests, challenged);
    const { surely, possibly } = compileLeaf(condition, asked, this.knowledge);
    const open = subtractRequests(possibly, surely);
    if (!isEmptyRequests(open)) this.questions.push({ doubt: doubtOf(condition, ace), requests: open });
    const side = (set: RequestSet): Asked =>
      isForUser ? { otherwise: NO_REQUESTS, forUser: set } : { otherwise: set, forUser: NO_REQUESTS };
    return { holds: side(possibly), fails: side(subtractRequests(asked, surely)), challenged };
  }
}

const WITHOUT_USER = requestSetOf({ users: wordsOf([NO_USER]) });

function whole(asked: Asked): RequestSet {
  return uniteRequests(asked.otherwise, asked.forUser);
}

function negated(condition: RequestCondition): RequestCondition {
  return { kind: "not", condition };
}

function flip({ holds, fails, challenged }: Outcome): Outcome {
  return { holds: fails, fails: holds, challenged };
}
