/** Turns the text of an expected change into what is to be allowed and denied by it. */
import type { AddressRange } from "../model/address.js";
import type { Direction } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { Expectation, ExpectedChange } from "../model/difference.js";
import type { TextInput } from "../model/inputs.js";
import type { Service } from "../model/service.js";
import { CHANGE_SCHEMA } from "./change-schema.js";
import { problem } from "./problem.js";
import { readEndpoint } from "./read-address.js";
import { readService } from "./read-service.js";
import { validateDocument } from "./validate-document.js";
import { parseYaml } from "./yaml-document.js";
import { field, items, located, text, type YamlValue } from "./yaml-value.js";

/** The change; undefined, with errors among the diagnostics, iff it has a mistake or expects nothing. */
export function parseChange({ text: content, file }: TextInput): Parsed<ExpectedChange | undefined> {
  const { value: document, diagnostics } = parseYaml(content, file);
  if (document === undefined) return { value: undefined, diagnostics };
  const problems = [...diagnostics, ...validateDocument(document, CHANGE_SCHEMA)];
  const expectations = (["allow", "deny"] as const).flatMap((kind) =>
    items(field(document, kind)).map((flow) => expectationOf(flow, kind, problems)),
  );
  if (expectations.length === 0 && problems.every(({ severity }) => severity !== "error"))
    problems.push(
      problem("error", "change/empty", document.at, "it expects nothing", "list flows under `allow` or `deny`"),
    );
  if (problems.some(({ severity }) => severity === "error")) return { value: undefined, diagnostics: problems };
  return { value: { name: text(field(document, "change")) ?? "", expectations }, diagnostics: problems };
}

function expectationOf(flow: YamlValue, kind: Expectation["kind"], problems: Diagnostic[]): Expectation {
  const [direction, ingress, egress] = ["direction", "in", "out"].map((key) => text(field(flow, key)));
  return {
    kind,
    ...(direction === undefined ? {} : { direction: direction as Direction }),
    sources: rangesOf(field(flow, "from"), problems),
    destinations: rangesOf(field(flow, "to"), problems),
    services: servicesOf(field(flow, "services"), problems),
    ...(ingress === undefined ? {} : { ingress }),
    ...(egress === undefined ? {} : { egress }),
    at: flow.at,
  };
}

function rangesOf(list: YamlValue | undefined, problems: Diagnostic[]): readonly AddressRange[] {
  return items(list).flatMap((item): readonly AddressRange[] => {
    const written = located(item);
    const read = written && readEndpoint(written.text);
    if (read === undefined) return [];
    if ("ranges" in read) return read.ranges;
    const [mistake, help] =
      "name" in read
        ? [`\`${read.name}\` is a name, and a change is about addresses`, "write its addresses"]
        : [read.mistake, read.help];
    problems.push(problem("error", "change/address", item.at, mistake, help));
    return [];
  });
}

function servicesOf(list: YamlValue | undefined, problems: Diagnostic[]): readonly Service[] {
  return items(list).flatMap((item): readonly Service[] => {
    const written = located(item);
    const read = written && readService(written.text);
    if (read === undefined) return [];
    if ("services" in read) return read.services;
    problems.push(problem("error", "change/service", item.at, read.mistake, read.help));
    return [];
  });
}
