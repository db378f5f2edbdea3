/** Follows where a script may end before its last line. */
import type { Word } from "./words.js";

/** Commands after which nothing of the script, or of a function, is run. */
const ENDS = /^(?:exit|return|exec)$/;

/** How a command stands in the script. */
interface Standing {
  readonly isUncertain: boolean;
  /** Not in parentheses, a pipe or the background. */
  readonly isOwnShell: boolean;
  readonly isAfterFailure: boolean;
}

export class Endings {
  /** True iff what follows is perhaps not run. */
  isPassed = false;
  private hasFailed = false;
  /** The functions around a command, each with the depth it stands at. */
  private readonly around: { readonly name: string; readonly depth: number }[] = [];
  /** The functions that may end the script; true iff they do so only with a failure. */
  private readonly functions = new Map<string, boolean>();

  enter(name: string, depth: number): void {
    this.around.push({ name, depth });
  }

  /** At the end of a block that was run by another shell: what failed in it, perhaps, ended only that one. */
  leaveShell(): void {
    this.isPassed ||= this.hasFailed;
  }

  leaveTo(depth: number): void {
    while ((this.around.at(-1)?.depth ?? -1) >= depth) this.around.pop();
  }

  /** A script is read as one that ends well: where it perhaps fails on purpose, it did not. */
  follow(words: readonly Word[], { isUncertain, isOwnShell, isAfterFailure }: Standing): void {
    const found = this.failureOf(words, isAfterFailure);
    if (found === undefined) return;
    // Another shell may fail, and the script goes on.
    const isFailure = found && isOwnShell;
    this.hasFailed ||= isFailure;
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
