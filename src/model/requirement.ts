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
}

/** A condition over a stated fact; it holds when the fact is not stated. */
export interface FactCondition {
  readonly fact: string;
  readonly equals: FactValue;
}

/** One flow a catalogue requires (`allow`) or forbids (`deny`), between every pair of components with the roles. */
export interface FlowRequirement {
  readonly id: string;
  readonly title: string;
  readonly expect: "allow" | "deny";
  readonly from: string;
  readonly to: string;
  readonly services: readonly NamedService[];
  readonly paths: readonly PathKind[];
  /** `different-site`: only pairs whose networks belong to different sites. */
  readonly pairs: "all" | "different-site" | "same-site";
  /** Names the request is for, where the flow may go over a proxy; empty: the destination's own names. */
  readonly hosts: readonly string[];
  /** An account a proxy on the way must be able to authenticate. */
  readonly account?: string;
  readonly when: readonly FactCondition[];
  readonly purpose: string;
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

/** Comparison of a fact of each component with a role (or of the topology, role absent) with what the source demands. */
export interface Prerequisite {
  readonly id: string;
  readonly title: string;
  readonly role?: string;
  readonly check: PrerequisiteCheck;
  readonly severity: "error" | "warning";
  readonly when: readonly FactCondition[];
  readonly citations: readonly Citation[];
  readonly at: SourceRef;
}

/**
 * - `at-most` / `at-least`: the fact is a number within the bound; - `one-of` / `none-of`: the fact (or each of a list) is
 *   (is not) in the list; - `matches`: a text that matches the pattern whole;
 * - `sum-at-most`: the sum of a fact over one role is at most the sum of another fact over another role;
 * - `informative`: nothing to compare, listed for the reader.
 */
export type PrerequisiteCheck =
  | { readonly kind: "at-most" | "at-least"; readonly fact: string; readonly bound: number }
  | { readonly kind: "one-of" | "none-of"; readonly fact: string; readonly values: readonly FactValue[] }
  | { readonly kind: "matches"; readonly fact: string; readonly pattern: string }
  | {
      readonly kind: "sum-at-most";
      readonly fact: string;
      readonly role: string;
      readonly boundFact: string;
      readonly boundRole: string;
    }
  | { readonly kind: "informative" };

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
