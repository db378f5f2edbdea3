/** Says a rule in full, where its ace leaves something open. */

/** A text that two rules have in common only if they say the same, whatever they are called and wherever they stand. */
export function meaningOf({ name: _, ...rule }: { readonly name: string }): string {
  return JSON.stringify(rule, withoutPlace);
}

/** For `JSON.stringify`: what is said, wherever it stands. */
export function withoutPlace(key: string, part: unknown): unknown {
  return key === "line" || key === "endLine" || key === "description" ? undefined : part;
}
