/** A table of rules (`… | Export-Csv`, one rule a record, property names in the header) to rules. */
import { parseCsv } from "../../syntax/csv.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { listItems } from "./rule-from-fields.js";
import { ruleFromProperties } from "./rule-from-properties.js";
import { breakOff, type Gap, type WindowsRule } from "./types.js";

/** Texts in which a comma is not a separator. */
const WHOLE = new Set(["name", "displayname", "description", "program", "group", "displaygroup"]);

/** The rules of a table; a record with fewer cells than the header breaks off. */
export function readCsv(
  text: string,
  ledger: LineLedger,
): { readonly rules: readonly WindowsRule[]; readonly gaps: readonly Gap[] } {
  // PowerShell 5 writes the type of the objects before the header.
  const [header, ...records] = parseCsv(text.replace(/^#TYPE [^\n]*/, ""));
  const names = header?.cells ?? [];
  if (header !== undefined) ledger.markRange(header.line, header.endLine, "modelled", "names of the columns");
  const rules = records.map(({ cells, line, endLine }) => {
    const properties = names.flatMap((key, index) => {
      const cell = cells[index];
      if (cell === undefined) return [];
      return [{ key, texts: WHOLE.has(key.toLowerCase()) ? [cell] : listItems(cell), line, endLine }];
    });
    return ruleFromProperties(properties, line, ledger);
  });
  return { rules, gaps: breakOff(records.find(({ cells }) => cells.length < names.length)?.line) };
}
