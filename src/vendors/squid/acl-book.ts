/** Keeps the acls of one proxy and turns the name of one into the condition it stands for. */
import type { RequestCondition } from "../../model/proxy.js";
import type { SourceRef } from "../../model/source-ref.js";
import {
  type AclSource,
  anyOf,
  clientCondition,
  destinationCondition,
  domainCondition,
  headerCondition,
  methodCondition,
  patternCondition,
  portCondition,
  schemeCondition,
  type UserCase,
  unknownUsers,
  userCondition,
} from "./acl-values.js";
import type { AclLine } from "./types.js";

// Squid 5.7, acl documentation "Default": what is defined before the first line. `manager` is a pattern there for the
// proxy's own pages.
const BUILT_IN: ReadonlyMap<string, { readonly type: string; readonly values: readonly string[] }> = new Map([
  ["all", { type: "src", values: ["all"] }],
  ["localhost", { type: "src", values: ["127.0.0.1/32", "::1"] }],
  ["to_localhost", { type: "dst", values: ["127.0.0.0/8", "0.0.0.0/32", "::1/128", "::/128"] }],
  ["connect", { type: "method", values: ["CONNECT"] }],
]);

const MANAGEMENT: RequestCondition = {
  kind: "management",
  scheme: "cache_object",
  pathPrefix: "/squid-internal-mgr/",
};

/** Types whose values are conditions on a request; `undefined` from the map is a type that depends on something else. */
const CONDITIONS: ReadonlyMap<string, (source: AclSource) => RequestCondition> = new Map([
  ["src", clientCondition],
  ["dst", destinationCondition],
  ["dstdomain", domainCondition],
  ["dstdom_regex", (source: AclSource) => patternCondition(source, "host-pattern")],
  ["url_regex", (source: AclSource) => patternCondition(source, "url-pattern")],
  ["urlpath_regex", (source: AclSource) => patternCondition(source, "path-pattern")],
  ["browser", (source: AclSource) => headerCondition(source, "user-agent")],
  ["referer_regex", (source: AclSource) => headerCondition(source, "referer")],
  ["req_header", (source: AclSource) => headerCondition(source)],
  ["port", portCondition],
  ["method", methodCondition],
  ["proto", schemeCondition],
  ["proxy_auth", userCondition],
  ["proxy_auth_regex", ({ at }: AclSource) => unknownUsers(at)],
  ["annotate_client", () => ({ kind: "always" })],
  ["annotate_transaction", () => ({ kind: "always" })],
]);

const AUTHENTICATING_TYPES: ReadonlySet<string> = new Set(["proxy_auth", "proxy_auth_regex", "max_user_ip"]);

// Groups nest; a condition bigger than this when written out is left open, so that asking it stays quick.
const MAX_LEAVES = 100_000;
const MAX_DEPTH = 50;

interface Acl {
  readonly type: string;
  readonly lines: AclLine[];
  /** Lines that Squid refuses because the acl has another type, or that stand under an undecided `if`. */
  readonly open: RequestCondition[];
  /** The first line that names it. */
  readonly at: SourceRef;
}

/** A condition and its size when every group in it is written out. */
interface Sized {
  readonly condition: RequestCondition;
  readonly leaves: number;
  readonly depth: number;
}

/** What the book needs to know of the rest of the configuration. */
export interface AclSurroundings {
  readonly userCase: UserCase;
  /** Set iff clients may be judged by an address they state themselves. */
  readonly statedClients: SourceRef | undefined;
  /** Names of `external_acl_type`s that use the authenticated user. */
  readonly externalsWithUser: ReadonlySet<string>;
  /** Includes that were not given: each may add lines to every acl. */
  readonly missing: readonly RequestCondition[];
}

export class AclBook {
  private readonly acls = new Map<string, Acl>();
  private readonly resolved = new Map<string, Sized>();
  private readonly resolving = new Set<string>();

  constructor(private readonly complaints: Pick<AclSource, "refuse" | "remark">) {}

  /** Adds one line; false iff the acl has another type already. */
  define(name: string, line: AclLine, open: readonly RequestCondition[]): boolean {
    const key = name.toLowerCase();
    const acl = this.acls.get(key) ?? this.begin(key, line.type, line.at);
    if (acl.type !== line.type) {
      acl.open.push({
        kind: "unmodeled",
        text: `a line of type \`${line.type}\` for the acl \`${name}\``,
        at: line.at,
      });
      return false;
    }
    if (open.length === 0) acl.lines.push(line);
    acl.open.push(...open);
    return true;
  }

  private begin(key: string, type: string, at: SourceRef): Acl {
    const builtIn = BUILT_IN.get(key);
    const lines = builtIn === undefined ? [] : [{ type: builtIn.type, words: wordsOf(builtIn.values), at }];
    const acl = { type: builtIn?.type ?? type, lines, open: [], at };
    this.acls.set(key, acl);
    return acl;
  }

  /** True iff a line or Squid itself defines the name. */
  has(name: string): boolean {
    const key = name.toLowerCase();
    return this.acls.has(key) || BUILT_IN.has(key) || key === "manager";
  }

  /** Looks up every acl, used or not, so that what is wrong with one is said. */
  resolveAll(around: AclSurroundings): void {
    for (const [key, { at }] of this.acls) this.resolve(key, at, around);
  }

  /** The condition of `name` or `!name`, as used at a line. */
  reference(word: string, at: SourceRef, around: AclSurroundings): RequestCondition {
    return this.sizedReference(word, at, around).condition;
  }

  private sizedReference(word: string, at: SourceRef, around: AclSurroundings): Sized {
    const isNegated = word.startsWith("!");
    const sized = this.resolve(isNegated ? word.slice(1) : word, at, around);
    return isNegated ? { ...sized, condition: { kind: "not", condition: sized.condition } } : sized;
  }

  private resolve(name: string, at: SourceRef, around: AclSurroundings): Sized {
    const key = name.toLowerCase();
    const known = this.resolved.get(key);
    if (known !== undefined) return known;
    if (this.resolving.has(key) || this.resolving.size > MAX_DEPTH) {
      return leaf({ kind: "unmodeled", text: `the acl \`${name}\`, which refers to itself or nests too deep`, at });
    }
    this.resolving.add(key);
    const sized = this.withMissing(this.build(key, name, at, around), around);
    this.resolving.delete(key);
    if (this.acls.has(key)) this.resolved.set(key, sized);
    return sized;
  }

  // What may come in addition is asked first, so that a challenge of the acl itself stays the last thing asked.
  private withMissing(sized: Sized, { missing }: AclSurroundings): Sized {
    if (missing.length === 0 || sized.condition.kind === "always") return sized;
    return { ...sized, condition: anyOf([...missing, sized.condition]), leaves: sized.leaves + missing.length };
  }

  private build(key: string, name: string, at: SourceRef, around: AclSurroundings): Sized {
    if (key === "manager") return leaf(MANAGEMENT);
    const acl = this.acls.get(key) ?? (BUILT_IN.has(key) ? this.builtIn(key, at) : undefined);
    if (acl === undefined) return leaf({ kind: "unmodeled", text: `the acl \`${name}\`, which no line defines`, at });
    const sized = isGroupType(acl.type) ? this.group(acl, around) : leaf(this.single(key, acl, around));
    return { ...sized, condition: anyOf([sized.condition, ...acl.open]), leaves: sized.leaves + acl.open.length };
  }

  private builtIn(key: string, at: SourceRef): Acl {
    const { type, values } = BUILT_IN.get(key) as { type: string; values: readonly string[] };
    return { type, lines: [{ type, words: wordsOf(values), at }], open: [], at };
  }

  private single(key: string, acl: Acl, around: AclSurroundings): RequestCondition {
    const { at } = acl;
    const { userCase, statedClients } = around;
    if (key === "all") return { kind: "always" }; // whatever is added to it overlaps and is ignored
    if (acl.type === "src" && statedClients !== undefined) {
      return { kind: "unmodeled", text: "the client, which a header of the request may state", at: statedClients };
    }
    const source: AclSource = { lines: acl.lines, at, userCase, ...this.complaints };
    const condition = CONDITIONS.get(acl.type);
    if (condition !== undefined) return condition(source);
    const open: RequestCondition = { kind: "unmodeled", text: `\`${acl.type}\` of the acl \`${key}\``, at };
    return isAuthenticating(acl, around) ? { kind: "all-of", conditions: [unknownUsers(at), open] } : open;
  }

  private group(acl: Acl, around: AclSurroundings): Sized {
    const kind = acl.type as "any-of" | "all-of";
    const lines = acl.lines.map((line): Sized => {
      const members = line.words.map((word) =>
        "text" in word
          ? this.sizedReference(word.text, line.at, around)
          : leaf({ kind: "unmodeled", text: `the acls in \`${word.fileNotGiven}\``, at: line.at }),
      );
      const conditions = members.map(({ condition }) => condition);
      const size = sizeOf(members);
      const isEmpty = kind === "all-of" && members.length === 0;
      if (isEmpty || size.leaves > MAX_LEAVES || size.depth > MAX_DEPTH) {
        return leaf({
          kind: "unmodeled",
          text: "a group of acls that is empty or too large to write out",
          at: line.at,
        });
      }
      return { condition: kind === "any-of" ? anyOf(conditions) : { kind, conditions }, ...size };
    });
    return { condition: anyOf(lines.map(({ condition }) => condition)), ...sizeOf(lines) };
  }
}

function leaf(condition: RequestCondition): Sized {
  return { condition, leaves: 1, depth: 1 };
}

function sizeOf(members: readonly Sized[]): { leaves: number; depth: number } {
  return {
    leaves: members.reduce((sum, { leaves }) => sum + leaves, 1),
    depth: 1 + members.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
  };
}

function wordsOf(values: readonly string[]): AclLine["words"] {
  return values.map((text) => ({ text }));
}

/** True iff the values of the type are names of other acls. */
export function isGroupType(type: string): boolean {
  return type === "any-of" || type === "all-of";
}

/** True iff a condition on the acl's type is decided by the lines alone. */
export function isModelledType(type: string): boolean {
  return isGroupType(type) || CONDITIONS.has(type);
}

/** True iff asking an acl of the type demands credentials. */
export function isAuthenticatingType(type: string): boolean {
  return AUTHENTICATING_TYPES.has(type);
}

function isAuthenticating(acl: Acl, { externalsWithUser }: AclSurroundings): boolean {
  if (isAuthenticatingType(acl.type)) return true;
  const [first] = acl.lines[0]?.words ?? [];
  return acl.type === "external" && first !== undefined && "text" in first && externalsWithUser.has(first.text);
}
