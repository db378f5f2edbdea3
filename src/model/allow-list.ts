import type { Ace, Acl } from "./acl.js";
import type { AddressRange, Family } from "./address.js";
import type { Direction, Tracking } from "./device.js";
import type { Parsed } from "./diagnostic.js";
import type { Service } from "./service.js";
import type { SourceRef } from "./source-ref.js";

/** A requirement between two components, as the reason for a rule. */
export interface Reason {
  readonly requirement: string;
  readonly from: string;
  readonly to: string;
  readonly purpose: string;
  /** Who answers for the requirement. */
  readonly owner?: string;
  /** `YYYY-MM-DD`, the last day on which it holds. */
  readonly expires?: string;
  readonly at: SourceRef;
}

/** Packets that begin connections which requirements need: every combination of the listed values. */
export interface AllowEntry {
  readonly family: Family;
  readonly sources: readonly AddressRange[];
  readonly destinations: readonly AddressRange[];
  readonly services: readonly Service[];
  /** Absent: by whichever interface. */
  readonly ingressInterface?: string;
  readonly egressInterface?: string;
  /**
   * Names the connections ask for, in the notation of requirements, where nothing else is known of the destination, which
   * then is every public address.
   */
  readonly hosts?: readonly string[];
  /** At least one, in the order of the requirements. */
  readonly reasons: readonly Reason[];
}

/** What one device has to accept in one direction, addresses as its filter sees them, and nothing else. */
export interface AllowList {
  readonly device: string;
  /** Vendor id of the device's exports; absent: it has none. */
  readonly vendor?: string;
  readonly direction: Direction;
  /** `none`: the entries hold the replies too; `explicit`: packets of known connections are accepted besides them. */
  readonly tracking: Tracking;
  readonly entries: readonly AllowEntry[];
}

/** One file in a vendor's words. */
export interface WrittenText {
  /** Ending of a file's name that fits, e.g. `.v4.rules`. */
  readonly ending: string;
  readonly text: string;
}

/** An allow-list as an acl in which order has no meaning: every ace accepts, the rest is dropped. */
export interface PlacedAcl {
  readonly direction: Direction;
  /** Set iff the vendor keeps the families apart. */
  readonly family?: Family;
  readonly acl: Acl;
}

/** Another way to write the rules of a text: same rules, another tool. */
export interface Notation {
  readonly id: string;
  readonly title: string;
  readonly ending: string;
  /** Throws where `text` is not one that the vendor's own `write` gave. */
  translate(text: string, device: string): string;
}

export type WidenedField = "source ports" | "interfaces";

/** How a vendor writes the allow-lists of one device. */
export interface AllowListWriter {
  /** What the written rules count on for replies. */
  readonly tracking: Tracking;
  /** True iff the rules of the address families are apart. */
  readonly splitsFamilies: boolean;
  /** True iff rules can ask for the names inside connections (`{ requested }` endpoints). */
  readonly holdsNames: boolean;
  /** What its rules know nothing of: lists for it hold every source port, every interface. */
  readonly widens?: readonly WidenedField[];
  /** The vendor's name of the acl of a direction; undefined: it has none there. */
  aclName(direction: Direction, family: Family): string | undefined;
  /** The texts that hold all the lists; none, with an error for each limit, iff the format cannot say them. */
  write(lists: readonly PlacedAcl[], device: string): Parsed<readonly WrittenText[]>;
  readonly notations: readonly Notation[];
}

/** Aces to put into an export, before the ace that stops their packets or in the place of one. */
export interface Insertion {
  readonly direction: Direction;
  /** The aces, named and placed as the acl they go into. */
  readonly acl: Acl;
  /** The ace that stops the packets, or is to be replaced; absent: the acl's end stops them. */
  readonly stoppedBy?: string;
  /** The line of that ace, or of the acl. */
  readonly at: SourceRef;
  /** What takes the place of that ace; absent: it stays. */
  readonly instead?: readonly Ace[];
}

/** An export with aces put in, and the commands that do the same on the device. */
export interface PatchedText {
  readonly text: string;
  readonly commands: readonly string[];
}
