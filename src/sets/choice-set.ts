/** An exact set of words over an open vocabulary: the words listed, or every word but those. */
export interface ChoiceSet {
  readonly isComplement: boolean;
  readonly words: ReadonlySet<string>;
}

export const NO_WORDS: ChoiceSet = { isComplement: false, words: new Set() };
export const ALL_WORDS: ChoiceSet = { isComplement: true, words: new Set() };

/** The set of exactly these words. */
export function wordsOf(words: Iterable<string>): ChoiceSet {
  return { isComplement: false, words: new Set(words) };
}

/** True iff the word is in the set. */
export function hasWord(set: ChoiceSet, word: string): boolean {
  return set.words.has(word) !== set.isComplement;
}

/** Every word not in the set. */
export function complementWords(set: ChoiceSet): ChoiceSet {
  return { isComplement: !set.isComplement, words: set.words };
}

/** The words in both. */
export function intersectWords(a: ChoiceSet, b: ChoiceSet): ChoiceSet {
  if (a.isComplement && b.isComplement) return { isComplement: true, words: new Set([...a.words, ...b.words]) };
  const [listed, other] = a.isComplement ? [b, a] : [a, b];
  return wordsOf([...listed.words].filter((word) => hasWord(other, word)));
}

/** The words of `a` that are not in `b`. */
export function subtractWords(a: ChoiceSet, b: ChoiceSet): ChoiceSet {
  return intersectWords(a, complementWords(b));
}

/** The words in either. */
export function uniteWords(a: ChoiceSet, b: ChoiceSet): ChoiceSet {
  return complementWords(intersectWords(complementWords(a), complementWords(b)));
}

/** True iff the set holds no word; the vocabulary is open, so a complement never is empty. */
export function isEmptyWords(set: ChoiceSet): boolean {
  return !set.isComplement && set.words.size === 0;
}

/** A word of the set, the first of `preferred` in it if there is one; undefined iff the set is empty. */
export function someWord(set: ChoiceSet, preferred: readonly string[]): string | undefined {
  const liked = preferred.find((word) => hasWord(set, word));
  if (liked !== undefined) return liked;
  if (!set.isComplement) return set.words.values().next().value;
  let other = "x";
  while (set.words.has(other)) other += "x";
  return other;
}

/** Text of the set for people. */
export function formatWords(set: ChoiceSet): string {
  const listed = [...set.words].sort().join(",");
  if (!set.isComplement) return listed;
  return set.words.size === 0 ? "any" : `any but ${listed}`;
}
