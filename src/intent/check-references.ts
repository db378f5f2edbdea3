/** Finds names of a topology that stand for nothing, for the wrong thing or for two things. */

import { helpForName } from "../model/near-names.js";
import type { ThingKind, TopologyDraft } from "./topology-draft.js";

/** Comparing a misspelt name with all others is slow, so only the first ones get a hint. */
const MAX_HINTS = 50;

/** Reports names defined twice and references to what does not exist or is of another kind. */
export function checkReferences(draft: TopologyDraft): void {
  const defined = new Map<string, { kind: ThingKind; line: number }>();
  for (const { kind, name } of draft.definitions) {
    const first = defined.get(name.text);
    if (first === undefined) defined.set(name.text, { kind, line: name.at.line });
    else draft.error("repeated-name", name.at, `\`${name.text}\` is already the ${first.kind} on line ${first.line}`);
  }
  let hints = 0;
  for (const { kinds, name } of draft.references) {
    const found = defined.get(name.text);
    const wanted = kinds.join(" or ");
    if (found === undefined) {
      const help = hints++ < MAX_HINTS ? suggest(name.text, kinds, draft) : undefined;
      draft.error("unknown-name", name.at, `there is no ${wanted} \`${name.text}\``, help);
    } else if (!kinds.includes(found.kind)) {
      draft.error("wrong-kind", name.at, `\`${name.text}\` is a ${found.kind}, and a ${wanted} belongs here`);
    }
  }
}

function suggest(name: string, kinds: readonly ThingKind[], draft: TopologyDraft): string | undefined {
  const candidates = draft.definitions.filter(({ kind }) => kinds.includes(kind)).map((thing) => thing.name.text);
  return helpForName(name, candidates);
}
