/** Turns the exports of one device into what an audit finds in them. */
import { acceptFindings, EXPIRED_EXCEPTION } from "../audit/accept-findings.js";
import { auditDevice, compareFindings, type DeviceAudit } from "../audit/audit-device.js";
import type { Check } from "../audit/check.js";
import { identifyFindings } from "../audit/fingerprints.js";
import { CHECKS } from "../audit/registry.js";
import { parseAuditConfig } from "../intent/parse-audit-config.js";
import { parseBaseline } from "../intent/parse-baseline.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import {
  type AuditConfig,
  type AuditReport,
  FINDING_SEVERITIES,
  type Finding,
  type FindingSeverity,
  type IdentifiedFinding,
} from "../model/finding.js";
import type { TextInput } from "../model/inputs.js";
import { nearNames } from "../model/near-names.js";
import { UsageError } from "../model/usage-error.js";
import type { Conversion } from "../model/vendor.js";
import { vendors } from "../vendors/registry.js";
import { loadExports } from "./load-exports.js";
import { sourceLines } from "./source-lines.js";

/** What to look for, and what of it to tell. */
export interface AuditRequest {
  /** Vendor id; absent: detected. */
  readonly as?: string;
  /** Ids of the checks to run; empty: all that the configuration leaves on. */
  readonly checks: readonly string[];
  readonly config?: TextInput;
  /** JSON of an earlier audit, whose findings are known. */
  readonly baseline?: TextInput;
  /** Findings below it are only counted. */
  readonly severity: FindingSeverity;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** The audit; undefined, with an error among the diagnostics, iff the inputs cannot be used. */
export function auditExports(inputs: readonly TextInput[], request: AuditRequest): Parsed<AuditReport | undefined> {
  const { value: config, diagnostics: aboutConfig } = readConfig(request.config);
  const baseline = readBaseline(request.baseline);
  const options = { deviceName: "device", ...(request.as === undefined ? {} : { vendor: request.as }) };
  const loaded = loadExports(inputs, options, vendors);
  const diagnostics = [...aboutConfig, ...baseline.diagnostics, ...loaded.diagnostics];
  if (config === undefined || baseline.value === undefined || loaded.value === undefined) {
    return { value: undefined, diagnostics };
  }
  const checks = chooseChecks(request.checks, config);
  const audits = loaded.value.devices.map((device) => auditDevice(device, checks, serviceOptions(config)));
  const sources = sourceLines([...inputs, ...(request.config === undefined ? [] : [request.config])]);
  const found = audits.flatMap(({ findings }) => findings);
  const own = [...incompleteness(audits, inputs), ...unaudited(loaded.value)];
  const value = {
    ...selectFindings(found, { request, config, known: baseline.value, sources }),
    checks: [...checks, EXPIRED_EXCEPTION].map(({ id, title, severity }) => ({ id, title, severity })),
    coverage: loaded.value.coverage,
    diagnostics: [...diagnostics, ...own],
    isIncomplete: own.length > 0,
    sources,
  };
  return { value, diagnostics: value.diagnostics };
}

interface Selection {
  readonly request: AuditRequest;
  readonly config: AuditConfig;
  readonly known: ReadonlySet<string>;
  readonly sources: AuditReport["sources"];
}

/** The findings to tell, in their order, and how many are not told and why. */
function selectFindings(
  found: readonly Finding[],
  { request, config, known, sources }: Selection,
): Pick<AuditReport, "findings" | "suppressed"> {
  const graded = found.map((finding) => regrade(finding, config));
  const { findings, excepted } = acceptFindings(graded, config.exceptions, sources, request.today);
  const identified = identifyFindings([...findings].sort(compareFindings), sources);
  const fresh = identified.filter(({ fingerprint }) => !known.has(fingerprint));
  const told = fresh.filter((finding) => isAtLeast(finding, request.severity));
  const suppressed = { excepted, known: identified.length - fresh.length, minor: fresh.length - told.length };
  return { findings: told, suppressed };
}

const NO_CONFIG: AuditConfig = { checks: new Map(), exceptions: [] };

function readConfig(input: TextInput | undefined): Parsed<AuditConfig | undefined> {
  if (input === undefined) return { value: NO_CONFIG, diagnostics: [] };
  return parseAuditConfig(
    input,
    CHECKS.map(({ id }) => id),
  );
}

function readBaseline(input: TextInput | undefined): Parsed<ReadonlySet<string> | undefined> {
  return input === undefined ? { value: new Set(), diagnostics: [] } : parseBaseline(input);
}

function serviceOptions({ sensitiveServices }: AuditConfig) {
  return sensitiveServices === undefined ? {} : { sensitiveServices };
}

function chooseChecks(ids: readonly string[], config: AuditConfig): Check[] {
  for (const id of ids) {
    if (CHECKS.some((check) => check.id === id)) continue;
    const near = nearNames(
      id,
      CHECKS.map((check) => check.id),
    );
    const help =
      near.length > 0 ? `did you mean \`${near[0]}\`?` : `checks: ${CHECKS.map((check) => check.id).join(", ")}`;
    throw new UsageError(`no check is called \`${id}\``, help);
  }
  if (ids.length > 0) return CHECKS.filter(({ id }) => ids.includes(id));
  return CHECKS.filter(({ id }) => config.checks.get(id) !== "off");
}

function regrade(finding: Finding, { checks }: AuditConfig): Finding {
  const severity = checks.get(finding.check);
  return severity === undefined || severity === "off" ? finding : { ...finding, severity };
}

function isAtLeast({ severity }: IdentifiedFinding, least: FindingSeverity): boolean {
  return FINDING_SEVERITIES.indexOf(severity) <= FINDING_SEVERITIES.indexOf(least);
}

function incompleteness(audits: readonly DeviceAudit[], inputs: readonly TextInput[]): Diagnostic[] {
  const checks = [...new Set(audits.flatMap(({ incomplete }) => incomplete))];
  return checks.map((check) => ({
    code: "audit/too-complex",
    severity: "warning",
    message: `check ${check} did not finish: some rules are too entangled`,
    help: "findings of this check may be missing; those that are told hold",
    at: { file: inputs[0]?.file ?? "", line: 1 },
    effect: "none",
  }));
}

function unaudited({ proxies }: Conversion): Diagnostic[] {
  return proxies.map(({ name, defaultAt }) => ({
    code: "audit/proxy-rules",
    severity: "warning",
    message: `the rules of proxy \`${name}\` decide requests; no check looks at those`,
    at: defaultAt,
    effect: "none",
  }));
}
