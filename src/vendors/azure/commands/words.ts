/** The words of shell commands: quotes, variables, and what a shell makes of values without quotes. */

/** A word; undefined text: only running the script would show it. */
export interface Word {
  readonly text: string | undefined;
  /** The word as written; what a value without quotes is split into has all the same. */
  readonly source: string;
}

/** One of the pieces that stand side by side in a word. */
interface Part {
  readonly text: string | undefined;
  /** A variable without quotes: its value may be several words, or none. */
  readonly isSplit: boolean;
}

/** What is written between two blanks. */
export interface Written {
  readonly parts: readonly Part[];
  readonly source: string;
  readonly end: number;
}

type Variables = ReadonlyMap<string, string>;

const PART =
  /(\$'(?:[^'\\]|\\[\s\S])*'|\$"(?:[^"\\]|\\[\s\S])*"|\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\$\{(?!\w+\})[^{}]*\}|\$[@*#?!$-]|`[^`]*`|[<>]\((?:[^()]|\([^()]*\))*\))|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|\$\{(\w+)\}|\$(\w+)|([^\s'"\\$`;&|<>()]+|\$)/y;

/** Without quotes: braces that make several words, and what stands for a folder. */
const EXPANDED = /\{[^{}]*(?:,|\.\.)[^{}]*\}|(?:^|[=:])~/;
const UNKNOWN: Part = { text: undefined, isSplit: true };

/** What begins at a place of a line; undefined: a quote that never ends, or a sign that begins no word. */
export function writtenAt(content: string, start: number, variables: Variables): Written | undefined {
  const parts: Part[] = [];
  let bare = "";
  PART.lastIndex = start;
  let end = start;
  for (let match = PART.exec(content); match !== null; match = PART.exec(content)) {
    end = PART.lastIndex;
    const [, run, single, double, escaped, braced, named, plain] = match;
    const variable = braced ?? named;
    bare += plain ?? "_";
    if (variable !== undefined) parts.push({ text: variables.get(variable), isSplit: true });
    else if (run !== undefined) parts.push(UNKNOWN);
    else
      parts.push({
        text: double === undefined ? (single ?? escaped ?? plain) : expanded(double, variables),
        isSplit: false,
      });
  }
  if (end === start) return undefined;
  const isExpanded = EXPANDED.test(bare);
  return { parts: isExpanded ? [UNKNOWN] : parts, source: content.slice(start, end), end };
}

/** Inside double quotes; undefined: something in it is not known. */
function expanded(text: string, variables: Variables): string | undefined {
  if (/\$[({[@*#?!$-]|`/.test(text.replace(/\\.|\$\{\w+\}/g, ""))) return undefined;
  let isKnown = true;
  const put = (_: string, escaped?: string, braced?: string, named?: string): string => {
    if (escaped !== undefined) return escaped;
    const value = variables.get(braced ?? named ?? "");
    if (value === undefined) isKnown = false;
    return value ?? "";
  };
  const result = text.replace(/\\(["\\$`])|\$\{(\w+)\}|\$(\w+)/g, put);
  return isKnown ? result : undefined;
}

/** The word as it is where values are not split, as after the sign of an assignment. */
export function wholeWord({ parts, source }: Written): Word {
  const texts = parts.map(({ text }) => text);
  return { text: texts.includes(undefined) ? undefined : texts.join(""), source };
}

/** The words it makes where values without quotes are split at blanks and vanish where they are empty. */
export function splitWords({ parts, source }: Written): Word[] {
  const texts: string[] = [];
  let goesOn = false;
  for (const { text, isSplit } of parts) {
    if (text === undefined) return [{ text, source }];
    for (const [index, piece] of (isSplit ? text.split(/[ \t\n]+/) : [text]).entries()) {
      if (index > 0) goesOn = false;
      if (isSplit && piece === "") continue;
      texts.push(goesOn ? `${texts.pop()}${piece}` : piece);
      goesOn = true;
    }
  }
  return texts.map((text) => ({ text, source }));
}
