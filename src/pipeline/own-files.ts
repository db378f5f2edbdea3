/** Tells the files people write for flowproof from the exports it reads. */

/** What a text is of flowproof's own; undefined: neither. */
export function ownKindOf(text: string): "topology" | "catalogue" | undefined {
  return KINDS.find((kind) => new RegExp(`^${kind}[ \\t]*:`, "m").test(text));
}

const KINDS = ["topology", "catalogue"] as const;
