import type { Diagnostic } from "../model/diagnostic.js";
import { helpForName } from "../model/near-names.js";
import type { SourceRef } from "../model/source-ref.js";
import { problem } from "./problem.js";
import type { Located } from "./yaml-value.js";

/** The kinds of things a catalogue names; requirements, contradictions and prerequisites share one space of ids. */
export type EntryKind = "document" | "role" | "service" | "requirement" | "contradiction" | "prerequisite" | "scenario";

const SPACES: Readonly<Record<EntryKind, string>> = {
  document: "document",
  role: "role",
  service: "service",
  requirement: "id",
  contradiction: "id",
  prerequisite: "id",
  scenario: "scenario",
};

/** What reading a catalogue leaves to be checked once everything in it is known. */
export class CatalogueDraft {
  readonly diagnostics: Diagnostic[] = [];
  readonly definitions: { readonly kind: EntryKind; readonly name: Located }[] = [];
  readonly references: { readonly kind: EntryKind; readonly name: Located }[] = [];

  error(code: string, at: SourceRef, message: string, help?: string): void {
    this.diagnostics.push(problem("error", `catalogue/${code}`, at, message, help));
  }

  define(kind: EntryKind, name: Located): void {
    this.definitions.push({ kind, name });
  }

  /** Notes that the names have to be of things of the kind, and gives them as plain text. */
  refer(kind: EntryKind, names: readonly Located[]): string[] {
    for (const name of names) this.references.push({ kind, name });
    return names.map(({ text }) => text);
  }

  /** Reports names defined twice, references to nothing, and roles and requirements that nothing refers to. */
  check(): void {
    const defined = new Map<string, Located>();
    for (const { kind, name } of this.definitions) {
      const key = `${SPACES[kind]} ${name.text}`;
      const first = defined.get(key);
      if (first === undefined) defined.set(key, name);
      else this.error("repeated-name", name.at, `\`${name.text}\` stands for something else on line ${first.at.line}`);
    }
    const known = new Set(this.definitions.map(({ kind, name }) => `${kind} ${name.text}`));
    for (const { kind, name } of this.references) {
      if (!known.has(`${kind} ${name.text}`)) this.#reportUnknown(kind, name);
    }
    this.#reportUnused("role", "no requirement and no prerequisite names role");
    if (this.definitions.some(({ kind }) => kind === "scenario")) {
      this.#reportUnused("requirement", "no scenario holds requirement");
    }
  }

  #reportUnknown(kind: EntryKind, { text, at }: Located): void {
    const known = this.definitions.filter((entry) => entry.kind === kind).map(({ name }) => name.text);
    this.error("unknown-name", at, `there is no ${kind} \`${text}\``, helpForName(text, known));
  }

  #reportUnused(wanted: EntryKind, message: string): void {
    const used = new Set(this.references.filter(({ kind }) => kind === wanted).map(({ name }) => name.text));
    for (const { kind, name } of this.definitions) {
      if (kind !== wanted || used.has(name.text)) continue;
      this.diagnostics.push(problem("warning", "catalogue/unused", name.at, `${message} \`${name.text}\``));
    }
  }
}
