/** Turns a device into the findings of some checks. */
import { type CompileOptions, compileDevice } from "../compile/compile-device.js";
import type { Device } from "../model/device.js";
import { type DocumentationPolicy, FINDING_SEVERITIES, type Finding, type SensitiveService } from "../model/finding.js";
import { Budget } from "../sets/budget.js";
import type { AuditContext, Check, Demand, Grant } from "./check.js";
import { grantsOf } from "./grants.js";
import { ReachSurvey } from "./reach.js";
import { comparePlaces, rulesOf } from "./rules.js";
import { SENSITIVE_SERVICES } from "./sensitive-services.js";

export interface AuditOptions extends CompileOptions {
  readonly sensitiveServices?: readonly SensitiveService[] | undefined;
  readonly demand?: Demand;
  readonly documentation?: DocumentationPolicy | undefined;
  /** `YYYY-MM-DD`; absent: nothing has expired. */
  readonly today?: string;
  /** Bound on work for each check; about a second for a million. */
  readonly steps?: number;
}

export interface DeviceAudit {
  readonly findings: readonly Finding[];
  /** Ids of the checks that gave up on something. */
  readonly incomplete: readonly string[];
}

const STEPS = 60_000_000;

/** The findings of the checks on a device, gravest first and then as they stand in the exports; one for a check and subject. */
export function auditDevice(device: Device, checks: readonly Check[], options: AuditOptions = {}): DeviceAudit {
  const compiled = compileDevice(device, options);
  const budget = new Budget(options.steps ?? STEPS);
  let grants: readonly Grant[] | undefined;
  const context: AuditContext = {
    ...{ device, compiled, budget, rules: rulesOf(compiled), survey: new ReachSurvey(compiled, budget) },
    grants: () => {
      grants ??= grantsOf(context);
      return grants;
    },
    sensitiveServices: options.sensitiveServices ?? SENSITIVE_SERVICES,
    ...{ demand: options.demand, documentation: options.documentation, today: options.today ?? "" },
  };
  const incomplete = new Set<string>();
  const findings = checks.flatMap((check) => runCheck(check, context, () => incomplete.add(check.id)));
  return { findings: findings.sort(compareFindings), incomplete: [...incomplete] };
}

function runCheck(check: Check, context: AuditContext, onIncomplete: () => void): Finding[] {
  const { id, severity } = check;
  return Array.from(check.run(context, onIncomplete), (found) => ({
    ...{ check: id, severity, device: context.device.name, packets: [] },
    ...found,
  }));
}

/** Gravest first, then by place, then by check: always the same order. */
export function compareFindings(a: Finding, b: Finding): number {
  const gravity = FINDING_SEVERITIES.indexOf(a.severity) - FINDING_SEVERITIES.indexOf(b.severity);
  return gravity || comparePlaces(a.subject, b.subject) || (a.check < b.check ? -1 : a.check > b.check ? 1 : 0);
}
