/** Where the readers of text and of JSON put what they find. */
import type { Diagnostic, LineFate } from "../../model/diagnostic.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import type { Command } from "./types.js";

export class CommandSink {
  readonly commands: Command[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly ledger: LineLedger;

  constructor(
    private readonly file: string,
    text: string,
  ) {
    this.ledger = LineLedger.of(text);
  }

  add(command: Command): void {
    this.commands.push(command);
  }

  mark(first: number, last: number, fate: LineFate, note: string): void {
    this.ledger.markRange(first, last, fate, note);
  }

  /** Says that lines could not be read, and that therefore anything may stand there. */
  reject(first: number, last: number, text: string, message: string): void {
    this.mark(first, last, "rejected", message);
    this.add({ kind: "unread", line: first, text });
    this.report(first, "unread-statement", `${message}: nothing can be said for certain about what follows from it`);
  }

  report(line: number, code: string, message: string): void {
    this.diagnostics.push({
      ...{ code: `nftables/${code}`, severity: "error", message, effect: "unknown" },
      at: { file: this.file, line },
    });
  }
}
