/** The audit of devices in a topology; apart from the command, because an audit of one export is over before this is loaded. */
import { relative } from "node:path";
import type { Parsed } from "../../model/diagnostic.js";
import type { AuditReport } from "../../model/finding.js";
import { UsageError } from "../../model/usage-error.js";
import type { AuditRequest } from "../../pipeline/audit-report.js";
import { auditTopology } from "../../pipeline/audit-topology.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readProveInputs } from "../../read/read-inputs.js";

/** The audit of the topology's devices that have one of the exports; of all devices where none is named. */
export async function auditInTopology(
  topology: string,
  paths: readonly string[],
  request: AuditRequest,
  as: string | undefined,
): Promise<Parsed<AuditReport | undefined>> {
  if (as !== undefined) throw new UsageError("the topology says how its exports are read", "leave `--as` out");
  const inputs = await withScripts(await readProveInputs(topology, [], listNamedFiles));
  const isNamed = (file: string) => paths.some((path) => relative(path, file) === "");
  return auditTopology(inputs, paths.length === 0 ? () => true : isNamed, request);
}
