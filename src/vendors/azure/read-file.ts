/** One exported text to what it holds: a vendor's own resources, and names that rules of any file may use. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { JsonValue } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { isTemplate, openDocument, readParameterValues, remarkOnLinkedTemplates } from "./document.js";
import { expandTemplate } from "./expand-template.js";
import { readNames } from "./read-names.js";
import type { NameSource } from "./types.js";

/** What every file holds, whatever its resources are. */
export interface AzureSource extends NameSource {
  /** Values of a template's parameters by lower-case name, as a parameter file gives them. */
  readonly parameterValues: ReadonlyMap<string, JsonValue>;
  /** The document, where its content depends on parameter values of other files. */
  readonly template: JsonValue | undefined;
  readonly ledger: LineLedger;
}

/** How a vendor reads its resources. */
export interface ResourceReader<R> {
  /** Its id, which diagnostics carry. */
  readonly vendor: string;
  /** `root`: the document before templates were expanded. */
  read(expanded: JsonValue, ledger: LineLedger, root: JsonValue): R;
  /** Why the file is of no use; undefined: it is. */
  useless(file: AzureSource & R): string | undefined;
}

/** Never throws; of a text that cannot be read nothing is used, and each of its lines is rejected. */
export function readAzureFile<R>(text: string, file: string, reader: ResourceReader<R>): Parsed<AzureSource & R> {
  const { root, ledger, diagnostics } = openDocument(text, file, reader.vendor);
  const expanded = expandTemplate(root, new Map());
  const value = {
    file,
    ...reader.read(expanded, ledger, root),
    ...readNames(expanded, ledger),
    parameterValues: readParameterValues(root, ledger),
    template: isTemplate(root) ? root : undefined,
    ledger,
  };
  if (diagnostics.some(({ severity }) => severity === "error")) return { value, diagnostics };
  const place = { file, vendor: reader.vendor, ledger };
  const linked = isTemplate(root) ? remarkOnLinkedTemplates(expanded, place) : [];
  return { value, diagnostics: [...diagnostics, ...linked, ...remarkOnUseless(value, reader)] };
}

/** The file as its template reads with the parameter values of another file. */
export function withParameterValues<F extends AzureSource & R, R>(
  file: F,
  values: ReadonlyMap<string, JsonValue>,
  reader: ResourceReader<R>,
): F {
  if (file.template === undefined || values.size === 0) return file;
  const ledger = file.ledger.copy();
  const expanded = expandTemplate(file.template, values);
  return { ...file, ledger, ...reader.read(expanded, ledger, file.template), ...readNames(expanded, ledger) };
}

function remarkOnUseless<R>(file: AzureSource & R, { vendor, useless }: ResourceReader<R>): Diagnostic[] {
  const message = useless(file);
  if (message === undefined) return [];
  const at = { file: file.file, line: 1 };
  return [{ code: `${vendor}/nothing-of-use`, severity: "info", message, at, effect: "none" }];
}
