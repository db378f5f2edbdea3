/** The kernel's sets of a device, turned into defined sets as the rules come to use them. */
import type { DefinedSet } from "../../model/device.js";
import type { Tuple } from "../../model/matches.js";
import { dimensionsOf, type SetDirections, tuplesOf } from "./set-elements.js";
import type { KernelSet } from "./types.js";

/** A defined set to refer to, and what of the packet it is compared with. */
export interface SetUse {
  readonly reference: string;
  readonly compares: "source" | "destination" | "service" | "tuple";
  readonly asksForInterface: boolean;
}

/** Resolves set names; every set that a rule uses ends up in `definedSets`. */
export class SetCatalogue {
  private readonly byName: ReadonlyMap<string, KernelSet>;
  private readonly stated: ReadonlyMap<string, KernelSet>;
  private readonly uses = new Map<string, SetUse | "never" | undefined>();
  private readonly defined = new Map<string, DefinedSet>();
  private readonly contents = new Map<string, string>();

  /**
   * `changing`: by name of a set the rules that add to or delete from it, so that an export says little of it; `stated`:
   * sets that stand in for those the exports lack, by lower-case name.
   */
  constructor(
    sets: readonly KernelSet[],
    private readonly changing: ReadonlyMap<string, string>,
    stated: readonly KernelSet[],
  ) {
    this.byName = new Map(sets.map((set) => [set.name, set]));
    this.stated = new Map(stated.map((set) => [set.name, set]));
  }

  /** True iff the content of the set is known. */
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  private find(name: string): KernelSet | undefined {
    const stated = this.stated.get(name.toLowerCase());
    return this.byName.get(name) ?? (stated && { ...stated, name });
  }

  /** All that the exports say of a set and of its members, and who changes them; nothing where they lack it. */
  contentOf(name: string): string {
    const set = this.find(name);
    if (set === undefined) return this.changing.get(name) ?? "";
    const known = this.contents.get(name) ?? JSON.stringify(this.listed(set));
    this.contents.set(name, known);
    return known;
  }

  private listed({ name, type, options, elements }: KernelSet): unknown[] {
    const members = type === "list:set" ? elements.flatMap(({ text }) => this.byName.get(text) ?? []) : [];
    const plain = members.filter((member) => member.type !== type);
    const own = elements.map((element) => [element.text, element.options]);
    return [type, options, own, plain.map((one) => this.listed(one)), this.changing.get(name) ?? null];
  }

  definedSets(): DefinedSet[] {
    return [...this.defined.values()];
  }

  /** How a rule compares with the set; `never` iff it cannot match; undefined iff that is not known. */
  use(name: string, directions: SetDirections): SetUse | "never" | undefined {
    const key = `${name} ${directions.join(",")}`;
    if (!this.uses.has(key)) this.uses.set(key, this.resolve(name, directions));
    return this.uses.get(key);
  }

  private resolve(name: string, directions: SetDirections): SetUse | "never" | undefined {
    const set = this.find(name);
    const parts = set && this.partsOf(set, directions);
    if (set === undefined || parts === undefined) return undefined;
    if (parts.length === 0) return "never";
    const tuples: Tuple[] = [];
    for (const part of parts) {
      const read = this.changing.has(part.name) ? undefined : tuplesOf(part, directions);
      if (read === undefined) return undefined;
      for (const tuple of read) tuples.push(tuple);
    }
    return this.define(set, parts, directions, tuples);
  }

  /** The sets that are asked: the set itself, or the members of a list that have no more dimensions than the rule names. */
  private partsOf(set: KernelSet, directions: SetDirections): readonly KernelSet[] | undefined {
    if (this.changing.has(set.name)) return undefined;
    const parts = set.type === "list:set" ? set.elements.map(({ text }) => this.byName.get(text)) : [set];
    if (!parts.every((part) => part !== undefined && part.type !== "list:set")) return undefined;
    return parts.filter((part) => part !== undefined).filter((part) => dimensionsOf(part).length <= directions.length);
  }

  private define(
    set: KernelSet,
    parts: readonly KernelSet[],
    directions: SetDirections,
    tuples: readonly Tuple[],
  ): SetUse {
    const at = { file: set.file, line: set.line, structure: `set ${set.name}` };
    const side = directions[0] === "src" ? "source" : "destination";
    const types = new Set(parts.map((part) => dimensionsOf(part).join(",")));
    const asksForInterface = [...types].some((type) => type.endsWith("iface"));
    if ([...types].every((type) => type === "ip" || type === "net")) {
      const members = tuples.flatMap((tuple) => tuple[side] ?? []).map((literal) => ({ literal }));
      this.defined.set(set.name, { kind: "prefix", name: set.name, at, members });
      return { reference: set.name, compares: side, asksForInterface };
    }
    const name = `${set.name} ${directions.join(",")}`;
    if (types.size === 1 && types.has("port")) {
      const members = tuples.flatMap(({ service }) => service ?? []).map((literal) => ({ literal }));
      this.defined.set(name, { kind: "service", name, at, members });
      return { reference: name, compares: "service", asksForInterface };
    }
    this.defined.set(name, { kind: "tuple", name, at, members: tuples.map((literal) => ({ literal })) });
    return { reference: name, compares: "tuple", asksForInterface };
  }
}
