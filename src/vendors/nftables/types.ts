/** Rule sets of nftables in their own words, the same for its text and its JSON. */
import type { LineLedger } from "../../syntax/line-ledger.js";
import type { AddressFile } from "../netfilter/linux-interfaces.js";
import type { RouteFile } from "../netfilter/routes.js";

/** A value, a field of the packet, or something made of them. */
export type Expression =
  | { readonly kind: "value"; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: "variable" | "reference"; readonly name: string }
  /** Canonical name, e.g. `ip saddr`, `meta l4proto`, `ct original ip saddr`, `@th,16,16`. */
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "prefix"; readonly address: Expression; readonly length: number }
  | { readonly kind: "range"; readonly first: Expression; readonly last: Expression }
  | { readonly kind: "concat" | "list"; readonly parts: readonly Expression[] }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "set"; readonly elements: readonly Element[] }
  | { readonly kind: "map"; readonly key: Expression; readonly map: Expression }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  /** Words this reader has no meaning for. */
  | { readonly kind: "other"; readonly text: string };

export type BinaryOperator = "|" | "^" | "&" | "<<" | ">>";

/** A limit or another condition that an element carries. */
export interface Carried {
  readonly condition?: string;
  /** What the condition's text leaves out. */
  readonly details?: string;
}

/** One element of a set, or one entry of a map. */
export interface Element extends Carried {
  readonly key: Expression;
  readonly value?: Expression;
  /** True iff the element goes away by itself. */
  readonly expires: boolean;
  /** How long it stays, where it says so itself. */
  readonly timeout?: string;
}

export type Verdict =
  | { readonly kind: "accept" | "drop" | "continue" | "return" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

/** How a match compares; `implicit` is the bare form `tcp flags syn`. */
export type Operator = "implicit" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "!";

export type NatAction = "dnat" | "snat" | "masquerade" | "redirect";

/** One statement of a rule; they run in order, and one that does not hold ends the rule. */
export type Statement =
  | { readonly kind: "match"; readonly left: Expression; readonly operator: Operator; readonly right: Expression }
  | { readonly kind: "vmap"; readonly key: Expression; readonly map: Expression }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  /** The kind of answer may demand something of the packet: `reject with tcp reset` matches tcp only. */
  | { readonly kind: "reject"; readonly demands?: "tcp" | "icmp" | "icmpv6" }
  | {
      readonly kind: "nat";
      readonly action: NatAction;
      readonly family?: string;
      readonly addresses?: Expression;
      readonly ports?: Expression;
      readonly flags: readonly string[];
      readonly text: string;
    }
  | { readonly kind: "notrack" }
  | { readonly kind: "assign"; readonly field: string; readonly value: Expression; readonly text: string }
  /** `details`: what the text leaves out, as below. */
  | { readonly kind: "update"; readonly set: string; readonly text: string; readonly details?: string }
  /** Hands the connection to a flowtable. */
  | { readonly kind: "offload"; readonly text: string }
  /** Logs, counts or changes something that no packet field of the model holds. */
  | { readonly kind: "pass"; readonly text: string }
  /** May hold or not, e.g. a limit. */
  | { readonly kind: "condition"; readonly text: string; readonly details?: string }
  /** May accept, drop or go on. */
  | { readonly kind: "unknown"; readonly text: string; readonly details?: string };

/** One rule with the lines it stands on. */
export interface Rule {
  readonly statements: readonly Statement[];
  readonly line: number;
  readonly endLine: number;
  readonly problem?: string;
}

/** A table's family and name. */
export interface TableName {
  readonly family: string;
  readonly name: string;
}

/** Where a base chain hangs. */
export interface HookSpec {
  readonly type: string;
  readonly hook: string;
  /** A name such as `filter`, a number, a variable; absent: none was given. */
  readonly priority?: Expression;
  readonly offset: number;
  readonly devices: readonly Expression[];
}

/** What a set or map is told to be, its elements apart; what it carries itself, each element does that carries nothing. */
export interface SetSpec extends Carried {
  readonly flags: readonly string[];
  /** How long an element stays that does not say so itself. */
  readonly timeout?: string;
  /** How many elements there is room for. */
  readonly size?: string;
}

/** Where a rule is put among the others of its chain; `unclear` asks for a handle that the text does not tell. */
export type RulePlace =
  | { readonly kind: "end" }
  | { readonly kind: "start" }
  | { readonly kind: "unclear" }
  | { readonly kind: "before" | "after" | "replace"; readonly index: number };

/** One step in the making of a rule set, with the physical line it starts on. */
export type Command = { readonly line: number } & (
  | { readonly kind: "table"; readonly table: TableName; readonly flags: readonly string[] }
  | {
      readonly kind: "chain";
      readonly table: TableName;
      readonly chain: string;
      readonly hook?: HookSpec;
      readonly policy?: string;
    }
  | {
      readonly kind: "rule";
      readonly table: TableName;
      readonly chain: string;
      readonly rule: Rule;
      readonly place: RulePlace;
    }
  /** A limit or the like, which rules name. */
  | { readonly kind: "object"; readonly table: TableName; readonly name: string; readonly text: string }
  | { readonly kind: "set"; readonly table: TableName; readonly name: string; readonly spec: SetSpec }
  | {
      readonly kind: "elements";
      readonly action: "add" | "delete";
      readonly table: TableName;
      readonly name: string;
      readonly elements: readonly Element[];
    }
  | { readonly kind: "define"; readonly name: string; readonly value: Expression | undefined }
  | { readonly kind: "include"; readonly path: string }
  /** Something of the rule set that could not be read: it may be anything. */
  | { readonly kind: "unread"; readonly text: string }
  /** Empties; without a table everything. */
  | { readonly kind: "flush"; readonly what: string; readonly table?: TableName; readonly name?: string }
  | { readonly kind: "delete"; readonly what: string; readonly table: TableName; readonly name?: string }
  | { readonly kind: "delete-rule"; readonly table: TableName; readonly chain: string; readonly index?: number }
);

/** One file of commands: a listing, a script or JSON. */
export interface CommandFile {
  readonly kind: "commands";
  readonly file: string;
  readonly commands: readonly Command[];
  /** The fates of the lines that are no rules. */
  readonly ledger: LineLedger;
}

/** One export of the machine that runs nftables. */
export type NftablesConfig = CommandFile | AddressFile | RouteFile;
