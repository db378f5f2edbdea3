/** Turns the text of an audit configuration into what an audit is to look at. */
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import {
  type AuditConfig,
  type AuditException,
  type DocumentationPolicy,
  FINDING_SEVERITIES,
  type SensitiveService,
} from "../model/finding.js";
import type { TextInput } from "../model/inputs.js";
import { helpForName } from "../model/near-names.js";
import { AUDIT_CONFIG_SCHEMA } from "./audit-config-schema.js";
import { problem } from "./problem.js";
import { readService } from "./read-service.js";
import { validateDocument } from "./validate-document.js";
import { parseYaml } from "./yaml-document.js";
import { entries, field, items, located, text, type YamlEntry, type YamlValue } from "./yaml-value.js";

/** The configuration; undefined, with errors among the diagnostics, iff it has a mistake. `checks` are the known ids. */
export function parseAuditConfig(
  { text: content, file }: TextInput,
  checks: readonly string[],
): Parsed<AuditConfig | undefined> {
  const { value: document, diagnostics } = parseYaml(content, file);
  if (document === undefined) return { value: undefined, diagnostics };
  const problems = [...diagnostics, ...validateDocument(document, AUDIT_CONFIG_SCHEMA)];
  for (const { key, keyAt } of entries(field(document, "checks"))) problems.push(...unknownCheck(key, keyAt, checks));
  const exceptions = items(field(document, "exceptions")).map(exceptionOf);
  for (const { check, at } of exceptions) if (check !== undefined) problems.push(...unknownCheck(check, at, checks));
  const services = entries(field(document, "sensitive-services")).flatMap((entry) => servicesOf(entry, problems));
  if (problems.some(({ severity }) => severity === "error")) return { value: undefined, diagnostics: problems };
  const documentation = documentationOf(field(document, "documentation"), problems);
  const hasServices = field(document, "sensitive-services") !== undefined;
  return {
    value: {
      checks: new Map(entries(field(document, "checks")).map(({ key, value }) => [key, severityOf(value)])),
      exceptions,
      ...(hasServices ? { sensitiveServices: services } : {}),
      ...(documentation === undefined ? {} : { documentation }),
    },
    diagnostics: problems,
  };
}

function unknownCheck(id: string, at: Diagnostic["at"], checks: readonly string[]): Diagnostic[] {
  if (checks.includes(id)) return [];
  const help = helpForName(id, checks);
  return [problem("error", "audit/unknown-check", at, `no check is called \`${id}\``, help)];
}

function severityOf(value: YamlValue): (typeof FINDING_SEVERITIES)[number] | "off" {
  return FINDING_SEVERITIES.find((severity) => severity === text(value)) ?? "off";
}

function exceptionOf(value: YamlValue): AuditException {
  const line = field(value, "line");
  const of = (key: "check" | "file" | "rule" | "expires") => {
    const found = text(field(value, key));
    return found === undefined ? {} : { [key]: found };
  };
  return {
    ...{ ...of("check"), ...of("file"), ...of("rule"), ...of("expires") },
    ...(line?.kind === "scalar" && typeof line.value === "number" ? { line: line.value } : {}),
    reason: text(field(value, "reason")) ?? "",
    owner: text(field(value, "owner")) ?? "",
    at: value.at,
  };
}

function documentationOf(value: YamlValue | undefined, problems: Diagnostic[]): DocumentationPolicy | undefined {
  if (value === undefined) return undefined;
  const comment = field(value, "comment");
  const owner = located(field(value, "owner"));
  const log = (["accept", "drop", "all"] as const).find((word) => word === text(field(value, "log")));
  const pattern = owner && patternOf(owner.text);
  if (owner !== undefined && pattern === undefined)
    problems.push(problem("error", "audit/pattern", owner.at, `\`${owner.text}\` is no regular expression`));
  return {
    comment: comment?.kind === "scalar" && comment.value === true,
    ...(pattern === undefined ? {} : { owner: pattern }),
    ...(log === undefined ? {} : { log }),
  };
}

function patternOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "u");
  } catch {
    return undefined;
  }
}

function servicesOf({ key: name, value }: YamlEntry, problems: Diagnostic[]): SensitiveService[] {
  return items(value).flatMap((item) => {
    const written = located(item);
    if (written === undefined) return [];
    const read = readService(written.text);
    if ("services" in read) {
      const all = { first: 0, last: 65535 };
      return read.services.map(({ protocol, destinationPorts }) => ({
        name,
        protocol,
        ports: destinationPorts ?? [all],
      }));
    }
    problems.push(problem("error", "audit/service", written.at, read.mistake, read.help));
    return [];
  });
}
