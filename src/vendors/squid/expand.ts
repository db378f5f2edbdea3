/** Turns the files of one proxy into one run of statements: includes in their place, conditional parts resolved. */
import type { SourceRef } from "../../model/source-ref.js";
import type { Ledger } from "./ledger.js";
import type { SquidFile, SquidLine } from "./types.js";

/** A directive in force, or an include whose files were not given. */
export type Statement = {
  readonly at: SourceRef;
  /** Physical lines of `at.file`. */
  readonly lines: readonly number[];
  /** Conditions (`if …`) around it that the files do not decide. */
  readonly unless: readonly { readonly text: string; readonly at: SourceRef }[];
} & (
  | {
      readonly kind: "directive";
      readonly directive: string;
      readonly words: readonly string[];
      /** Squid reads only the beginning of one of its lines. */
      readonly isCut: boolean;
    }
  | { readonly kind: "missing-include"; readonly name: string }
);

// Squid 5.7, squid.conf "Configuration options can be included": deeper includes are refused.
const MAX_INCLUDE_DEPTH = 16;

/** The file a name in the configuration means: the one called so, or the only one with that base name. */
export function findFile(files: readonly SquidFile[], name: string): SquidFile | undefined {
  const exact = files.find(({ file }) => file === name);
  if (exact !== undefined) return exact;
  const sameBase = files.filter(({ file }) => baseName(file) === baseName(name));
  return sameBase.length === 1 ? sameBase[0] : undefined;
}

function baseName(path: string): string {
  return path.split(/[\\/]/).pop() as string;
}

/** The files an `include` argument means: by name, or all that fit a pattern with `*` or `?` in its last part. */
function includedFiles(files: readonly SquidFile[], name: string): readonly SquidFile[] {
  const base = baseName(name);
  if (!/[*?]/.test(base)) return [findFile(files, name)].filter((file) => file !== undefined);
  return files.filter(({ file }) => fitsGlob(baseName(file), base)).sort((a, b) => (a.file < b.file ? -1 : 1));
}

// Greedy matching with one place to come back to: linear in the product of the lengths, whatever the pattern.
function fitsGlob(text: string, glob: string): boolean {
  let at = 0;
  let pattern = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (glob[pattern] === "*") {
      star = pattern++;
      starAt = at;
    } else if (glob[pattern] === "?" || glob[pattern] === text[at]) {
      pattern++;
      at++;
    } else if (star >= 0) {
      pattern = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (glob[pattern] === "*") pattern++;
  return pattern === glob.length;
}

function unquoted(word: string): string {
  return word.replace(/^"|"$/g, "");
}

/** Files that stand for themselves: they hold directives, and no other file includes or names them. */
function mainFiles(files: readonly SquidFile[]): readonly SquidFile[] {
  const named = new Set<SquidFile>();
  for (const file of files) {
    for (const { directive, words } of file.directives) {
      for (const found of namedFiles(files, directive, words)) if (found !== file) named.add(found);
    }
  }
  return files.filter((file) => !named.has(file));
}

function namedFiles(files: readonly SquidFile[], directive: string, words: readonly string[]): readonly SquidFile[] {
  if (directive === "include") return words.flatMap((word) => includedFiles(files, unquoted(word)));
  if (directive !== "acl") return [];
  return words
    .filter((word) => word.startsWith('"'))
    .map((word) => findFile(files, unquoted(word)))
    .filter((file) => file !== undefined);
}

/** One `if` that is open: `taken` undefined where nothing given decides it. */
interface OpenIf {
  readonly taken: boolean | undefined;
  readonly text: string;
  readonly at: SourceRef;
  isElse: boolean;
}

/** The statements of the main files in order. */
export function expandFiles(files: readonly SquidFile[], ledger: Ledger): Statement[] {
  const expansion = new Expansion(files, ledger);
  for (const main of mainFiles(files)) expansion.add(main, []);
  return expansion.statements;
}

class Expansion {
  readonly statements: Statement[] = [];

  constructor(
    private readonly files: readonly SquidFile[],
    private readonly ledger: Ledger,
  ) {}

  add(file: SquidFile, from: readonly SquidFile[]): void {
    const open: OpenIf[] = [];
    this.ledger.account(file.file, file.comments, "harmless", "comment");
    for (const line of file.directives) {
      const at = { file: file.file, line: line.lines[0] as number };
      if (this.isConditional(line, at, open)) continue;
      if (open.some(isSkipped)) this.ledger.account(at.file, line.lines, "harmless", "in a part that `if` leaves out");
      else this.addLine(line, at, open, [...from, file]);
    }
  }

  private addLine(line: SquidLine, at: SourceRef, open: readonly OpenIf[], from: readonly SquidFile[]): void {
    const unless = open
      .filter(({ taken }) => taken === undefined)
      .map(({ text, at: place }) => ({ text: `the condition \`if ${text}\``, at: place }));
    const place = { at, lines: line.lines, unless };
    if (line.directive !== "include") {
      const { directive, words, isCut } = line;
      this.statements.push({ ...place, kind: "directive", directive, words, isCut });
      return;
    }
    for (const word of line.words) this.include(unquoted(word), place, from);
  }

  private include(name: string, place: Pick<Statement, "at" | "lines" | "unless">, from: readonly SquidFile[]): void {
    const found = includedFiles(this.files, name).filter((file) => !from.includes(file));
    if (found.length === 0 || from.length > MAX_INCLUDE_DEPTH || place.unless.length > 0) {
      this.statements.push({ ...place, kind: "missing-include", name });
      return;
    }
    this.ledger.account(place.at.file, place.lines, "modelled", `includes ${found.map(({ file }) => file).join(", ")}`);
    for (const file of found) this.add(file, from);
  }

  private isConditional(line: SquidLine, at: SourceRef, open: OpenIf[]): boolean {
    const innermost = open[open.length - 1];
    if (line.directive === "if")
      open.push({ taken: constant(line.words), text: line.words.join(" "), at, isElse: false });
    else if (line.directive === "else" && innermost !== undefined) innermost.isElse = true;
    else if (line.directive === "endif" && innermost !== undefined) open.pop();
    else return false;
    const isOpen = line.directive === "if" && open[open.length - 1]?.taken === undefined;
    this.ledger.account(at.file, line.lines, isOpen ? "approximated" : "modelled", "conditional configuration");
    return true;
  }
}

function isSkipped({ taken, isElse }: OpenIf): boolean {
  return taken === isElse;
}

// squid.conf "Conditional configuration": true, false and comparisons of integers; macros are known at run time only.
function constant(words: readonly string[]): boolean | undefined {
  const text = words.join(" ");
  if (text === "true" || text === "false") return text === "true";
  const compared = /^(\d{1,9}) *= *(\d{1,9})$/.exec(text);
  return compared === null ? undefined : Number(compared[1]) === Number(compared[2]);
}
