// Writes schemas/*.schema.json from the schemas the parsers use; run it after `npm run build` when one of them changed.

import { writeFileSync } from "node:fs";
import { AUDIT_CONFIG_SCHEMA } from "../dist/src/intent/audit-config-schema.js";
import { catalogueSchema } from "../dist/src/intent/catalogue-schema.js";
import { CHANGE_SCHEMA } from "../dist/src/intent/change-schema.js";
import { topologySchema } from "../dist/src/intent/topology-schema.js";

const schemas = {
  topology: topologySchema,
  catalogue: catalogueSchema,
  "audit-config": AUDIT_CONFIG_SCHEMA,
  change: CHANGE_SCHEMA,
};

for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(new URL(`../schemas/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
