/** One exported text to what it holds: a vendor's own resources, and names that rules of any file may use. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import { type JsonValue, jsonMember } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { isTemplate, openDocument, readParameterValues, remarkOnLinkedTemplates, UNREADABLE } from "./document.js";
import { expandTemplate } from "./expand-template.js";
import { readNames } from "./read-names.js";
import { placeOfVariables } from "./terraform/parse-variables.js";
import type { NameSource } from "./types.js";

/** What every file holds, whatever its resources are. */
export interface AzureSource extends NameSource {
  /** Values of a template's parameters by lower-case name, as a parameter file gives them. */
  readonly parameterValues: ReadonlyMap<string, JsonValue>;
  /** The document, where its content depends on parameter values of other files. */
  readonly template: JsonValue | undefined;
  /** Parameters whose default counts, for want of a value in a parameter file. */
  readonly defaults: readonly string[];
  /** Nothing of it could be read: it may have been anything, also a parameter file. */
  readonly isDamaged: boolean;
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
  const { resources, defaults } = expandTemplate(root, new Map());
  const isDamaged = diagnostics.some(({ severity }) => severity === "error");
  const value = {
    file,
    ...reader.read(resources, ledger, root),
    ...readNames(resources, ledger),
    defaults,
    parameterValues: readParameterValues(root, ledger),
    template: isTemplate(root) ? root : undefined,
    isDamaged,
    ledger,
  };
  if (isDamaged) return { value, diagnostics };
  const place = { file, vendor: reader.vendor, ledger };
  const linked = isTemplate(root) ? remarkOnLinkedTemplates(resources, place) : [];
  return { value, diagnostics: [...diagnostics, ...linked, ...remarkOnUseless(value, reader)] };
}

/** What parameters are given, by lower-case name; of several files that give one a value the last one counts. */
export function givenValues(files: readonly AzureSource[]): ReadonlyMap<string, JsonValue> {
  const place = ({ file }: AzureSource): string => placeOfVariables(file);
  const inOrder = [...files].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  const given = files.some(({ isDamaged }) => isDamaged) ? files.flatMap(unknownValues) : [];
  return new Map([...inOrder.flatMap(({ parameterValues }) => [...parameterValues]), ...given]);
}

/** Every parameter of a template, with a value that nobody knows. */
function unknownValues({ template }: AzureSource): [string, JsonValue][] {
  const parameters = jsonMember(template, "parameters");
  const members = parameters?.kind === "object" ? parameters.members : [];
  return members.map(({ key, value: { line, endLine } }) => [key.toLowerCase(), { ...UNREADABLE, line, endLine }]);
}

/** The file as its template reads with the parameter values of another file. */
export function withParameterValues<F extends AzureSource & R, R>(
  file: F,
  values: ReadonlyMap<string, JsonValue>,
  reader: ResourceReader<R>,
): F {
  if (file.template === undefined || values.size === 0) return file;
  const ledger = file.ledger.copy();
  const { resources, defaults } = expandTemplate(file.template, values);
  return {
    ...file,
    ledger,
    defaults,
    ...reader.read(resources, ledger, file.template),
    ...readNames(resources, ledger),
  };
}

const MOST_NAMED = 8;

/** Says which defaults a template was read with: a deployment may have been given other values. */
export function remarkOnDefaults({ file, defaults, template }: AzureSource, vendor: string): Diagnostic[] {
  if (defaults.length === 0) return [];
  const named = defaults.slice(0, MOST_NAMED).map((name) => `\`${name}\``);
  const more = defaults.length > MOST_NAMED ? ` and ${defaults.length - MOST_NAMED} more` : "";
  return [
    {
      code: `${vendor}/default-values`,
      severity: "warning",
      message: `parameters count with their defaults: ${named.join(", ")}${more}`,
      help: "a deployment may give others: add its parameter file, or export what was deployed",
      at: { file, line: template?.line ?? 1 },
      effect: "unknown",
    },
  ];
}

function remarkOnUseless<R>(file: AzureSource & R, { vendor, useless }: ResourceReader<R>): Diagnostic[] {
  const message = useless(file);
  if (message === undefined) return [];
  const at = { file: file.file, line: 1 };
  return [{ code: `${vendor}/nothing-of-use`, severity: "info", message, at, effect: "none" }];
}
