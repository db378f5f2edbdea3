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
/** Commands whose words name variables they set; a loop's is set in each round. */
const SETS = /^(?:for|select|read|unset|mapfile|readarray|getopts|let|declare|local|readonly|typeset|printf)$/;
/** Commands that run what is not in the script. */
const RUNS_OTHERS = /^(?:eval|source|\.)$/;
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
    const tag = /<<-?\s*(["']?)([A-Za-z_]\w*)\1/.exec(content)?.[2];
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
  private isBroken = false;

  read(content: string, line: number, endLine: number): void {
    let words: Word[] = [];
    let before = "";
    const finish = (separator: string): void => {
      this.command(words, line, endLine, before);
      words = [];
      before = separator;
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
      } else if (/^[<>()]/.test(rest)) at++;
      else {
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

  /** `before`: what stands between the command and the one it follows in its line. */
  private command(words: readonly Word[], line: number, endLine: number, before: string): void {
    const [first] = words;
    if (first === undefined) return;
    // What stands before a brace is the name of a function, or nothing.
    if (OPENS.test(first.source) || words.at(-1)?.source === "{") this.depth++;
    if (CLOSES.test(first.source)) this.depth = Math.max(0, this.depth - 1);
    const assigned = words.every(({ source }) => ASSIGNMENT.test(source) || source === "export");
    if (assigned) for (const word of words) this.assign(word, this.depth > 0 || /^[&|]./.test(before));
    // What is run for its output stays in its word, which tells that some command is run.
    const isPlain = assigned && !words.some(({ text, source }) => text === undefined && /\baz\s/.test(source));
    const body = /^(?:then|else|do|\{)$/.test(first.source) ? words.slice(1) : words;
    this.forgetWhatIsSet(body);
    // After `&&` a command is run where all goes well.
    const isUncertain = this.depth > 0 || before === "||" || before === "|" || this.isBroken;
    this.isBroken = false;
    if (!isPlain && body.length > 0) this.commands.push({ words: body, line, endLine, isUncertain });
  }

  private assign({ text, source }: Word, isUnsure: boolean): void {
    const name = ASSIGNMENT.exec(source)?.[1];
    if (name === undefined) return;
    if (isUnsure) this.unsure.add(name);
    if (text === undefined || this.unsure.has(name)) this.variables.delete(name);
    else this.variables.set(name, text.slice(text.indexOf("=") + 1));
  }

  private forgetWhatIsSet([command, ...words]: readonly Word[]): void {
    if (command === undefined) return;
    if (RUNS_OTHERS.test(command.source)) this.variables.clear();
    if (!SETS.test(command.source)) return;
    for (const { source } of words) {
      const name = /^[A-Za-z_]\w*/.exec(source)?.[0];
      if (name === undefined) continue;
      if (this.depth > 0) this.unsure.add(name);
      this.variables.delete(name);
    }
  }
}
