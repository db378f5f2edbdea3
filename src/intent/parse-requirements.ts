/** Turns the text of a requirement catalogue into the model and says every mistake in it, sorted by place. */

import type { Parsed } from "../model/diagnostic.js";
import type { Catalogue, Contradiction, Scenario } from "../model/requirement.js";
import { CatalogueDraft } from "./catalogue-draft.js";
import { catalogueSchema } from "./catalogue-schema.js";
import { parseCitations } from "./parse-citations.js";
import { parsePrerequisite } from "./parse-prerequisite.js";
import { parseRequirement } from "./parse-requirement.js";
import { parseServices } from "./parse-services.js";
import { sortByPosition } from "./problem.js";
import { validateDocument } from "./validate-document.js";
import { parseYaml } from "./yaml-document.js";
import { entries, field, items, located, text, texts, type YamlValue } from "./yaml-value.js";

/** The catalogue as far as it can be read. It may be proved against iff no diagnostic is an error. */
export function parseRequirements(input: string, file: string): Parsed<Catalogue> {
  const document = parseYaml(input, file);
  const draft = new CatalogueDraft();
  draft.diagnostics.push(...document.diagnostics);
  if (document.value !== undefined) draft.diagnostics.push(...validateDocument(document.value, catalogueSchema));
  const catalogue = readCatalogue(document.value, file, draft);
  draft.check();
  return { value: catalogue, diagnostics: sortByPosition(draft.diagnostics) };
}

function readCatalogue(root: YamlValue | undefined, file: string, draft: CatalogueDraft): Catalogue {
  const documents = readBook(field(root, "documents"), "document", draft);
  const services = parseServices(field(root, "services"), documents, draft);
  const name = text(field(root, "catalogue")) ?? file;
  const each = <T>(key: string, parse: (value: YamlValue) => T | undefined): T[] =>
    items(field(root, key)).flatMap((item) => parse(item) ?? []);
  return {
    name,
    title: text(field(root, "title")) ?? name,
    file,
    roles: readBook(field(root, "roles"), "role", draft),
    requirements: each("requirements", (item) => parseRequirement(item, { documents, services }, draft)),
    contradictions: each("contradictions", (item) => parseContradiction(item, documents, draft)),
    prerequisites: each("prerequisites", (item) => parsePrerequisite(item, documents, draft)),
    scenarios: each("scenarios", (item) => parseScenario(item, draft)),
  };
}

function readBook(
  value: YamlValue | undefined,
  kind: "document" | "role",
  draft: CatalogueDraft,
): ReadonlyMap<string, string> {
  return new Map(
    entries(value).map((entry) => {
      draft.define(kind, { text: entry.key, at: entry.keyAt });
      return [entry.key, text(entry.value) ?? entry.key];
    }),
  );
}

function parseContradiction(
  value: YamlValue,
  documents: ReadonlyMap<string, string>,
  draft: CatalogueDraft,
): Contradiction | undefined {
  const id = located(field(value, "id"));
  if (id === undefined) return undefined;
  draft.define("contradiction", id);
  return {
    id: id.text,
    title: text(field(value, "title")) ?? id.text,
    readings: texts(field(value, "readings")).map((reading) => reading.text),
    treatedAs: text(field(value, "treated-as")) ?? "",
    citations: parseCitations(field(value, "cites"), documents, draft),
    at: id.at,
  };
}

function parseScenario(value: YamlValue, draft: CatalogueDraft): Scenario | undefined {
  const name = located(field(value, "name"));
  if (name === undefined) return undefined;
  draft.define("scenario", name);
  return {
    name: name.text,
    title: text(field(value, "title")) ?? name.text,
    requirements: draft.refer("requirement", texts(field(value, "requirements"))),
    prerequisites: draft.refer("prerequisite", texts(field(value, "prerequisites"))),
  };
}
