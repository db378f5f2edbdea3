/** Turns the files of one Squid into the policy they give it. */
import type { Parsed } from "../../model/diagnostic.js";
import type { ProxyPolicy, RequestAce, RequestCondition, RequestRules } from "../../model/proxy.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import type { AclSurroundings } from "./acl-book.js";
import type { UserCase } from "./acl-values.js";
import { expandFiles, type Statement } from "./expand.js";
import { Ledger } from "./ledger.js";
import { type Directive, peerName, readListener, readParent } from "./network.js";
import { type Entry, type Possibility, StatementReader, unmodeled } from "./read-statements.js";
import type { SquidFile } from "./types.js";

/** All files of one proxy at once: the configuration, what it includes, and the lists its acls name. */
export function convertSquid(files: readonly SquidFile[], options: ConvertOptions): Parsed<Conversion> {
  const ledger = new Ledger("squid");
  for (const { file } of files) ledger.open(file);
  const statements = expandFiles(files, ledger);
  const reader = new StatementReader(files, statements, ledger);
  reader.readAll();
  const [first] = statements;
  const proxies = first === undefined ? [] : [policyOf(reader, statements, options.deviceName, first.at)];
  accountForLists(files, ledger);
  return { value: { devices: [], proxies, coverage: ledger.coverage() }, diagnostics: ledger.diagnostics };
}

function policyOf(
  reader: StatementReader,
  statements: readonly Statement[],
  name: string,
  first: SourceRef,
): ProxyPolicy {
  const directives = statements.filter((statement): statement is Directive => statement.kind === "directive");
  const around = surroundings(directives, reader);
  reader.book.resolveAll(around);
  const rules = reader.entries.flatMap((entry, index) => acesOfEntry(entry, index + 1, reader, around));
  const lines = reader.entries.flatMap((entry) => (entry.kind === "line" ? [entry.line] : []));
  const last = lines[lines.length - 1];
  const ports = select(directives, ["http_port", "https_port"]);
  const rulesOf = (lines: readonly Directive[], otherwise: "accept" | "drop") =>
    accessRules(lines, otherwise, first, reader, around);
  const parents = select(directives, ["cache_peer"]).flatMap((line) => {
    const own = select(directives, ["cache_peer_access"]).filter(
      ({ words }) => words[0]?.toLowerCase() === peerName(line),
    );
    const access = own.map((one) => ({ ...one, words: one.words.slice(1) }));
    return readParent(line, onlyPerhaps(line, rulesOf(access, "accept"))) ?? [];
  });
  const onward = {
    always: rulesOf(select(directives, ["always_direct"]), "drop"),
    never: rulesOf(select(directives, ["never_direct"]), "drop"),
  };
  const defaultAction = last?.action === "drop" ? "accept" : "drop";
  return {
    name,
    vendor: "squid",
    listeners: ports.filter(({ unless }) => unless.length === 0).flatMap((line) => readListener(line) ?? []),
    openListeners: [
      ...reader.missing,
      ...ports.flatMap(({ unless }) => unless.map(({ text, at }) => ({ condition: text, at }))),
    ],
    aces: [
      ...reader.before.flatMap((possibility) => acesOfPossibility(possibility, "before the rules")),
      ...rules,
      ...otherDefault(defaultAction, last?.conditions ?? [], last),
    ],
    // squid.conf, "http_access": the opposite of the last line, and deny where there is none.
    defaultAction,
    defaultAt: last?.at ?? first,
    challengesOnDrop: true,
    onward: parents.length === 0 && onward.never.aces.length === 0 ? "direct" : onward,
    parents,
  };
}

/** The requests that a parent takes, which stands under the conditions of its line. */
function onlyPerhaps({ unless, at }: Directive, takes: RequestRules): RequestRules {
  const conditions = unless.map((condition) => unmodeled(condition.text, condition.at));
  return { ...takes, aces: [...dropIf(conditions, at), ...takes.aces] };
}

function dropIf(conditions: readonly RequestCondition[], at: SourceRef): RequestAce[] {
  return conditions.map((condition) => ({ name: `line ${at.line}`, action: "drop", conditions: [condition], at }));
}

function select(directives: readonly Directive[], names: readonly string[]): readonly Directive[] {
  return directives.filter(({ directive }) => names.includes(directive));
}

function surroundings(directives: readonly Directive[], reader: StatementReader): AclSurroundings {
  const stated = select(directives, ["follow_x_forwarded_for"]).find(({ words }) => words[0] === "allow");
  const externals = select(directives, ["external_acl_type"]).filter(({ words }) => words.some(usesUser));
  return {
    userCase: userCase(select(directives, ["auth_param"])),
    statedClients: stated?.at,
    externalsWithUser: new Set(externals.map(({ words }) => words[0] as string)),
    missing: reader.missing.map(({ condition, at }) => unmodeled(condition, at)),
  };
}

// squid.conf, "external_acl_type": the format codes that need the user's login.
function usesUser(word: string): boolean {
  return /%(LOGIN|un|ul)\b/.test(word);
}

// squid.conf, "auth_param basic casesensitive": off unless set, and only Basic lowers names.
function userCase(lines: readonly Directive[]): UserCase {
  const schemes = new Set(lines.map(({ words }) => words[0]?.toLowerCase()));
  const isKept = lines.some(({ words }) => words.slice(0, 3).join(" ").toLowerCase() === "basic casesensitive on");
  if (isKept || !schemes.has("basic")) return lines.length === 0 ? "depends" : "kept";
  return schemes.size === 1 ? "lowered" : "depends";
}

function acesOfEntry(entry: Entry, rank: number, reader: StatementReader, around: AclSurroundings): RequestAce[] {
  if (entry.kind === "gap") return acesOfPossibility(entry.possibility, "a file that is not given");
  const { action, acls, conditions, at } = entry.line;
  const asked = acls.map((acl) => reader.book.reference(acl, at, around));
  return [{ name: `rule ${rank}`, action, conditions: [...conditions, ...asked], at }];
}

// squid.conf, "always_direct" and others: as with http_access, no match is the opposite of the last line.
function accessRules(
  lines: readonly Directive[],
  otherwise: "accept" | "drop",
  first: SourceRef,
  reader: StatementReader,
  around: AclSurroundings,
): RequestRules {
  const aces = lines.flatMap(({ words: [action, ...acls], unless, at }): RequestAce[] => {
    if ((action !== "allow" && action !== "deny") || acls.length === 0) return [];
    const asked = acls.map((acl) => reader.book.reference(acl, at, around));
    const conditions = [...unless.map((condition) => unmodeled(condition.text, condition.at)), ...asked];
    return [{ name: `line ${at.line}`, action: action === "allow" ? "accept" : "drop", conditions, at }];
  });
  const last = aces[aces.length - 1];
  const defaultAction = last === undefined ? otherwise : last.action === "drop" ? "accept" : "drop";
  const unless = lines.findLast(({ at }) => at === last?.at)?.unless ?? [];
  const conditions = unless.map((condition) => unmodeled(condition.text, condition.at));
  return { aces: [...aces, ...otherDefault(defaultAction, conditions, last)], defaultAction, at: last?.at ?? first };
}

/** Where the last line stands under conditions, another one may be the last, with the other default. */
function otherDefault(
  action: RequestAce["action"],
  conditions: readonly RequestCondition[],
  last: Pick<RequestAce, "at"> | undefined,
): RequestAce[] {
  if (last === undefined) return [];
  const other = action === "accept" ? "drop" : "accept";
  return conditions.map((condition) => ({ name: "the default", action: other, conditions: [condition], at: last.at }));
}

function acesOfPossibility({ actions, conditions, at }: Possibility, name: string): RequestAce[] {
  return actions.map((action) => ({ name, action, conditions, at }));
}

/** Files that nothing refers to and that hold no directive are lists nobody reads. */
function accountForLists(files: readonly SquidFile[], ledger: Ledger): void {
  for (const { file, comments, values } of files) {
    ledger.account(file, comments, "harmless", "comment");
    ledger.account(
      file,
      values.map(({ line }) => line),
      "rejected",
      "no acl or include names this file",
    );
  }
}
