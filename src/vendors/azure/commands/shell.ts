/** A shell script to the commands it surely runs, as far as that shows without running it. */

/** A word; undefined text: only running the script would show it. */
export interface Word {
  readonly text: string | undefined;
  /** The word as written. */
  readonly source: string;
}

export interface Command {
  readonly words: readonly Word[];
  readonly line: number;
  readonly endLine: number;
  /** Perhaps not run, or several times. */
  readonly isUncertain: boolean;
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_]\w*)=/;
const OPENS = /^(?:if|for|while|until|case|select)$/;
const CLOSES = /^(?:fi|done|esac|\})$/;
/** Names of variables that a command may set, whichever it is: those it has otherwise than as values. */
const NAMES = /(?<![\w$]|\$\{)[A-Za-z_]\w*/g;
/** Commands that set no variable by the words they are given. */
const SETS_NOTHING = /^(?:az|echo|cd|exit|mkdir)$/;
/** A word that sets variables where its value is asked for. */
const SETS_INSIDE = /\$\(\(.*(?:\+\+|--|[^=!<>]=(?!=))/;
/** Commands that run what is not in the script. */
const RUNS_OTHERS = /^(?:eval|source|\.)$/;
/** Commands that end well where nothing is wrong: what follows after `&&` is then run. Of others that may be the question. */
const ENDS_WELL = /^(?:az|echo|cd|mkdir|set|export|source|\.)$/;
const WORD =
  /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|\$\{(\w+)\}|\$(\w+)|(\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\$\{[^{}]*\}|\$[@*#?!$-]|`[^`]*`)|([^\s'"\\$`;&|<>()]+|\$)/y;

/** The commands in order, with the variables put in that are set to plain texts before them. */
export function readCommands(text: string): Command[] {
  const reader = new ScriptReader();
  let pending = { text: "", line: 0 };
  let ending: RegExp | undefined;
  text.split(/\r?\n/).forEach((content, index) => {
    if (ending !== undefined) {
      if (ending.test(content)) ending = undefined;
      return;
    }
    // What a command reads from the lines below it is no command.
    const tag = /(?<!<)<<-?(?!<)\s*(["']?)([A-Za-z_]\w*)\1/.exec(content)?.[2];
    if (tag !== undefined) ending = new RegExp(`^\\s*${tag}\\s*$`);
    if (pending.text === "") pending = { text: "", line: index + 1 };
    const isContinued = /(?:^|[^\\])\\$/.test(content);
    pending = { ...pending, text: pending.text + (isContinued ? content.slice(0, -1) : content) };
    if (isContinued) pending = { ...pending, text: `${pending.text} ` };
    else {
      reader.read(pending.text, pending.line, index + 1);
      pending = { text: "", line: 0 };
    }
  });
  if (pending.text !== "") reader.read(pending.text, pending.line, text.split("\n").length);
  return reader.commands;
}

class ScriptReader {
  readonly commands: Command[] = [];
  private readonly variables = new Map<string, string>();
  /** Set where it is open whether and when that runs: a function, a branch, a loop. */
  private readonly unsure = new Set<string>();
  private depth = 0;
  /** Open parentheses. */
  private grouped = 0;
  /** What stands after `&&` may be left out. */
  private isQuestion = false;
  private isBroken = false;

  read(content: string, line: number, endLine: number): void {
    let words: Word[] = [];
    let before = "";
    let isGrouped = false;
    const finish = (separator: string): void => {
      this.command(words, line, endLine, { before, after: separator, isGrouped });
      words = [];
      before = separator;
      isGrouped = false;
    };
    for (let at = 0; at < content.length; ) {
      const rest = content.slice(at);
      const blank = /^\s+/.exec(rest)?.[0];
      const separator = /^(?:&&|\|\||[;&|])/.exec(rest)?.[0];
      if (blank !== undefined) at += blank.length;
      else if (rest.startsWith("#")) break;
      else if (separator !== undefined) {
        at += separator.length;
        finish(separator);
      } else if (/^[<>]/.test(rest)) at++;
      else if (/^[()]/.test(rest)) {
        this.grouped = Math.max(0, this.grouped + (rest.startsWith("(") ? 1 : -1));
        isGrouped = true;
        at++;
      } else {
        const { word, end } = this.word(content, at);
        words.push(word);
        at = end;
        if (word.source === "{") finish("");
      }
    }
    finish("");
  }

  private word(content: string, start: number): { readonly word: Word; readonly end: number } {
    let at = start;
    let text: string | undefined = "";
    for (;;) {
      WORD.lastIndex = at;
      const match = WORD.exec(content);
      if (match === null) break;
      at = WORD.lastIndex;
      const [, single, double, escaped, braced, named, run, plain] = match;
      const variable = braced ?? named;
      const part =
        double !== undefined
          ? this.expanded(double)
          : run !== undefined
            ? undefined
            : variable === undefined
              ? (single ?? escaped ?? plain ?? "")
              : this.variables.get(variable);
      text = text === undefined || part === undefined ? undefined : text + part;
    }
    // A quote that never ends, or a sign that begins no word: the rest of the line is not read.
    if (at === start) this.isBroken = true;
    if (at === start) return { word: { text: undefined, source: content.slice(start) }, end: content.length };
    return { word: { text, source: content.slice(start, at) }, end: at };
  }

  /** Inside double quotes; undefined: something in it is not known. */
  private expanded(text: string): string | undefined {
    if (/\$[({[](?!\w+\})|`/.test(text.replace(/\\./g, ""))) return undefined;
    let isKnown = true;
    const put = (_: string, escaped?: string, braced?: string, named?: string): string => {
      if (escaped !== undefined) return escaped;
      const value = this.variables.get(braced ?? named ?? "");
      if (value === undefined) isKnown = false;
      return value ?? "";
    };
    const result = text.replace(/\\(["\\$`])|\$\{(\w+)\}|\$(\w+)/g, put);
    return isKnown ? result : undefined;
  }

  private command(words: readonly Word[], line: number, endLine: number, place: Place): void {
    const [first] = words;
    if (first === undefined) return;
    const { before } = place;
    // What stands before a brace is the name of a function, or nothing.
    if (OPENS.test(first.source) || words.at(-1)?.source === "{") this.depth++;
    if (CLOSES.test(first.source)) this.depth = Math.max(0, this.depth - 1);
    const body = /^(?:then|else|do|\{)$/.test(first.source) ? words.slice(1) : words;
    const assigned = !place.isGrouped && isAssignment(body);
    if (assigned) for (const word of body) this.assign(word, this.isOpen(place));
    else this.forgetWhatIsSet(body);
    // What is run for its output stays in its word, which tells that some command is run.
    const isPlain = assigned && !body.some(({ text, source }) => text === undefined && /\baz\s/.test(source));
    const isLeftOut = before === "||" || before === "|" || (before === "&&" && this.isQuestion);
    this.isQuestion = isLeftOut || !(assigned || ENDS_WELL.test(body[0]?.source ?? ""));
    const isUncertain = this.depth > 0 || isLeftOut || this.isBroken;
    this.isBroken = false;
    if (!isPlain && body.length > 0) this.commands.push({ words: body, line, endLine, isUncertain });
  }

  /** True iff it is open whether and when a command is run, or what it sets is gone with its shell. */
  private isOpen({ before, after }: Place): boolean {
    return this.depth > 0 || this.grouped > 0 || /^[&|]/.test(before) || /^[&|]$/.test(after);
  }

  private assign(word: Word, isUnsure: boolean): void {
    const name = ASSIGNMENT.exec(word.source)?.[1];
    this.forgetWhatIsSetIn(word);
    if (name === undefined) return;
    if (isUnsure) this.unsure.add(name);
    if (word.text === undefined || this.unsure.has(name)) this.variables.delete(name);
    else this.variables.set(name, word.text.slice(word.text.indexOf("=") + 1));
  }

  private forgetWhatIsSet(words: readonly Word[]): void {
    const [command] = words;
    if (command === undefined) return;
    // What it exports may be the output of a program, names and all.
    const isAnyName = command.source === "export" && words.some(({ text }) => text === undefined);
    if (isAnyName || RUNS_OTHERS.test(command.source)) this.variables.clear();
    for (const word of words) {
      if (SETS_NOTHING.test(command.source)) this.forgetWhatIsSetIn(word);
      else this.forgetNames(word);
    }
  }

  private forgetWhatIsSetIn(word: Word): void {
    if (SETS_INSIDE.test(word.source)) this.forgetNames(word);
  }

  private forgetNames({ source }: Word): void {
    for (const [name] of source.matchAll(NAMES)) {
      if (this.depth > 0) this.unsure.add(name);
      this.variables.delete(name);
    }
  }
}

/** Where a command stands. */
interface Place {
  /** What is between it and the command it follows in its line. */
  readonly before: string;
  /** What is between it and the one that follows it. */
  readonly after: string;
  /** There are parentheses in it. */
  readonly isGrouped: boolean;
}

/** True iff the words set variables, or export some, and nothing else. */
function isAssignment([first, ...others]: readonly Word[]): boolean {
  const sets = ({ source }: Word): boolean => ASSIGNMENT.test(source);
  if (first?.source === "export") return others.every((word) => sets(word) || /^[A-Za-z_]\w*$/.test(word.source));
  return first !== undefined && [first, ...others].every(sets);
}
