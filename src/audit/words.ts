/** Words that messages of several checks share. */
import { witnessOfAce } from "../compile/ace-boxes.js";
import type { Action } from "../model/acl.js";
import type { Finding } from "../model/finding.js";
import { formatSourceRef, type SourceRef } from "../model/source-ref.js";
import { describeSet } from "../sets/describe.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Rule } from "./rules.js";

const MOST_NAMED = 3;
const MOST_GROUPS = 6;
/** An audit tells many sets: for a first impression of each, so many boxes are enough. */
const MOST_BOXES = 250;

/** What an action does with a packet, e.g. "accepts". */
export function verbOf(action: Action): string {
  switch (action.kind) {
    case "accept":
    case "drop":
    case "reject":
    case "return":
      return `${action.kind}s`;
    case "translate":
      return "translates";
    case "notrack":
      return "untracks";
    case "tag":
      return "marks";
    case "jump":
    case "goto":
      return `sends to \`${action.acl}\``;
    case "pass":
      return "lets pass";
    case "unknown":
      return "does something unknown with";
  }
}

/** "line 4", "lines 4 and 7", "lines 4, 7, 9 and 3 more"; places in other files than `from` with their file. */
export function linesText(places: readonly SourceRef[], from: SourceRef): string {
  const names = places.map((at) => (at.file === from.file ? `${at.line}` : formatSourceRef(at)));
  const shown = names.slice(0, names.length > MOST_NAMED + 1 ? MOST_NAMED : names.length);
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  const list = all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
  return `${names.length === 1 ? "line" : "lines"} ${list}`;
}

/** The packets of a finding as its text shows them, with one of them. */
export function packetsOf(set: PacketSet): Pick<Finding, "packets" | "witness"> {
  const witness = set.witness();
  return { packets: describeSet(set, MOST_GROUPS, MOST_BOXES), ...(witness === undefined ? {} : { witness }) };
}

/** A packet that a rule matches. */
export function exampleOf({ aces }: Rule): Pick<Finding, "witness"> {
  const compiled = aces.map(({ acl, position }) => acl.aces[position]);
  const [only, ...others] = compiled;
  const known = others.length === 0 ? witnessOfAce(only) : undefined;
  const witness = known ?? PacketSet.unionOf(compiled.map(({ matches }) => matches.bounds.possibly)).witness();
  return witness === undefined ? {} : { witness };
}
