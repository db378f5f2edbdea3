/** Reads the statements of a configuration one by one: rules and acls into their places, each line into the ledger. */
import type { LineFate } from "../../model/diagnostic.js";
import type { RequestCondition } from "../../model/proxy.js";
import type { SourceRef } from "../../model/source-ref.js";
import { AclBook, isAuthenticatingType, isGroupType, isModelledType } from "./acl-book.js";
import { refusalOf } from "./acl-checks.js";
import { DIRECTIVE_ROLES } from "./directives.js";
import { findFile, type Statement } from "./expand.js";
import type { Ledger } from "./ledger.js";
import { type Directive, hasPort } from "./network.js";
import type { AclWord, SquidFile } from "./types.js";

/** One `http_access` line, before its acls are looked up: an acl may grow after the line that uses it. */
export interface AccessLine {
  readonly action: "accept" | "drop";
  readonly acls: readonly string[];
  /** Conditions of the line itself: the `if`s around it. */
  readonly conditions: readonly RequestCondition[];
  readonly at: SourceRef;
}

/** Requests that may meet this fate at its place in the order, for a reason outside the rules. */
export interface Possibility {
  readonly actions: readonly ("accept" | "drop")[];
  readonly conditions: readonly RequestCondition[];
  readonly at: SourceRef;
}

export type Entry =
  | { readonly kind: "line"; readonly line: AccessLine }
  | { readonly kind: "gap"; readonly possibility: Possibility };

// Spellings of types that Squid 5.7 renames when it reads them.
const RENAMED_TYPES: Readonly<Record<string, string>> = {
  myip: "localip",
  myport: "localport",
  clientside_mark: "client_connection_mark",
};

const ONWARD =
  "http_port https_port cache_peer cache_peer_access never_direct always_direct prefer_direct nonhierarchical_direct";

/** Directives whose lines are looked at together once all are known. */
const READ_TOGETHER: ReadonlyMap<string, string> = new Map([
  ...ONWARD.split(" ").map((name): [string, string] => [name, "where requests come in, or go next"]),
  ["auth_param", "how users are known"],
  ["external_acl_type", "what an external acl is asked"],
  ["configuration_includes_quoted_values", "how quotes are read"],
]);

export function unmodeled(text: string, at: SourceRef): RequestCondition {
  return { kind: "unmodeled", text, at };
}

export class StatementReader {
  /** What `http_access` asks, in order, with the places where something not given may come in. */
  readonly entries: Entry[] = [];
  /** What may happen to requests before `http_access` is asked, or in spite of it. */
  readonly before: Possibility[] = [];
  /** Includes that were not given. */
  readonly missing: { readonly condition: string; readonly at: SourceRef }[] = [];
  readonly book: AclBook;

  constructor(
    private readonly files: readonly SquidFile[],
    private readonly statements: readonly Statement[],
    private readonly ledger: Ledger,
  ) {
    this.book = new AclBook({
      refuse: (at, why) => this.refuseToStart(at, why),
      remark: (slug, at, message, help) => ledger.warn(slug, at, message, "unknown", help),
    });
  }

  readAll(): void {
    for (const statement of this.statements) {
      if (statement.kind === "missing-include") this.readMissing(statement);
      else this.read(statement);
    }
  }

  private account({ at, lines }: Pick<Statement, "at" | "lines">, fate: LineFate, note: string): void {
    this.ledger.account(at.file, lines, fate, note);
  }

  private refuseToStart(at: SourceRef, why: string): void {
    this.ledger.error("refused-line", at, why, "may-allow-more", "Squid 5.7 does not start with this line");
    this.before.push({ actions: ["drop"], conditions: [unmodeled(`whether Squid starts: ${why}`, at)], at });
  }

  private readMissing(statement: Extract<Statement, { readonly kind: "missing-include" }>): void {
    const { at, name } = statement;
    const text = `the content of \`${name}\`, which is not given`;
    const condition = unmodeled(text, at);
    this.missing.push({ condition: text, at });
    // Directives that refuse or change requests apply to all of them, wherever they stand.
    this.before.push({ actions: ["drop"], conditions: [condition], at });
    this.entries.push({ kind: "gap", possibility: { actions: ["accept", "drop"], conditions: [condition], at } });
    this.account(statement, "approximated", `\`${name}\` is not given: rules and acls may come from it`);
    const help = "give the files it includes as further exports of the same proxy, a comment alone where it has none";
    this.ledger.warn("missing-include", at, `the file \`${name}\` is not given`, "unknown", help);
  }

  private read(line: Directive): void {
    if (line.isCut)
      this.refuseToStart(line.at, "a line is cut after 8,190 bytes, and its rest read as a line of its own");
    if (/^https?_port$/.test(line.directive) && !hasPort(line))
      this.refuseToStart(line.at, "no port stands on the line");
    if (line.directive === "#") return; // the beginning of a comment that is cut
    const together = READ_TOGETHER.get(line.directive);
    if (together !== undefined) this.account(line, "modelled", together);
    else if (line.directive === "acl") this.readAcl(line);
    else if (line.directive === "http_access") this.readAccess(line);
    else if (line.directive === "follow_x_forwarded_for") this.readStatedClients(line);
    else if (line.directive === "ssl_bump") this.readBump(line);
    else if (line.directive === "append_domain") this.readAppendDomain(line);
    else this.readOther(line);
  }

  private readAcl(line: Directive): void {
    const { at } = line;
    const [name, typeWord, ...words] = line.words;
    if (name === undefined || typeWord === undefined) {
      this.account(line, "rejected", "an acl without name or type");
      this.refuseToStart(at, "an acl needs a name and a type");
      return;
    }
    if (name.toLowerCase() === "manager" && typeWord === "proto") {
      this.account(line, "harmless", "`manager` is built in: Squid ignores the line");
      return;
    }
    const type = RENAMED_TYPES[typeWord] ?? typeWord;
    const acl = { type, words: words.flatMap((word) => this.aclWords(word, name)), at };
    if (isGroupType(type)) this.expectDefined(words, at);
    const ifs = line.unless.map(({ text, at: place }) => unmodeled(text, place));
    if (!this.book.define(name, acl, ifs)) {
      this.account(line, "rejected", `acl ${name}: it has another type already`);
      this.refuseToStart(at, `the acl \`${name}\` has another type already`);
      return;
    }
    const refusal = refusalOf(name, type, words) ?? this.unknownExternal(type, words);
    if (refusal !== undefined) this.refuseToStart(at, refusal);
    const isOpen = !isModelledType(type) || ifs.length > 0 || acl.words.some((word) => "fileNotGiven" in word);
    this.account(line, isOpen ? "approximated" : "modelled", isOpen ? `acl ${name}: may hold or not` : `acl ${name}`);
    if (isAuthenticatingType(type) && !this.has("auth_param")) {
      this.refuseToStart(at, "no `auth_param` says how users are known");
    }
  }

  private unknownExternal(type: string, [named]: readonly string[]): string | undefined {
    if (type !== "external" || this.missing.length > 0) return undefined;
    const isDefined = this.statements.some(
      (line) => line.kind === "directive" && line.directive === "external_acl_type" && line.words[0] === named,
    );
    return isDefined ? undefined : `no \`external_acl_type\` defines \`${named ?? ""}\``;
  }

  private has(directive: string): boolean {
    return this.statements.some((line) => line.kind === "missing-include" || line.directive === directive);
  }

  /** What an argument stands for: itself, or the values in the file it names. */
  private aclWords(word: string, acl: string): readonly AclWord[] {
    const named = /^"([^"]*)"?$/.exec(word) ?? /^parameters\("([^"]*)"\)$/.exec(word);
    if (named === null) return [{ text: word }];
    const name = named[1] as string;
    const file = this.areQuotesValues() ? undefined : findFile(this.files, name);
    if (file === undefined) return [{ fileNotGiven: name }];
    const lines = file.values.map(({ line }) => line);
    this.ledger.account(file.file, file.comments, "harmless", "comment");
    this.ledger.account(file.file, lines, "modelled", `a value of acl ${acl}`);
    return file.values.map(({ text }) => ({ text }));
  }

  private areQuotesValues(): boolean {
    return this.statements.some(
      (line) =>
        line.kind === "directive" &&
        line.directive === "configuration_includes_quoted_values" &&
        line.words[0] !== "off",
    );
  }

  private readAccess(line: Directive): void {
    const { at } = line;
    const [word, ...acls] = line.words;
    if ((word !== "allow" && word !== "deny") || acls.length === 0) {
      this.account(line, "rejected", "Squid skips the line: it needs `allow` or `deny`, and an acl");
      const message = "an `http_access` line without `allow` or `deny`, or without an acl, is skipped";
      this.ledger.error("skipped-line", at, message, "none");
      return;
    }
    const areKnown = this.expectDefined(acls, at);
    const conditions = line.unless.map(({ text, at: place }) => unmodeled(text, place));
    const action = word === "allow" ? "accept" : "drop";
    this.entries.push({ kind: "line", line: { action, acls, conditions, at } });
    const isOpen = !areKnown || conditions.length > 0;
    this.account(line, isOpen ? "approximated" : "modelled", `rule ${this.entries.length}`);
  }

  /** True iff lines above, or Squid itself, define every acl. */
  private expectDefined(acls: readonly string[], at: SourceRef): boolean {
    const unknown = acls.map((acl) => acl.replace(/^!/, "")).find((acl) => !this.book.has(acl));
    if (unknown !== undefined && this.missing.length === 0) {
      this.refuseToStart(at, `no line above defines the acl \`${unknown}\``);
    }
    return unknown === undefined;
  }

  private readStatedClients(line: Directive): void {
    const isAllowed = line.words[0] === "allow";
    const note = isAllowed ? "clients may be judged by an address in a header" : "no header states the client";
    this.account(line, isAllowed ? "approximated" : "harmless", note);
  }

  private readBump(line: Directive): void {
    const { at, words } = line;
    const isPassive = ["splice", "none", "peek", "deny"].includes(words[0] as string);
    if (isPassive) {
      this.account(line, "harmless", "tunnels are passed on unopened");
      return;
    }
    this.account(line, "approximated", "tunnels are opened, and the requests in them judged too");
    const opened = unmodeled(`\`ssl_bump ${words[0]}\`, which judges the requests in a tunnel too`, at);
    this.before.push({ actions: ["drop"], conditions: [{ kind: "method", methods: ["CONNECT"] }, opened], at });
  }

  private readAppendDomain(line: Directive): void {
    const { at } = line;
    this.account(line, "approximated", "a name without a dot gets a domain appended first");
    const isShort: RequestCondition = { kind: "host-pattern", pattern: "^[^.:]+$", ignoreCase: false, at };
    const changed = unmodeled("`append_domain`, which changes names without a dot", at);
    this.before.push({ actions: ["accept", "drop"], conditions: [isShort, changed], at });
  }

  /** Asked of Squid 5.7: what no line matches meets the opposite of the last, so that an `allow` there denies the rest. */
  private refusesSome(line: Directive): boolean {
    const [action, ...acls] = line.words;
    if (action !== "allow") return true;
    const after = this.statements.slice(this.statements.indexOf(line as Statement) + 1);
    const isFollowed = after.some(
      (other) => other.kind === "directive" && other.directive === line.directive && other.unless.length === 0,
    );
    return !isFollowed && acls.some((acl) => acl.toLowerCase() !== "all");
  }

  private readOther(line: Directive): void {
    const { at, directive } = line;
    const role = DIRECTIVE_ROLES.get(directive);
    if (role === "harmless" || (role === "refuses" && !this.refusesSome(line))) {
      this.account(line, "harmless", "does not decide access");
      return;
    }
    this.account(line, "approximated", "may refuse what the rules accept");
    if (role === undefined) {
      // What does not even look like a directive may be anything, a secret of another file too.
      const name = /^[a-z][a-z_]*$/i.test(directive) ? `\`${directive}\`` : "the first word";
      this.refuseToStart(at, `${name} is no directive of Squid 2.7 to 7`);
      return;
    }
    const refused = unmodeled(`\`${directive}\`, which may refuse or change requests`, at);
    this.before.push({ actions: ["drop"], conditions: [refused], at });
  }
}
