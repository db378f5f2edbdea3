/** What the names in rules stand for: exact where the platform, a file or the user says so, else a bound. */
import { type AddressRange, PUBLIC_RANGES, parseAddressRange } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import type { AnyOf, Endpoint, Operand } from "../../model/matches.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { ConvertOptions } from "../../model/vendor.js";
import type { NameSource } from "./types.js";

/** A name's addresses: these ranges, and if it is not exact, perhaps others. */
interface Content {
  readonly ranges: readonly AddressRange[];
  readonly isExact: boolean;
  readonly at?: SourceRef;
}

// learn.microsoft.com/azure/virtual-network/service-tags-overview: the virtual address of the host, where health
// probes originate; part of VirtualNetwork too. (page of 2021-04-23)
const PLATFORM_HOST = [parseAddressRange("168.63.129.16") as AddressRange];

// service-tags-overview, note on the classic deployment model
const CLASSIC_SPELLINGS = new Map<string, string>(
  Object.entries({
    azure_loadbalancer: "azureloadbalancer",
    internet: "internet",
    virtual_network: "virtualnetwork",
  }),
);

function literal(range: AddressRange): Operand<Endpoint> {
  return { literal: range };
}

/** Resolves names for the groups of some files and remembers which it was asked for. */
export class NameBook {
  private readonly used = new Map<string, DefinedSet>();

  constructor(
    private readonly files: readonly NameSource[],
    private readonly options: ConvertOptions,
  ) {}

  /** The sets of every name asked for since the last call. */
  takeSets(): DefinedSet[] {
    const sets = [...this.used.values()];
    this.used.clear();
    return sets;
  }

  /** Reference to a service tag; `at` is the rule that names it. */
  tag(name: string, at: SourceRef): { readonly operand: Operand<Endpoint>; readonly isExact: boolean } {
    return this.refer(name, this.tagContent(canonical(name)), at);
  }

  /** Reference to an application security group. */
  applicationGroup(name: string, at: SourceRef): { readonly operand: Operand<Endpoint>; readonly isExact: boolean } {
    const key = name.toLowerCase();
    const stated = this.options.definedSets?.get(key);
    const members = this.files.flatMap(({ applicationGroups }) => applicationGroups.get(key) ?? []);
    const content = stated ? { ranges: stated, isExact: true } : { ranges: members, isExact: false };
    return this.refer(`application group ${name}`, content, at);
  }

  /** Reference to an IP group. */
  ipGroup(name: string, at: SourceRef): { readonly operand: Operand<Endpoint>; readonly isExact: boolean } {
    const key = name.toLowerCase();
    const stated = this.options.definedSets?.get(key);
    const content = stated ? { ranges: stated, isExact: true } : this.listed("ipGroups", key);
    return this.refer(`IP group ${name}`, content ?? { ranges: [], isExact: false }, at);
  }

  /**
   * The `Internet` tag alone on a side: everything outside the virtual network that is reachable by the public internet.
   * Public addresses surely are, others perhaps, and an address of the virtual network is not.
   * (service-tags-overview, row "Internet")
   */
  internet(at: SourceRef): { readonly conditions: readonly AnyOf<Endpoint>[]; readonly isExact: boolean } {
    const stated = this.options.definedSets?.get("internet");
    const network = this.tagContent("virtualnetwork");
    if (stated !== undefined) {
      return { conditions: [{ operands: [this.tag("Internet", at).operand], negated: false }], isExact: true };
    }
    const outside: Operand<Endpoint>[] = network.isExact ? PUBLIC_RANGES.map(literal) : [];
    return {
      conditions: [
        { operands: [...outside, { unresolved: "Internet" }], negated: false },
        { operands: network.ranges.map(literal), negated: true },
      ],
      isExact: network.isExact,
    };
  }

  private refer(
    name: string,
    content: Content,
    at: SourceRef,
  ): { readonly operand: Operand<Endpoint>; readonly isExact: boolean } {
    if (!this.used.has(name)) {
      const members = content.ranges.map(literal);
      const rest: Operand<Endpoint>[] = content.isExact ? [] : [{ unresolved: name }];
      this.used.set(name, { kind: "prefix", name, at: content.at ?? at, members: [...members, ...rest] });
    }
    return { operand: { setRef: name }, isExact: content.isExact };
  }

  private tagContent(key: string): Content {
    const stated = this.options.definedSets?.get(key);
    if (key === "virtualnetwork") return this.virtualNetwork(stated);
    if (stated !== undefined) return { ranges: stated, isExact: true };
    if (key === "azureloadbalancer") return { ranges: PLATFORM_HOST, isExact: true };
    return this.listed("serviceTags", key) ?? { ranges: [], isExact: false };
  }

  /** Its own space, peered networks, what is behind gateways, routes, the host's address: only a user knows them all. */
  private virtualNetwork(stated: readonly AddressRange[] | undefined): Content {
    if (stated !== undefined) return { ranges: [...stated, ...PLATFORM_HOST], isExact: true };
    const spaces = this.files.flatMap(({ networkSpaces }) => networkSpaces);
    const own = spaces.length === 1 ? (spaces[0] as readonly AddressRange[]) : [];
    return { ranges: [...own, ...PLATFORM_HOST], isExact: false };
  }

  private listed(kind: "serviceTags" | "ipGroups", key: string): Content | undefined {
    const lists = this.files.flatMap(({ file, [kind]: named }) => {
      const list = named.get(key);
      return list === undefined ? [] : [{ ...list, at: { file, line: list.line } }];
    });
    const [first, ...others] = lists;
    if (first === undefined) return undefined;
    // Two files that differ about a name: nobody knows which of them holds.
    if (others.some(({ prefixes }) => prefixes.join() !== first.prefixes.join())) return { ranges: [], isExact: false };
    const found = first.prefixes.flatMap((prefix) => parseAddressRange(prefix) ?? []);
    return { ranges: found, isExact: found.length === first.prefixes.length, at: first.at };
  }
}

/** True iff the text is the Internet tag in either spelling. */
export function isInternet(name: string): boolean {
  return canonical(name) === "internet";
}

function canonical(name: string): string {
  const lower = name.toLowerCase();
  return CLASSIC_SPELLINGS.get(lower) ?? lower;
}
