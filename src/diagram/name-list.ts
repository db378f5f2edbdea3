const SHOWN_WHOLE = 3;

/** Names as a reader needs them to see who is meant: all of a few, else the first ones and the last. */
export function nameList(names: readonly string[]): string {
  return names.length <= SHOWN_WHOLE ? names.join(", ") : `${names[0]}, ${names[1]} … ${names.at(-1)}`;
}
