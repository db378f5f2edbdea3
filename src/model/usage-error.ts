/** A mistake of the user, told without a stack: lower case, no final period, the help apart. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    message: string,
    readonly help?: string,
  ) {
    super(message);
  }
}
