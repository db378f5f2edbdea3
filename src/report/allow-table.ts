/** Turns allow-lists into a firewall request: a table for the people who run the devices, whatever their tools. */
import { formatAddressRange } from "../model/address.js";
import type { AllowAnalysis } from "../model/allow-analysis.js";
import type { AllowEntry, AllowList, Reason } from "../model/allow-list.js";
import type { RequestEntry, RequestList } from "../model/request-list.js";
import { formatRanges, protocolName, type Service } from "../model/service.js";

const HEAD = [
  ...["device", "direction", "from", "source addresses", "to", "destination addresses"],
  ...["service", "source ports", "requirements", "purpose", "owner", "expires"],
];

const WORDS = { forward: "through", input: "to", output: "from", proxy: "over" } as const;

/** The request as a Markdown document. */
export function allowMarkdown(analysis: AllowAnalysis): string {
  const rows = [HEAD, HEAD.map(() => "---"), ...rowsOf(analysis).map((row) => row.map(markdownCell))];
  const lines = rows.map((row) => `| ${row.join(" | ")} |`);
  return [
    `# Firewall request: ${analysis.topology}`,
    "",
    "Please let these connections begin, and their replies through; nothing else is needed.",
    ...["", ...lines, ""],
  ].join("\n");
}

/**
 * The request as comma-separated values with a line of titles (RFC 4180). Text beyond ASCII has a byte order mark, without
 * which spreadsheets take it for the code page of their country.
 */
export function allowCsv(analysis: AllowAnalysis): string {
  const text = [HEAD, ...rowsOf(analysis)].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
  return /[\u0080-\u{10ffff}]/u.test(text) ? `\ufeff${text}` : text;
}

function rowsOf({ lists, requests }: AllowAnalysis): string[][] {
  return [
    ...lists.flatMap((list) => list.entries.flatMap((entry) => rowsOfEntry(list, entry))),
    ...requests.flatMap((list) => list.entries.map((entry) => rowOfRequests(list, entry))),
  ];
}

// A service a row: people file requests by port.
function rowsOfEntry({ device, direction }: AllowList, entry: AllowEntry): string[][] {
  const { sources, destinations, services, hosts, reasons } = entry;
  return services.map((service) => [
    device,
    WORDS[direction],
    each(reasons, ({ from }) => from),
    sources.map(formatAddressRange).join(", "),
    each(reasons, ({ to }) => to),
    (hosts ?? destinations.map(formatAddressRange)).join(", "),
    serviceText(service),
    service.sourcePorts === undefined ? "" : formatRanges(service.sourcePorts),
    each(reasons, ({ requirement }) => requirement),
    each(reasons, ({ purpose }) => purpose),
    each(reasons, ({ owner }) => owner ?? ""),
    each(reasons, ({ expires }) => expires ?? ""),
  ]);
}

function rowOfRequests({ proxy }: RequestList, entry: RequestEntry): string[] {
  const { clients, methods, schemes, hosts, ports, users, reasons } = entry;
  const as = users.length === 0 ? "" : ` as ${users.join(", ")}`;
  return [
    proxy,
    WORDS.proxy,
    each(reasons, ({ from }) => from),
    clients.map(formatAddressRange).join(", ") + as,
    each(reasons, ({ to }) => to),
    hosts.join(", "),
    [methods.join(", "), ...schemes, `port ${formatRanges(ports)}`].join(" "),
    "",
    each(reasons, ({ requirement }) => requirement),
    each(reasons, ({ purpose }) => purpose),
    each(reasons, ({ owner }) => owner ?? ""),
    each(reasons, ({ expires }) => expires ?? ""),
  ];
}

function each(reasons: readonly Reason[], pick: (reason: Reason) => string): string {
  return [...new Set(reasons.map(pick))].filter((text) => text !== "").join(", ");
}

function serviceText({ protocol, destinationPorts, icmpTypes, icmpCodes }: Service): string {
  const ports = destinationPorts === undefined ? "" : `/${formatRanges(destinationPorts)}`;
  const type = icmpTypes === undefined ? "" : ` type ${formatRanges(icmpTypes)}`;
  const code = icmpCodes === undefined ? "" : ` code ${formatRanges(icmpCodes)}`;
  return protocolName(protocol) + ports + type + code;
}

function markdownCell(text: string): string {
  return text
    .replace(/[\\|<>*_`[\]]/g, "\\$&")
    .replace(/\s+/g, " ")
    .trim();
}

// A spreadsheet runs what begins like a formula, some also after blanks or in wide letters (OWASP, "CSV Injection").
function csvCell(text: string): string {
  const safe = /^\s*[=+\-@＝＋－＠|]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
