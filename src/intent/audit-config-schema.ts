/** JSON Schema of audit configurations; `schemas/audit-config.schema.json` is written from it. */
import { bookOf, dayOf, type JsonSchema, listOf, recordOf, textOf } from "./json-schema.js";

const exception = recordOf(
  {
    check: textOf("Id of the check; absent: every check."),
    file: textOf("Name of the export, or how its path ends; absent: every export."),
    line: { type: "integer", minimum: 1, description: "Line of the rule." },
    rule: textOf("Text that the line of the rule holds: unlike its number, it stays when lines move."),
    reason: textOf("Why it is accepted."),
    owner: textOf("Who answers for it."),
    expires: dayOf("The last day on which it holds."),
  },
  ["reason", "owner"],
);

const schema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "flowproof audit configuration",
  ...recordOf(
    {
      checks: bookOf(
        { enum: ["off", "error", "warning", "info"] },
        "By id of a check: off, or the severity of its findings.",
      ),
      "sensitive-services": bookOf(
        listOf(textOf("`tcp/3389`, `udp/137-138`."), "What it listens on.", 1),
        "Services that must not be reachable from everywhere, by name; instead of the shipped list.",
      ),
      documentation: {
        ...recordOf(
          {
            comment: { type: "boolean", description: "Every rule that decides has a comment." },
            owner: textOf(
              "A regular expression that the comment of every such rule holds: `owner: \\w+`, `CHG\\d{6}`.",
            ),
            log: { enum: ["accept", "drop", "all"], description: "Rules whose packets have to be logged." },
          },
          [],
        ),
        description: "What rules have to have; without it nothing is asked.",
      },
      exceptions: listOf(exception, "Findings that are accepted."),
    },
    [],
  ),
};

export { schema as AUDIT_CONFIG_SCHEMA };
