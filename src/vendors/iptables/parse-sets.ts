/** Turns the text of `ipset save` into the kernel's sets. */
import type { Diagnostic, LineAccount, Parsed } from "../../model/diagnostic.js";
import { splitShellWords } from "../../syntax/shell-words.js";
import type { KernelSet, SetElement, SetFile } from "./types.js";

interface OpenSet extends KernelSet {
  readonly elements: SetElement[];
}

const CREATE: ReadonlySet<string> = new Set(["create", "-N", "n", "new"]);
const ADD: ReadonlySet<string> = new Set(["add", "-A"]);

/** The sets of an `ipset save`; a line that is neither `create` nor `add` is rejected with a diagnostic. */
export function parseSets(text: string, file: string): Parsed<SetFile> {
  const sets = new Map<string, OpenSet>();
  const lines: LineAccount[] = [];
  const diagnostics: Diagnostic[] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    if (raw.trim() === "") return;
    const account = raw.trim().startsWith("#")
      ? ({ line, fate: "harmless", note: "comment" } as const)
      : readLine(sets, splitShellWords(raw).words, file, line);
    lines.push(account);
    if (account.fate === "rejected") diagnostics.push(unreadable(account.note, file, line));
  });
  return { value: { kind: "sets", file, sets: [...sets.values()], lines }, diagnostics };
}

function readLine(sets: Map<string, OpenSet>, words: readonly string[], file: string, line: number): LineAccount {
  const [command = "", name = "", text = "", ...options] = words;
  if (command === "COMMIT") return { line, fate: "harmless", note: "end of the sets" };
  if (text === "" || !(CREATE.has(command) || ADD.has(command))) {
    return { line, fate: "rejected", note: "not a line of `ipset save`" };
  }
  if (CREATE.has(command)) {
    sets.set(name, { name, type: text, options, elements: [], file, line });
    return { line, fate: "modelled", note: `set ${name}` };
  }
  const set = sets.get(name);
  if (set === undefined) return { line, fate: "rejected", note: `set \`${name}\` has not been created` };
  set.elements.push({ text, options, line });
  return { line, fate: "modelled", note: `element of set ${name}` };
}

function unreadable(message: string, file: string, line: number): Diagnostic {
  return {
    ...{ code: "iptables/unreadable-line", severity: "error", message, effect: "unknown" },
    at: { file, line },
  };
}
