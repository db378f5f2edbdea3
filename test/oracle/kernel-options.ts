/** What random rule sets are made of. */
export interface RuleOptions {
  readonly hasNat: boolean;
  /** True iff rules mark packets and connections and ask for marks. */
  readonly hasMarks: boolean;
  /** True iff our reader is told that only rules mark packets. */
  readonly statesMarks: boolean;
  /** True iff rules may also ask for what the model does not hold, so that answers stay open. */
  readonly isWide: boolean;
}
