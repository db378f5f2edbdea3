/** Turns the exports of one device into what an audit finds in them. */
import { auditDevice } from "../audit/audit-device.js";
import type { Parsed } from "../model/diagnostic.js";
import type { AuditReport } from "../model/finding.js";
import type { TextInput } from "../model/inputs.js";
import { vendors } from "../vendors/registry.js";
import { type AuditRequest, checkOptions, planAudit, reportAudit } from "./audit-report.js";
import { loadExports } from "./load-exports.js";
import { sourceLines } from "./source-lines.js";

/** The audit; undefined, with an error among the diagnostics, iff the inputs cannot be used. `as`: a vendor's id. */
export function auditExports(
  inputs: readonly TextInput[],
  request: AuditRequest,
  as?: string,
): Parsed<AuditReport | undefined> {
  const { value: plan, diagnostics: aboutPlan } = planAudit(request, false);
  const options = { deviceName: "device", ...(as === undefined ? {} : { vendor: as }) };
  const loaded = loadExports(inputs, options, vendors);
  const diagnostics = [...aboutPlan, ...loaded.diagnostics];
  if (plan === undefined || loaded.value === undefined) return { value: undefined, diagnostics };
  const { devices, proxies, coverage } = loaded.value;
  const audits = devices.map((device) => auditDevice(device, plan.checks, checkOptions(plan)));
  const value = reportAudit({ audits, proxies, coverage, diagnostics, sources: sourceLines(inputs) }, plan);
  return { value, diagnostics: value.diagnostics };
}
