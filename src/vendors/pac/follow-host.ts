/** Rewrites a script so that it can be asked for every name below a suffix at once. */

/** Functions that take the name as it is, and answer for all names or for some. */
const FOLLOWED = new Set([
  "dnsDomainIs",
  "dnsDomainLevels",
  "isInNet",
  "isInNetEx",
  "isPlainHostName",
  "isResolvable",
  "isResolvableEx",
  "localHostOrDomainIs",
  "shExpMatch",
]);

const BEFORE_COMPARISON = new Set(["(", "&&", "||", "return", "?", "=", ",", ":"]);
const AFTER_COMPARISON = new Set([")", "&&", "||", ";", "?", ",", ":"]);

interface Token {
  readonly kind: "word" | "text" | "mark";
  readonly text: string;
}

/**
 * The script with each comparison of the name replaced by a question; undefined where it does anything else with the
 * name than asking helpers about it, or looks at the URL. Then what holds for one name says nothing of the others.
 */
export function followHost(source: string): string | undefined {
  const tokens = tokensOf(source);
  const signature = tokens && signatureIn(tokens);
  if (tokens === undefined || signature === undefined) return undefined;
  const { end, url, host } = signature;
  const before = tokens.slice(0, end - SIGNATURE_LENGTH);
  const body = tokens.slice(end);
  if ([...before, ...body].some((token) => isForbidden(token, url)) || redefinesHelper(tokens)) return undefined;
  if (before.some((token) => isWord(token, host))) return undefined;
  const followed = rewrite(body, host);
  return followed && [...tokens.slice(0, end), ...followed].map(({ text }) => text).join(" ");
}

/** True unless the script surely never looks at the URL it is given. */
export function readsUrl(source: string): boolean {
  const tokens = tokensOf(source);
  const signature = tokens && signatureIn(tokens);
  if (tokens === undefined || signature === undefined) return true;
  const { end, url } = signature;
  return [...tokens.slice(0, end - SIGNATURE_LENGTH), ...tokens.slice(end)].some((token) => isForbidden(token, url));
}

const SIGNATURE_LENGTH = 7;

/** The place after `function FindProxyForURL(url, host)`, with the names of its parameters. */
function signatureIn(tokens: readonly Token[]): { end: number; url: string; host: string } | undefined {
  const start = tokens.findIndex(({ text }) => text === "FindProxyForURL") - 1;
  const words = tokens.slice(Math.max(0, start), start + SIGNATURE_LENGTH).map(({ text }) => text);
  const [, , , url = "", , host = ""] = words;
  const isPlain = words.join(" ") === `function FindProxyForURL ( ${url} , ${host} )` && url !== host;
  return isPlain ? { end: start + SIGNATURE_LENGTH, url, host } : undefined;
}

function isWord({ kind, text }: Token | undefined = NOTHING, word: string): boolean {
  return kind === "word" && text === word;
}

const NOTHING: Token = { kind: "mark", text: "" };

// The name can only be reached by its own word, the function's arguments, or code made from text inside the function.
function isForbidden({ kind, text }: Token, url: string): boolean {
  if (kind !== "word") return false;
  return text === url || ["FindProxyForURL", "arguments", "eval"].includes(text) || text.startsWith("__");
}

function redefinesHelper(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ kind, text }, i) =>
      kind === "word" && (FOLLOWED.has(text) || text === "dnsResolve") && !isCall(tokens[i - 1], tokens[i + 1]),
  );
}

function isCall(before: Token | undefined, after: Token | undefined): boolean {
  return after?.text === "(" && !["function", ".", "new"].includes(before?.text ?? "");
}

function rewrite(body: readonly Token[], host: string): Token[] | undefined {
  const result: Token[] = [];
  for (let i = 0; i < body.length; i++) {
    const token = body[i] as Token;
    const rest = body.slice(i, i + 7).map(({ text }) => text);
    if (startsWith(rest, ["dnsResolve", "(", host, ")"]) && endsWith(result, ["isInNet", "("])) {
      result.push(word(host));
      i += 3;
    } else if (startsWith(rest, [host, "=", host, ".", "toLowerCase", "(", ")"])) {
      result.push(word("0")); // a browser has made it lower case before
      i += 6;
    } else if (!isWord(token, host)) result.push(token);
    else if (isArgument(result, rest[1])) result.push(token);
    else {
      const question = comparison(result[result.length - 1], body.slice(i, i + 4), host);
      if (question === undefined) return undefined;
      result.push(...question);
      i += 2;
    }
  }
  return result;
}

function startsWith(rest: readonly string[], words: readonly string[]): boolean {
  return words.every((text, i) => rest[i] === text);
}

function endsWith(result: readonly Token[], words: readonly string[]): boolean {
  return words.every((text, i) => result[result.length - words.length + i]?.text === text);
}

function isArgument(result: readonly Token[], next: string | undefined): boolean {
  const helper = result[result.length - 2];
  return result[result.length - 1]?.text === "(" && FOLLOWED.has(helper?.text ?? "") && (next === "," || next === ")");
}

function comparison(before: Token | undefined, tokens: readonly Token[], host: string): Token[] | undefined {
  const [, operator, literal, after] = tokens;
  const isWhole = BEFORE_COMPARISON.has(before?.text ?? "") && AFTER_COMPARISON.has(after?.text ?? "");
  if (!isWhole || literal?.kind !== "text" || !/^[!=]==?$/.test(operator?.text ?? "")) return undefined;
  const negated = operator?.text.startsWith("!") === true ? "!" : "";
  return [word(`${negated}__is(${host}, ${literal.text})`)];
}

function word(text: string): Token {
  return { kind: "word", text };
}

const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[\p{L}\p{N}_$]+/uy;
const TEXT = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const PATTERN = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const MARK = /===|!==|==|!=|&&|\|\||[^`\\\p{L}\p{N}_$\s"']/uy;

/** Undefined where the text holds what this small reading of the language does not cover. */
function tokensOf(source: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(source) ?? [];
    at += found?.length ?? 0;
    return found;
  };
  const read = (): Token | undefined => {
    const name = take(WORD);
    if (name !== undefined) return word(name);
    const text = take(TEXT);
    if (text !== undefined) return { kind: "text", text };
    const mark = (beginsPattern(tokens[tokens.length - 1]) ? take(PATTERN) : undefined) ?? take(MARK);
    return mark === undefined ? undefined : { kind: "mark", text: mark };
  };
  for (take(SPACE); at < source.length; take(SPACE)) {
    const token = read();
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

function beginsPattern(before: Token | undefined): boolean {
  return before === undefined || before.text === "return" || (before.kind === "mark" && !/[)\]}]$/.test(before.text));
}
