/** What Azure exports say about the names that rules use. */
import type { AddressRange } from "../../model/address.js";

/** One tag of a service-tags file; its prefixes are text until a rule uses the tag, for the file holds 80,000. */
export interface ServiceTag {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly line: number;
}

/** A resource that gives a list of addresses a name; its members are text, and not all of them need be addresses. */
export type IpGroup = ServiceTag;

/** The names one file gives content to, by lower-case name. */
export interface NameSource {
  readonly file: string;
  readonly serviceTags: ReadonlyMap<string, ServiceTag>;
  readonly ipGroups: ReadonlyMap<string, IpGroup>;
  /** Address space of each virtual network: `VirtualNetwork` holds at least that of the network a group is used in. */
  readonly networkSpaces: readonly (readonly AddressRange[])[];
  /** Members of application security groups: each group holds at least these. */
  readonly applicationGroups: ReadonlyMap<string, readonly AddressRange[]>;
}
