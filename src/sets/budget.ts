/**
 * A bound on work, so that no input makes an analysis hang: whoever starts an analysis creates a `Budget`, every step of
 * set arithmetic charges it, and the work that exceeds it is abandoned with an honest "too complex".
 */
export class Budget {
  #left: number;

  /** `steps`: about how many diagram nodes may be visited; a million take one to two seconds. */
  constructor(steps: number) {
    this.#left = steps;
  }

  get isExhausted(): boolean {
    return this.#left < 0;
  }

  /** Spends steps. Throws `TooComplexError` once more were spent than there were. */
  charge(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooComplexError();
  }

  /** The result of `work`, whose set arithmetic charges this budget; that of `tooComplex` where the budget ran out. */
  run<T>(work: () => T, tooComplex: () => T): T {
    const outer = current;
    current = this;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TooComplexError) || !this.isExhausted) throw error;
    } finally {
      current = outer;
    }
    return tooComplex();
  }
}

/** Thrown out of set arithmetic when the budget it runs under is exhausted; caught by `Budget.run`. */
export class TooComplexError extends Error {
  constructor() {
    super("too complex");
  }
}

let current: Budget | undefined;

/** Charges the budget whose `run` is active, if any. */
export function chargeWork(steps: number): void {
  current?.charge(steps);
}
