import type { Service } from "./service.js";
import type { SourceRef } from "./source-ref.js";
import type { FactValue, PathKind } from "./topology.js";

/** Where a catalogue's statement comes from. */
export interface Citation {
  readonly document: string;
  readonly section: string;
  readonly note?: string;
}

/** A service by name, as catalogues define it. */
export interface NamedService {
  readonly name: string;
  readonly services: readonly Service[];
  readonly citation?: Citation;
  /** The requirement asks for it only where these hold; binding leaves it out otherwise. */
  readonly when?: readonly FactCondition[];
}

/**
 * A condition over a stated fact of the topology (the default) or of one end of the flow, which falls back to the
 * topology's. For a requirement it holds when the fact is not stated; a prerequisite is then unchecked.
 */
export interface FactCondition {
  readonly fact: string;
  readonly equals: FactValue;
  readonly of?: "topology" | "source" | "destination";
}

/** One flow a catalogue requires (`allow`) or forbids (`deny`), between every pair of components with the roles. */
export interface FlowRequirement {
  /** `ID-variant` names one reading or part of `ID`. */
  readonly id: string;
  readonly title: string;
  readonly expect: "allow" | "deny";
  /** Roles: every component that plays one of them. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly services: readonly NamedService[];
  readonly paths: readonly PathKind[];
  /** `different-site`: only pairs whose networks belong to different sites. */
  readonly pairs: "all" | "different-site" | "same-site";
  /**
   * Names the request is for, where the flow may go over a proxy; empty: the destination's own names.
   * `name` is that name, `*.name` every name below it, `.name` both.
   */
  readonly hosts: readonly string[];
  /** An account a proxy on the way must be able to authenticate. */
  readonly account?: string;
  readonly when: readonly FactCondition[];
  readonly purpose: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** `YYYY-MM-DD`, the last day on which it holds. */
  readonly expires?: string;
  readonly citations: readonly Citation[];
  /** Ids of contradictions that this requirement is one reading of. */
  readonly readings: readonly string[];
  readonly at: SourceRef;
}

/** A place where the source disagrees with itself, and how it is treated. */
export interface Contradiction {
  readonly id: string;
  readonly title: string;
  readonly readings: readonly string[];
  readonly treatedAs: string;
  readonly citations: readonly Citation[];
  readonly at: SourceRef;
}

/** A demand of the source that is no flow. */
export interface Prerequisite {
  readonly id: string;
  readonly title: string;
  /** Each is asked and answered by itself. */
  readonly checks: readonly PrerequisiteCheck[];
  readonly citations: readonly Citation[];
  readonly at: SourceRef;
}

/** A number to compare: given, a fact of the component asked about, or drawn from a fact over every player of a role. */
export type Quantity =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "fact"; readonly fact: string }
  | { readonly kind: "sum" | "largest"; readonly fact: string; readonly role: string };

/**
 * - `at-most` / `at-least`: the value (each, where the fact is a list) is within the bound;
 * - `one-of` / `none-of`: the fact (each of a list) is, or is not, among the values;
 * - `ascii`: the fact (each of a list) is text without characters outside ASCII;
 * - `informative`: nothing to compare, listed for the reader.
 */
export type PrerequisiteComparison =
  | { readonly kind: "at-most" | "at-least"; readonly value: Quantity; readonly bound: Quantity }
  | { readonly kind: "one-of" | "none-of"; readonly fact: string; readonly values: readonly FactValue[] }
  | { readonly kind: "ascii"; readonly fact: string }
  | { readonly kind: "informative" };

/** A question to each component with `role` (absent: to the topology as a whole) for which `when` holds. */
export interface PrerequisiteCheck {
  readonly role?: string;
  readonly when: readonly FactCondition[];
  readonly severity: "error" | "warning";
  /** What is demanded, for people. */
  readonly statement: string;
  readonly comparison: PrerequisiteComparison;
}

/** A deployment a source describes: what of a catalogue applies to it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly prerequisites: readonly string[];
}

/** A vendor's port list as data. */
export interface Catalogue {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly roles: ReadonlyMap<string, string>;
  readonly requirements: readonly FlowRequirement[];
  readonly contradictions: readonly Contradiction[];
  readonly prerequisites: readonly Prerequisite[];
  readonly scenarios: readonly Scenario[];
}
