/** Follows where a script may end before its last line. */
import type { Word } from "./words.js";

/** Commands after which nothing of the script, or of a function, is run. */
const ENDS = /^(?:exit|return|exec)$/;

export class Endings {
  /** True iff what follows is perhaps not run. */
  isPassed = false;
  /** The functions around a command, each with the depth it stands at. */
  private readonly around: { readonly name: string; readonly depth: number }[] = [];
  /** The functions that may end the script; true iff they do so only with a failure. */
  private readonly functions = new Map<string, boolean>();

  enter(name: string, depth: number): void {
    this.around.push({ name, depth });
  }

  leaveTo(depth: number): void {
    while ((this.around.at(-1)?.depth ?? -1) >= depth) this.around.pop();
  }

  /** A script is read as one that ends well: where it perhaps fails on purpose, it did not. */
  follow(words: readonly Word[], isUncertain: boolean, isAfterFailure: boolean): void {
    const isFailure = this.failureOf(words, isAfterFailure);
    if (isFailure === undefined) return;
    if (this.around.length === 0) this.isPassed ||= !isUncertain || !isFailure;
    for (const { name } of this.around) this.functions.set(name, isFailure && (this.functions.get(name) ?? true));
  }

  /** Whether the command ends the script with a failure; undefined: it does not end it. */
  private failureOf([command, ...others]: readonly Word[], isAfterFailure: boolean): boolean | undefined {
    const name = command?.text ?? "";
    if (!ENDS.test(name)) return this.functions.get(name);
    if (name === "return" && this.around.length > 0) return undefined;
    // Without a program it is about where input comes from and output goes.
    if (name === "exec") return others.every(({ source }) => /^[<>]/.test(source)) ? undefined : false;
    const [status] = others;
    if (status === undefined || status.source === "$?") return isAfterFailure;
    return status.text !== undefined && /^\d+$/.test(status.text) && Number(status.text) % 256 > 0;
  }
}
