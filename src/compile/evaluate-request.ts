/** What a proxy does with one request, by asking its rules one by one: the slow and obvious twin of compile-proxy. */
import { type AddressRange, isInRange } from "../model/address.js";
import type {
  HostPattern,
  Pattern,
  ProxyPolicy,
  ProxyRequest,
  RequestCondition,
  RequestDisposition,
  ReverseLookup,
} from "../model/proxy.js";
import type { SourceRef } from "../model/source-ref.js";
import { addressOfHost } from "../sets/host-set.js";
import { hostText, pathText, urlText } from "../sets/request-text.js";
import { type NameKnowledge, resolvesInto, reverseName, type Truth } from "./name-knowledge.js";
import { patternOf } from "./pattern-of-condition.js";

/** Every fate a request may have as far as the rules tell: one iff its fate is certain. */
export interface RequestEvaluation {
  readonly fates: readonly { readonly disposition: RequestDisposition; readonly at: SourceRef }[];
}

/** `asksUser`: the condition asked last was `authenticated`. */
type Answer = { readonly holds: boolean | "challenge"; readonly asksUser: boolean };

/** Follows every answer a condition may have; a rule that may match and may not leads two ways. */
export function evaluateRequest(
  policy: ProxyPolicy,
  request: ProxyRequest,
  knowledge: NameKnowledge,
): RequestEvaluation {
  const fates: { disposition: RequestDisposition; at: SourceRef }[] = [];
  let pending: readonly Answer[] = [{ holds: false, asksUser: false }];
  const decide = (action: "accept" | "drop", at: SourceRef, { asksUser }: Answer): void => {
    const isChallenge = action === "drop" && asksUser && policy.challengesOnDrop;
    fates.push({ disposition: isChallenge ? "challenge" : action, at });
  };
  for (const ace of policy.aces) {
    if (pending.length === 0) break;
    const answers = askAll(ace.conditions, request, knowledge);
    for (const answer of answers) {
      if (answer.holds === "challenge") fates.push({ disposition: "challenge", at: ace.at });
      else if (answer.holds) decide(ace.action, ace.at, answer);
    }
    pending = answers.filter(({ holds }) => holds === false);
  }
  for (const answer of pending) decide(policy.defaultAction, policy.defaultAt, answer);
  return { fates };
}

/** The disposition all fates agree on; undefined iff they differ. */
export function certainDisposition({ fates }: RequestEvaluation): RequestDisposition | undefined {
  const dispositions = new Set(fates.map(({ disposition }) => disposition));
  return dispositions.size === 1 ? fates[0]?.disposition : undefined;
}

function askAll(
  conditions: readonly RequestCondition[],
  request: ProxyRequest,
  knowledge: NameKnowledge,
): readonly Answer[] {
  let passing: readonly Answer[] = [{ holds: true, asksUser: false }];
  const ended: Answer[] = [];
  for (const condition of conditions) {
    if (passing.length === 0) break;
    const answers = ask(condition, request, knowledge);
    ended.push(...answers.filter(({ holds }) => holds !== true));
    passing = answers.filter(({ holds }) => holds === true);
  }
  return distinct([...ended, ...passing]);
}

function distinct(answers: readonly Answer[]): readonly Answer[] {
  return [...new Map(answers.map((answer) => [`${answer.holds} ${answer.asksUser}`, answer])).values()];
}

function ask(condition: RequestCondition, request: ProxyRequest, knowledge: NameKnowledge): readonly Answer[] {
  switch (condition.kind) {
    case "all-of":
      return askAll(condition.conditions, request, knowledge);
    case "any-of":
      return askAll(condition.conditions.map(negated), request, knowledge).map(flip);
    case "not":
      return ask(condition.condition, request, knowledge).map(flip);
    case "authenticated":
      return askUser(condition, request);
    default:
      return answersOf(truthOf(condition, request, knowledge));
  }
}

function negated(condition: RequestCondition): RequestCondition {
  return { kind: "not", condition };
}

function flip(answer: Answer): Answer {
  return answer.holds === "challenge" ? answer : { ...answer, holds: !answer.holds };
}

function askUser(
  { users, ignoreCase }: Extract<RequestCondition, { readonly kind: "authenticated" }>,
  { user }: ProxyRequest,
): readonly Answer[] {
  if (user === undefined) return [{ holds: "challenge", asksUser: true }];
  if (users === "unknown") return [true, false].map((holds) => ({ holds, asksUser: true }));
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  return [{ holds: users === "any" || users.some((listed) => fold(listed) === fold(user)), asksUser: true }];
}

function answersOf(truth: Truth): readonly Answer[] {
  const yes = { holds: true, asksUser: false };
  const no = { holds: false, asksUser: false };
  return truth === "unknown" ? [yes, no] : [truth === "yes" ? yes : no];
}

type Leaf = Exclude<RequestCondition, { readonly kind: "any-of" | "all-of" | "not" | "authenticated" }>;

function truthOf(condition: Leaf, request: ProxyRequest, knowledge: NameKnowledge): Truth {
  const method = request.method.toUpperCase();
  switch (condition.kind) {
    case "always":
      return "yes";
    case "never":
      return "no";
    case "unmodeled":
      return "unknown";
    case "client":
      return truth(condition.ranges.some((range) => isInRange(request.client, range)));
    case "port":
      return truth(condition.ranges.some(({ first, last }) => first <= request.port && request.port <= last));
    case "method":
      return truth(condition.methods.some((listed) => listed.toUpperCase() === method));
    case "scheme":
      return truth(method !== "CONNECT" && condition.schemes.some((listed) => isScheme(request, listed)));
    case "management":
      return truth(
        method !== "CONNECT" && (isScheme(request, condition.scheme) || request.path.startsWith(condition.pathPrefix)),
      );
    case "destination":
      return isDestination(condition.ranges, condition.lookup, request, knowledge);
    case "host":
      return isHost(condition, request, knowledge);
    case "host-pattern":
      return hasHostPattern(condition, request, knowledge);
    case "url-pattern":
      return search(condition, urlText(request));
    case "header-pattern":
      return hasHeader(condition, request);
    case "path-pattern":
      return method === "CONNECT" ? "no" : search(condition, pathText(request));
  }
}

function truth(holds: boolean): Truth {
  return holds ? "yes" : "no";
}

function isScheme(request: ProxyRequest, scheme: string): boolean {
  return request.scheme.toLowerCase() === scheme.toLowerCase();
}

function isDestination(
  ranges: readonly AddressRange[],
  lookup: boolean,
  request: ProxyRequest,
  knowledge: NameKnowledge,
): Truth {
  const address = addressOfHost(request.host);
  if (address !== undefined) return truth(ranges.some((range) => isInRange(address, range)));
  return lookup ? resolvesInto(hostText(request.host), ranges, knowledge) : "no";
}

function isHost(
  condition: {
    readonly patterns: readonly HostPattern[];
    readonly addresses: readonly AddressRange[];
    readonly reverse?: ReverseLookup;
  },
  request: ProxyRequest,
  knowledge: NameKnowledge,
): Truth {
  const isNamed = (name: string): Truth => truth(condition.patterns.some((pattern) => isUnder(name, pattern)));
  const address = addressOfHost(request.host);
  if (address === undefined) return isNamed(hostText(request.host));
  if (condition.addresses.some((range) => isInRange(address, range))) return "yes";
  return askReverse(condition.reverse, request, knowledge, isNamed);
}

function isUnder(name: string, pattern: HostPattern): boolean {
  const host = hostText(name);
  const suffix = hostText(pattern.name);
  return host === suffix || (pattern.below && host.endsWith(`.${suffix}`));
}

function askReverse(
  reverse: ReverseLookup | undefined,
  request: ProxyRequest,
  knowledge: NameKnowledge,
  isNamed: (name: string) => Truth,
): Truth {
  const address = addressOfHost(request.host);
  if (address === undefined || reverse === undefined) return "no";
  const name = reverseName(address, reverse.nameless, knowledge);
  return name === undefined ? "unknown" : isNamed(name);
}

function hasHostPattern(
  condition: Pattern & { readonly reverse?: ReverseLookup },
  request: ProxyRequest,
  knowledge: NameKnowledge,
): Truth {
  const found = search(condition, hostText(request.host));
  if (found !== "no") return found;
  return askReverse(condition.reverse, request, knowledge, (name) => search(condition, name));
}

function hasHeader(condition: Pattern & { readonly header: string }, { headers }: ProxyRequest): Truth {
  if (headers === undefined) return "unknown";
  const value = headers.get(condition.header);
  return value === undefined ? "no" : search(condition, value);
}

function search(condition: Pattern, text: string): Truth {
  const found = patternOf(condition)?.find([text]);
  return found === undefined || found === "sometimes" ? "unknown" : truth(found === "always");
}
