/** The exports of a Linux packet filter in their own words, before anything is made of them. */
import type { Family } from "../../model/address.js";
import type { LineAccount } from "../../model/diagnostic.js";
import type { AddressFile } from "../netfilter/linux-interfaces.js";
import type { RouteFile } from "../netfilter/routes.js";

/** One option of a match or target, e.g. `! --dport 22`; `name` is the option's main spelling. */
export interface Option {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** One use of a match module with its options; the options every rule may have (`-s`, `-p`, `-i`, …) are module "". */
export interface MatchUse {
  readonly module: string;
  readonly options: readonly Option[];
}

/** What a rule does with the packets it matches. */
export interface Target {
  readonly kind: "jump" | "goto";
  readonly name: string;
  readonly options: readonly Option[];
}

/** One rule. Without a target it only counts. */
export interface Rule {
  readonly line: number;
  /** First the options of every rule, then the modules in order. */
  readonly matches: readonly MatchUse[];
  readonly target?: Target;
  /** What could not be read of the rule; the kernel would refuse it, or it is newer than this reader. */
  readonly problems: readonly string[];
  /** How many rules the kernel makes of it: address lists multiply. */
  readonly weight: number;
}

/** A chain; `policy` is absent for a chain a user made. */
export interface Chain {
  readonly name: string;
  readonly line: number;
  readonly policy?: string;
  readonly rules: readonly Rule[];
  /** Absent: the file of its table. */
  readonly file?: string;
  /** Why rules that are not among the exports may stand before its own; absent: none do. */
  readonly missing?: string;
  /** A tool makes it by itself: no line of an export holds its rules. */
  readonly isImplied?: true;
}

/** One table of one family. */
export interface Table {
  readonly name: string;
  readonly family: Family;
  readonly file: string;
  readonly line: number;
  readonly chains: ReadonlyMap<string, Chain>;
  /** Lines that could not be read and may have been rules of any chain, in order. */
  readonly unreadable: readonly number[];
  /** False iff the text ends before the table does. */
  readonly isComplete: boolean;
}

/** Output of iptables-save, ip6tables-save, or both in one file. */
export interface RuleFile {
  readonly kind: "rules";
  readonly file: string;
  readonly tables: readonly Table[];
  /** Fates of the lines that are no rules. */
  readonly lines: readonly LineAccount[];
  /** What ufw is told apart from rules; absent iff the text is none of its own. */
  readonly ufw?: UfwSettings;
}

/** Where ufw applies a default. */
export type UfwDirection = "input" | "output" | "forward";

/** What becomes of packets that no rule of ufw decides, as far as the text says so. */
export interface UfwSettings {
  /** False iff ufw says that it has loaded no rules. */
  readonly isActive: boolean;
  /** True iff ufw is told to leave IPv6 alone, which closes it but for packets to itself; undefined: not told. */
  readonly closesIpv6: boolean | undefined;
  readonly policies: Readonly<Partial<Record<UfwDirection, { readonly policy: string; readonly line: number }>>>;
}

/** One element of a set as written, with its options such as `nomatch`. */
export interface SetElement {
  readonly text: string;
  readonly options: readonly string[];
  readonly line: number;
}

/** A set of the kernel, e.g. type `hash:ip,port`; `options` as written after the type. */
export interface KernelSet {
  readonly name: string;
  readonly type: string;
  readonly options: readonly string[];
  readonly elements: readonly SetElement[];
  readonly file: string;
  readonly line: number;
}

/** Output of `ipset save`. */
export interface SetFile {
  readonly kind: "sets";
  readonly file: string;
  readonly sets: readonly KernelSet[];
  readonly lines: readonly LineAccount[];
}

/** One export of a Linux packet filter. */
export type IptablesConfig = RuleFile | SetFile | AddressFile | RouteFile;

/** Every rule of the tables, chain by chain. */
export function* rulesOf(tables: readonly Table[]): Generator<Rule, void> {
  for (const { chains } of tables) for (const { rules } of chains.values()) yield* rules;
}
