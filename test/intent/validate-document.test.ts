import { Ajv } from "ajv";
import { expect } from "chai";
import fc from "fast-check";
import { load as parse, dump as stringify } from "js-yaml";
import { catalogueSchema } from "../../src/intent/catalogue-schema.js";
import type { JsonSchema } from "../../src/intent/json-schema.js";
import { topologySchema } from "../../src/intent/topology-schema.js";
import { validateDocument } from "../../src/intent/validate-document.js";
import { parseYaml } from "../../src/intent/yaml-document.js";
import type { YamlValue } from "../../src/intent/yaml-value.js";
import { CATALOGUE } from "./catalogue-text.js";
import { TOPOLOGY } from "./topology-text.js";

const cases: readonly (readonly [name: string, schema: JsonSchema, text: string])[] = [
  ["topology", topologySchema, TOPOLOGY],
  ["catalogue", catalogueSchema, CATALOGUE],
];

const REPLACEMENTS = [
  null,
  "",
  "text",
  "ftp",
  0,
  1.5,
  443,
  70_000,
  true,
  [],
  ["a", "a"],
  ["a", 1],
  {},
  { name: "a" },
  { unknown: 1 },
];

/** Every place of a plain value, as the container and key that hold it. */
function placesOf(value: unknown): { container: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const container = value as Record<string, unknown>;
  return Object.keys(container).flatMap((key) => [{ container, key }, ...placesOf(container[key])]);
}

describe("validateDocument", () => {
  for (const [name, schema, text] of cases) {
    it(`allows exactly the ${name} files that a JSON Schema validator allows`, () => {
      const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addKeyword("patternErrorMessage");
      const judge = ajv.compile(schema);
      let refused = 0;
      fc.assert(
        fc.property(fc.nat(), fc.constantFrom(...REPLACEMENTS), fc.boolean(), (index, replacement, isAdded) => {
          const document: unknown = parse(text);
          const places = placesOf(document);
          const { container, key } = places[index % places.length] as (typeof places)[number];
          if (isAdded && !Array.isArray(container)) container[`${key}x`] = replacement;
          else container[key] = replacement;

          const value = parseYaml(stringify(document, { noRefs: true }), "a.yaml").value as YamlValue;
          const isValid = validateDocument(value, schema).length === 0;

          expect(isValid, JSON.stringify(document)).to.equal(judge(document));
          if (!isValid) refused++;
        }),
        { numRuns: 1500 },
      );
      expect(refused).to.be.greaterThan(500);
    });
  }
});
