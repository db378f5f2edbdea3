/** Splits a line into words as iptables-restore and ipset restore do: blanks separate, double quotes group. */

/** The words of a line. `quoted` holds the indexes of words that stood in quotes, so that `"-j"` is no option. */
export interface ShellWords {
  readonly words: readonly string[];
  readonly quoted: ReadonlySet<number>;
  /** True iff the line ends inside quotes. */
  readonly unclosed: boolean;
}

const NONE_QUOTED: ReadonlySet<number> = new Set();

function wordsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === "" ? [] : trimmed.split(/\s+/);
}

/** The words of a line; inside quotes a backslash takes the next character as it is, outside it is a character. */
export function splitShellWords(line: string): ShellWords {
  if (!line.includes('"')) return { words: wordsOf(line), quoted: NONE_QUOTED, unclosed: false };
  const words: string[] = [];
  const quoted = new Set<number>();
  let word = "";
  let isOpen = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (isOpen && character === "\\" && i + 1 < line.length) word += line[++i];
    else if (character === '"') {
      // a closing quote ends the word, and an empty pair of quotes is a word (iptables xshared.c, add_param_to_argv)
      if (isOpen) word = endWord(words, word);
      else quoted.add(words.length);
      isOpen = !isOpen;
    } else if (isOpen || !/\s/.test(character)) word += character;
    else if (word !== "") word = endWord(words, word);
  }
  if (word !== "" || isOpen) words.push(word);
  return { words, quoted, unclosed: isOpen };
}

function endWord(words: string[], word: string): "" {
  words.push(word);
  return "";
}
