import type { Matches } from "./matches.js";
import type { Translation } from "./nat.js";
import type { SourceRef } from "./source-ref.js";

/**
 * accept, drop and reject end the walk of the stage; jump, goto and return move between acls; pass goes on with the next
 * ace; translate rewrites the packet and ends the stage; notrack sets the state to untracked and goes on; tag changes the
 * packet's tag and goes on; unknown may do any of accept, drop or pass (a target the reader does not know).
 *
 * A tag is how rules of one device pass word to later ones (marks of netfilter): a number below `MOST_TAGS` that stands for
 * something only the device's reader knows. Packets enter every device with tag 0 and leave it without.
 */
export type Action =
  | { readonly kind: "accept" | "drop" | "reject" | "return" | "pass" | "notrack" }
  | { readonly kind: "jump" | "goto"; readonly acl: string }
  | { readonly kind: "translate"; readonly translation: Translation }
  /** By the tag before, the tag after; a tag beyond the list stays. */
  | { readonly kind: "tag"; readonly becomes: readonly number[] }
  | { readonly kind: "unknown"; readonly text: string };

/** Tags are numbers below this. */
export const MOST_TAGS = 64;

/** One rule. */
export interface Ace {
  readonly name: string;
  readonly enabled: boolean;
  readonly matches: Matches;
  readonly action: Action;
  readonly at: SourceRef;
  /** What its author wrote about it, or is to be written: whose it is, until when. */
  readonly remark?: string;
  /** True iff the device logs the packets it matches. */
  readonly logs?: true;
  /** True iff nobody wrote it: the format has it everywhere, or it stands for a gap in the export. */
  readonly isImplied?: true;
  /** What its open conditions and its action mean, where their words name or leave out some of that; equal iff the same. */
  readonly meaning?: string;
  /** The stage is not about these packets: they pass it, and no decision is told. */
  readonly passesBy?: true;
}

/**
 * How an acl decides among the aces that match:
 * - `first-match`: the first in order; - `last-match`: the last in order; - `any-accept`: accept iff some ace accepts;
 * - `drop-overrides`: drop iff some dropping ace matches, else accept iff some accepting one does (Windows Firewall).
 */
export type Evaluation = "first-match" | "last-match" | "any-accept" | "drop-overrides";

/** An ordered list of rules. `defaultAction` applies where no ace decides; in an acl that is only jumped to it is `return`. */
export interface Acl {
  readonly name: string;
  readonly aces: readonly Ace[];
  readonly defaultAction: Action;
  readonly evaluation: Evaluation;
  readonly at: SourceRef;
}

/** The names of the acls that an acl leads to, one for each of its aces that does, disabled ones too. */
export function calledAcls({ aces, defaultAction }: Acl): string[] {
  const actions = [...aces.map(({ action }) => action), defaultAction];
  return actions.flatMap((action) => (action.kind === "jump" || action.kind === "goto" ? [action.acl] : []));
}
