/** JSON Schema of requirement catalogues; `schemas/catalogue.schema.json` is written from it. */

import {
  bookOf,
  dayOf,
  FACT_VALUE,
  type JsonSchema,
  listOf,
  NAME,
  nameOf,
  namesOf,
  recordOf,
  textOf,
} from "./json-schema.js";

const SCALAR: JsonSchema = { type: ["string", "number", "boolean"] };
const severity: JsonSchema = { enum: ["error", "warning"], default: "error" };
const title = textOf("One line for people.");

const cites = listOf(
  recordOf(
    {
      document: nameOf("A key of `documents`."),
      section: textOf("Where in it."),
      note: textOf("What to know about the place."),
    },
    ["document", "section"],
  ),
  "Where the statement comes from.",
);

const when = listOf(
  recordOf(
    {
      fact: NAME,
      equals: { ...SCALAR, description: "The value it must have; the condition holds where it is not stated." },
      of: { enum: ["topology", "source", "destination"], default: "topology" },
    },
    ["fact", "equals"],
  ),
  "Only where these facts are so.",
);

const roles = (description: string): JsonSchema => ({
  type: ["string", "array"],
  minLength: 1,
  minItems: 1,
  items: NAME,
  description,
});

const service = recordOf(
  {
    ports: listOf(textOf("`tcp/443`, `udp/137-138`, `icmp/echo`, `esp` or `any`."), "What belongs to it.", 1),
    cites,
  },
  ["ports"],
);

const serviceUse: JsonSchema = {
  type: ["string", "object"],
  minLength: 1,
  properties: { service: textOf("A key of `services`, or protocol and ports."), when },
  required: ["service"],
  additionalProperties: false,
};

const requirement = recordOf(
  {
    id: nameOf("`ID-variant` names one reading or part of `ID`."),
    title,
    expect: { enum: ["allow", "deny"], default: "allow" },
    from: roles("Roles that begin the conversation."),
    to: roles("Roles that answer it."),
    services: listOf(serviceUse, "Every one of them.", 1),
    paths: {
      ...listOf({ enum: ["lan", "vpn", "internet", "proxy"] }, "The kinds of path it may take.", 1),
      uniqueItems: true,
    },
    pairs: { enum: ["all", "different-site", "same-site"], default: "all" },
    hosts: listOf(textOf("`name`, `*.name` (below it) or `.name` (both)."), "Names asked of a proxy."),
    account: textOf("An account that a proxy must be able to authenticate."),
    when,
    purpose: textOf("What it is for."),
    owner: textOf("Who answers for it; comments of generated rules tell it."),
    expires: dayOf("The last day on which it holds; comments of generated rules tell it."),
    cites,
    readings: namesOf("The contradictions it is one reading of."),
  },
  ["id", "title", "from", "to", "services", "paths", "purpose", "cites"],
);

const contradiction = recordOf(
  {
    id: NAME,
    title,
    readings: listOf(textOf("One way to read it."), "Every way to read it.", 1),
    "treated-as": textOf("What this catalogue makes of it."),
    cites,
  },
  ["id", "title", "readings", "treated-as", "cites"],
);

const quantity: Record<string, JsonSchema> = {
  fact: nameOf("A fact of the component asked."),
  sum: nameOf("The sum of this fact over a role."),
  largest: nameOf("The largest value of this fact over a role."),
  over: nameOf("The role that `sum` or `largest` goes over."),
};
const comparison = recordOf(
  {
    ...quantity,
    bound: { ...recordOf(quantity, []), type: ["number", "object"], description: "The bound." },
  },
  ["bound"],
);
const membership = recordOf({ fact: NAME, values: listOf(FACT_VALUE, "The values.", 1) }, ["fact", "values"]);

const check = recordOf(
  {
    statement: textOf("What is demanded; alone, it is only listed."),
    role: nameOf("Asked of each component with it; of the whole topology where absent."),
    when,
    severity,
    "at-most": { ...comparison, description: "The number (each of a list) is at most the bound." },
    "at-least": { ...comparison, description: "The number (each of a list) is at least the bound." },
    "one-of": { ...membership, description: "The fact (each of a list) is among the values." },
    "none-of": { ...membership, description: "The fact (each of a list) is not among the values." },
    ascii: nameOf("The fact (each of a list) is text of ASCII characters only."),
  },
  ["statement"],
);

const prerequisite = recordOf(
  { id: NAME, title, severity, checks: listOf(check, "Each is answered by itself.", 1), cites },
  ["id", "title", "checks", "cites"],
);

const scenario = recordOf(
  {
    name: NAME,
    title,
    requirements: namesOf("Ids of requirements."),
    prerequisites: namesOf("Ids of prerequisites."),
  },
  ["name", "title", "requirements"],
);

export const catalogueSchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "flowproof requirement catalogue",
  description: "Flows that a product needs between roles, with the sources that say so.",
  ...recordOf(
    {
      catalogue: nameOf("The name of the catalogue."),
      title,
      documents: bookOf(textOf("Its title."), "The sources that `cites` names."),
      roles: bookOf(textOf("What plays it."), "Every role that flows and prerequisites name."),
      services: bookOf(service, "Services by name."),
      requirements: listOf(requirement, "Flows that must be, or must not be, let through.", 1),
      contradictions: listOf(contradiction, "Where the sources disagree, and what is made of it."),
      prerequisites: listOf(prerequisite, "Demands that are no flows."),
      scenarios: listOf(scenario, "Deployments, and what applies to each."),
    },
    ["catalogue", "title", "roles", "requirements"],
  ),
};
