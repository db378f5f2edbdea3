/** A shell script to the commands it surely runs, as far as that shows without running it. */
import { Endings } from "./endings.js";
import { type ScriptLine, scriptLines } from "./script-lines.js";
import { splitWords, type Word, type Written, wholeWord, writtenAt } from "./words.js";

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
/** What a command that `if`, `while` and their like ask or run may stand behind. */
const LEADS = /^(?:then|else|do|\{)$/;
/** What stands before where input comes from or output goes. */
const REDIRECTION = /^(?:\d*|&)(?:<<<|<<-?|>>|<>|>\||[<>](?!\())&?/;

/** The commands in order, with the variables put in that are set to plain texts before them. */
export function readCommands(text: string): Command[] {
  const reader = new ScriptReader(/^#!.*\bzsh\b/.test(text));
  for (const line of scriptLines(text)) reader.read(line);
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
  /** How many of them are open where what is in the last one is perhaps not run. */
  private leftOut = Number.POSITIVE_INFINITY;
  /** What stands after `&&` may be left out. */
  private isQuestion = false;
  /** For each open `case` how many parentheses are open around it. */
  private readonly cases: number[] = [];
  /** How many blocks are open where the last one is run by another shell. */
  private aside = Number.POSITIVE_INFINITY;
  private isBroken = false;
  private readonly endings = new Endings();
  /** The last command, where it is one word with parentheses: perhaps the name of a function. */
  private named: string | undefined;

  /** `splitsOtherwise`: what becomes of values without quotes is not known. */
  constructor(private splitsOtherwise: boolean) {}

  read({ text: content, line, endLine, isInput }: ScriptLine): void {
    this.endings.isPassed ||= isInput;
    let words: Word[] = [];
    let before = "";
    let isGrouped = false;
    let isRedirected = false;
    const finish = (separator: string): void => {
      this.command(words, line, endLine, { before, after: separator, isGrouped });
      words = [];
      before = separator;
      isGrouped = false;
      isRedirected = false;
    };
    for (let at = 0; at < content.length; ) {
      const rest = content.slice(at);
      const blank = /^\s+/.exec(rest)?.[0];
      const redirection = REDIRECTION.exec(rest)?.[0];
      const separator = /^(?:&&|\|\||[;&|])/.exec(rest)?.[0];
      if (blank !== undefined) at += blank.length;
      else if (rest.startsWith("#")) break;
      else if (redirection !== undefined) {
        at += redirection.length;
        isRedirected = true;
      } else if (separator !== undefined) {
        at += separator.length;
        finish(separator);
      } else if (rest.startsWith(")") && (isCase(words) || this.grouped === (this.cases.at(-1) ?? 0))) {
        // The patterns of a case; its commands come after them.
        if (isCase(words)) finish("");
        words = [];
        at++;
      } else if (rest.startsWith("(")) {
        this.grouped++;
        const isBody = this.named !== undefined && words.length === 0;
        if (isBody || this.isLeftOut(before)) this.leftOut = Math.min(this.leftOut, this.grouped);
        isGrouped = true;
        at++;
      } else if (rest.startsWith(")")) {
        isGrouped = true;
        finish("");
        this.grouped--;
        if (this.grouped < this.leftOut) this.leftOut = Number.POSITIVE_INFINITY;
        at++;
      } else {
        const written = writtenAt(content, at, this.variables);
        // A quote that never ends, or a sign that begins no word: the rest of the line is not read.
        this.isBroken ||= written === undefined;
        const made = written ? this.wordsOf(written, words) : [{ text: undefined, source: content.slice(at) }];
        words.push(...made.filter(({ text }) => !isRedirected || text === undefined));
        isRedirected = false;
        at = written?.end ?? content.length;
        if (written?.source === "{") finish("");
      }
    }
    finish("");
  }

  /** The words that something written makes after those before it in its command. */
  private wordsOf(written: Written, before: readonly Word[]): Word[] {
    const own = before.filter(({ source }) => !LEADS.test(source));
    const sets = ({ source }: Pick<Word, "source">): boolean => ASSIGNMENT.test(source);
    if (sets(written) && own.every(sets)) return [wholeWord(written)];
    const isSplit = written.parts.some((part) => part.isSplit);
    if (isSplit && this.splitsOtherwise) return [{ text: undefined, source: written.source }];
    const words = splitWords(written);
    // Some shells split what is exported, and some do not.
    const isOpen = sets(written) && own[0]?.source === "export" && words.length !== 1;
    return isOpen ? [{ text: undefined, source: written.source }] : words;
  }

  private command(words: readonly Word[], line: number, endLine: number, place: Place): void {
    const [first] = words;
    if (first === undefined) return;
    const { before } = place;
    const isBlock = words.at(-1)?.source === "{";
    const isAside = before === "|" || /^[&|]$/.test(place.after);
    if (isBlock) this.enterFunction(words, place);
    const body = LEADS.test(first.source) ? words.slice(1) : words;
    if (isBlock || OPENS.test(body.find(({ source }) => source !== "!")?.source ?? "")) {
      this.depth++;
      if (before === "|") this.aside = Math.min(this.aside, this.depth);
    }
    if (isCase(words)) this.cases.push(this.grouped);
    if (first.source === "esac") this.cases.pop();
    if (CLOSES.test(first.source)) {
      this.depth = Math.max(0, this.depth - 1);
      this.endings.leaveTo(this.depth);
      if (this.depth < this.aside) this.aside = Number.POSITIVE_INFINITY;
      if (isAside) this.endings.leaveShell();
    }
    this.named = words.length === 1 && place.isGrouped ? first.source : undefined;
    const assigned = !place.isGrouped && isAssignment(body);
    if (assigned) for (const word of body) this.assign(word, this.isOpen(place));
    else this.forgetWhatIsSet(body);
    // What is run for its output stays in its word, which tells that some command is run.
    const isPlain = assigned && !body.some(({ text, source }) => text === undefined && /\baz\s/.test(source));
    const isLeftOut = this.isLeftOut(before);
    this.isQuestion = isLeftOut || !(assigned || ENDS_WELL.test(body[0]?.source ?? ""));
    const isInside = this.depth > 0 || this.grouped >= this.leftOut;
    const isUncertain = isInside || isLeftOut || this.isBroken || this.endings.isPassed;
    const isOwnShell = this.grouped === 0 && !place.isGrouped && !isAside && this.depth < this.aside;
    this.endings.follow(body, { isUncertain, isOwnShell, isAfterFailure: before === "||" });
    this.isBroken = false;
    if (!isPlain && body.length > 0) this.commands.push({ words: body, line, endLine, isUncertain });
  }

  /** True iff what stands after it is perhaps not run, or gone with its shell. */
  private isLeftOut(before: string): boolean {
    return before === "||" || before === "|" || (before === "&&" && this.isQuestion);
  }

  /** What stands before a brace, or in the command before it, is the name of a function, or nothing. */
  private enterFunction([first, second]: readonly Word[], { isGrouped }: Place): void {
    if (first?.source === "function") this.endings.enter(second?.source ?? "", this.depth);
    else if (isGrouped && first !== undefined) this.endings.enter(first.source, this.depth);
    else if (this.named !== undefined) this.endings.enter(this.named, this.depth);
  }

  /** True iff it is open whether and when a command is run, or what it sets is gone with its shell. */
  private isOpen({ before, after }: Place): boolean {
    return this.depth > 0 || this.grouped > 0 || /^[&|]/.test(before) || /^[&|]$/.test(after);
  }

  private assign(word: Word, isUnsure: boolean): void {
    const name = ASSIGNMENT.exec(word.source)?.[1];
    this.forgetWhatIsSetIn(word);
    if (name === undefined) return;
    this.splitsOtherwise ||= name === "IFS";
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
      this.splitsOtherwise ||= name === "IFS";
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

function isCase(words: readonly Word[]): boolean {
  return words.find(({ source }) => !LEADS.test(source))?.source === "case";
}

/** True iff the words set variables, or export some, and nothing else. */
function isAssignment([first, ...others]: readonly Word[]): boolean {
  const sets = ({ source }: Word): boolean => ASSIGNMENT.test(source);
  if (first?.source === "export") return others.every((word) => sets(word) || /^[A-Za-z_]\w*$/.test(word.source));
  return first !== undefined && [first, ...others].every(sets);
}
