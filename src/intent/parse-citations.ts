import type { Citation } from "../model/requirement.js";
import type { CatalogueDraft } from "./catalogue-draft.js";
import { field, items, located, text, type YamlValue } from "./yaml-value.js";

/** Citations with the full titles of their documents. */
export function parseCitations(
  value: YamlValue | undefined,
  documents: ReadonlyMap<string, string>,
  draft: CatalogueDraft,
): Citation[] {
  return items(value).flatMap((item) => {
    const [document, section] = [located(field(item, "document")), text(field(item, "section"))];
    if (document === undefined || section === undefined) return [];
    draft.refer("document", [document]);
    const note = text(field(item, "note"));
    return {
      document: documents.get(document.text) ?? document.text,
      section,
      ...(note === undefined ? {} : { note }),
    };
  });
}
