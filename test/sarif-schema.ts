/** The official JSON Schema of SARIF 2.1.0, as the SDK of its authors ships it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ErrorObject } from "ajv";
import Ajv04 from "ajv-draft-04";

const SDK = dirname(createRequire(import.meta.url).resolve("@microsoft/jest-sarif/package.json"));
const SCHEMA = join(SDK, "lib", "schemas", "sarif-2.1.0-rtm.5.json");

const ajv = new Ajv04.default({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: { uri: isUri, "uri-reference": isUri, "date-time": true },
});
const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));

/** What of a log is not as SARIF wants it; nothing where it is valid. */
export function sarifErrors(log: unknown): readonly ErrorObject[] {
  return validate(log) ? [] : (validate.errors ?? []);
}

// RFC 3986: no other character may stand in a reference as it is.
function isUri(text: string): boolean {
  return /^(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/.test(text);
}
