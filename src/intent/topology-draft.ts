import type { AddressRange } from "../model/address.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import type { TagUse } from "../model/topology.js";
import { problem } from "./problem.js";
import { readRange } from "./read-address.js";
import type { Located } from "./yaml-value.js";

/** The kinds of things a topology names; all share one space of names. */
export type ThingKind = "network" | "link" | "component" | "device" | "proxy";

/** What reading a topology leaves to be checked once everything in it is known. */
export class TopologyDraft {
  readonly diagnostics: Diagnostic[] = [];
  readonly definitions: { readonly kind: ThingKind; readonly name: Located }[] = [];
  readonly references: { readonly kinds: readonly ThingKind[]; readonly name: Located }[] = [];
  /** Prefixes of networks. */
  readonly prefixes: { readonly network: string; readonly range: AddressRange; readonly at: SourceRef }[] = [];
  /** Addresses of components. */
  readonly addresses: {
    readonly component: string;
    readonly ranges: readonly AddressRange[];
    readonly written: Located;
  }[] = [];
  /** Ends of links. */
  readonly ends: { readonly link: string; readonly end: Located }[] = [];
  /** Places where a device must have an interface: the `via` of a route and the like. */
  readonly exits: { readonly device: string; readonly name: Located }[] = [];

  /** `tag:NAME` in place of an address. */
  readonly tagUses: TagUse[] = [];

  error(code: string, at: SourceRef, message: string, help?: string): void {
    this.diagnostics.push(problem("error", `topology/${code}`, at, message, help));
  }

  warning(code: string, at: SourceRef, message: string, help?: string): void {
    this.diagnostics.push(problem("warning", `topology/${code}`, at, message, help));
  }

  /** Notes that the names have to be of things of these kinds, and gives them as plain text. */
  refer(kinds: readonly ThingKind[], names: readonly Located[]): string[] {
    for (const name of names) this.references.push({ kinds, name });
    return names.map(({ text }) => text);
  }

  /** The ranges each text denotes, with its place; a text that denotes none is reported and left out. */
  ranges(texts: readonly Located[]): { range: AddressRange; at: SourceRef }[] {
    return texts.flatMap(({ text, at }) => {
      const read = readRange(text);
      if ("ranges" in read) return read.ranges.map((range) => ({ range, at }));
      this.error("not-an-address", at, read.mistake, read.help);
      return [];
    });
  }
}
