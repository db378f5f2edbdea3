/** Collects what became of every line of a proxy's files, and what has to be said about it. */
import type { Coverage } from "../../model/device.js";
import type { Diagnostic, LineAccount, LineFate } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";

export class Ledger {
  readonly diagnostics: Diagnostic[] = [];
  private readonly accounts = new Map<string, Map<number, LineAccount>>();

  constructor(private readonly vendor: string) {}

  /** Opens a file, so that it is reported even if nothing in it has a fate. */
  open(file: string): void {
    if (!this.accounts.has(file)) this.accounts.set(file, new Map());
  }

  /** Gives lines their fate; a line that has one keeps the first. */
  account(file: string, lines: readonly number[], fate: LineFate, note: string): void {
    this.open(file);
    const accounts = this.accounts.get(file) as Map<number, LineAccount>;
    for (const line of lines) if (!accounts.has(line)) accounts.set(line, { line, fate, note });
  }

  warn(slug: string, at: SourceRef, message: string, effect: Diagnostic["effect"], help?: string): void {
    this.tell("warning", slug, at, message, effect, help);
  }

  error(slug: string, at: SourceRef, message: string, effect: Diagnostic["effect"], help?: string): void {
    this.tell("error", slug, at, message, effect, help);
  }

  private tell(
    severity: Diagnostic["severity"],
    slug: string,
    at: SourceRef,
    message: string,
    effect: Diagnostic["effect"],
    help?: string,
  ): void {
    const code = `${this.vendor}/${slug}`;
    this.diagnostics.push({ code, severity, message, at, effect, ...(help === undefined ? {} : { help }) });
  }

  coverage(): Coverage[] {
    return [...this.accounts].map(([file, accounts]) => ({
      file,
      vendor: this.vendor,
      lines: [...accounts.values()].sort((a, b) => a.line - b.line),
    }));
  }
}
