/** Decides for every name that ends in a suffix at once whether a glob fits it. */

/** `suffix` begins with a dot. True: every such name fits; false: none does; undefined: some may. */
export function matchSuffix(suffix: string, pattern: string): boolean | undefined {
  if (pattern === "*") return true;
  const isEnd = pattern.startsWith("*");
  const rest = isEnd ? pattern.slice(1) : pattern;
  if (/[*?[\](){}+^$|\\]/.test(rest)) return undefined;
  if (isEnd && suffix.endsWith(rest)) return true;
  return rest.endsWith(suffix) ? undefined : false;
}
