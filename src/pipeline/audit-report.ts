/** Turns what checks found into the report of an audit: graded, without what is accepted, known or too small. */
import { acceptFindings, EXPIRED_EXCEPTION } from "../audit/accept-findings.js";
import { compareFindings, type DeviceAudit } from "../audit/audit-device.js";
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
import { helpForName } from "../model/near-names.js";
import type { ProxyPolicy } from "../model/proxy.js";
import { UsageError } from "../model/usage-error.js";
import { sourceLines } from "./source-lines.js";

/** What to look for, and what of it to tell. */
export interface AuditRequest {
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

/** A request with its files read. */
export interface AuditPlan {
  readonly request: AuditRequest;
  readonly config: AuditConfig;
  readonly known: ReadonlySet<string>;
  readonly checks: readonly Check[];
}

/** The plan; undefined, with errors, iff a file of the request has a mistake. Throws a `UsageError` on unknown checks. */
export function planAudit(request: AuditRequest, hasDemand: boolean): Parsed<AuditPlan | undefined> {
  const { value: config, diagnostics: aboutConfig } = readConfig(request.config);
  const { value: known, diagnostics: aboutBaseline } = readBaseline(request.baseline);
  const diagnostics = [...aboutConfig, ...aboutBaseline];
  if (config === undefined || known === undefined) return { value: undefined, diagnostics };
  return { value: { request, config, known, checks: chooseChecks(request.checks, config, hasDemand) }, diagnostics };
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

function chooseChecks(ids: readonly string[], config: AuditConfig, hasDemand: boolean): Check[] {
  for (const id of ids) {
    const check = CHECKS.find((one) => one.id === id);
    if (check === undefined) throw unknownCheck(id);
    const lack = lackOf(check, config, hasDemand);
    if (lack !== undefined) throw new UsageError(`check \`${id}\` asks ${lack.question}`, lack.help);
  }
  const able = CHECKS.filter((check) => lackOf(check, config, hasDemand) === undefined);
  if (ids.length > 0) return able.filter(({ id }) => ids.includes(id));
  return able.filter(({ id }) => config.checks.get(id) !== "off");
}

/** What a check asks that nobody answers. */
function lackOf({ asksForDemand, asksForDocumentation }: Check, { documentation }: AuditConfig, hasDemand: boolean) {
  if (asksForDemand && !hasDemand) return { question: "what is required", help: "give a `--topology`" };
  return asksForDocumentation && documentation === undefined
    ? { question: "what rules have to have", help: "say so under `documentation` in a `--config`" }
    : undefined;
}

/** What the checks ask of the configuration and the day. */
export function checkOptions({ config: { sensitiveServices, documentation }, request: { today } }: AuditPlan) {
  return { sensitiveServices, documentation, today };
}

function unknownCheck(id: string): UsageError {
  const ids = CHECKS.map((check) => check.id);
  return new UsageError(`no check is called \`${id}\``, helpForName(id, ids));
}

/** What was audited, and what came of it. */
export interface Audited {
  readonly audits: readonly DeviceAudit[];
  /** Their rules are about requests, which no check looks at. */
  readonly proxies: readonly ProxyPolicy[];
  readonly coverage: AuditReport["coverage"];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: AuditReport["sources"];
}

export function reportAudit(
  { audits, proxies, coverage, diagnostics, sources: exported }: Audited,
  { request, config, known, checks }: AuditPlan,
): AuditReport {
  const own = [...incompleteness(audits, coverage), ...unaudited(proxies)];
  const sources = new Map([...exported, ...sourceLines(request.config === undefined ? [] : [request.config])]);
  const found = audits.flatMap(({ findings }) => findings);
  return {
    ...selectFindings(found, { request, config, known, sources }),
    checks: [...checks, EXPIRED_EXCEPTION].map(({ id, title, severity }) => ({ id, title, severity })),
    ...{ coverage, diagnostics: [...diagnostics, ...own], isIncomplete: own.length > 0, sources },
  };
}

interface Selection extends Pick<AuditPlan, "request" | "config" | "known"> {
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

function regrade(finding: Finding, { checks }: AuditConfig): Finding {
  const severity = checks.get(finding.check);
  return severity === undefined || severity === "off" ? finding : { ...finding, severity };
}

function isAtLeast({ severity }: IdentifiedFinding, least: FindingSeverity): boolean {
  return FINDING_SEVERITIES.indexOf(severity) <= FINDING_SEVERITIES.indexOf(least);
}

function incompleteness(audits: readonly DeviceAudit[], coverage: AuditReport["coverage"]): Diagnostic[] {
  const checks = [...new Set(audits.flatMap(({ incomplete }) => incomplete))];
  return checks.map((check) => ({
    code: "audit/too-complex",
    severity: "warning",
    message: `check ${check} did not finish: some rules are too entangled`,
    help: "findings of this check may be missing; those that are told hold",
    at: { file: coverage[0]?.file ?? "", line: 1 },
    effect: "none",
  }));
}

function unaudited(proxies: readonly ProxyPolicy[]): Diagnostic[] {
  return proxies.map(({ name, defaultAt }) => ({
    code: "audit/proxy-rules",
    severity: "warning",
    message: `the rules of proxy \`${name}\` decide requests; no check looks at those`,
    at: defaultAt,
    effect: "none",
  }));
}
