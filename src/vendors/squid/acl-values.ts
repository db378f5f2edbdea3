/** Turns the values of one acl type into a condition; one function a group of types. */
import type { AddressRange } from "../../model/address.js";
import { formatAddress, parseAddress, singleAddress } from "../../model/address.js";
import type { HostPattern, RequestCondition } from "../../model/proxy.js";
import type { PortRange } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import { AddressValues, isNarrowerThanWritten, parseAclAddresses } from "./acl-addresses.js";
import type { AclLine } from "./types.js";

/** How Squid compares the names of authenticated users, as the `auth_param` lines have it. */
export type UserCase = "kept" | "lowered" | "depends";

/** What the conditions of one acl are made of, and where to complain. */
export interface AclSource {
  readonly lines: readonly AclLine[];
  readonly at: SourceRef;
  readonly userCase: UserCase;
  /** Squid 5.7 does not start with the line. */
  refuse(at: SourceRef, why: string): void;
  /** Squid 5.7 starts, and does not do what the value seems to say. */
  remark(slug: string, at: SourceRef, message: string, help?: string): void;
}

/** One value with the options that hold for it. */
interface Value {
  readonly text: string;
  readonly at: SourceRef;
  readonly ignoreCase: boolean;
}

interface Values {
  readonly values: readonly Value[];
  readonly options: ReadonlySet<string>;
  /** Conditions for what is not known: files not given, options not known. */
  readonly unknown: readonly RequestCondition[];
}

/** Values of all lines with `-i`/`+i` applied; `anywhere`: those options may stand between values (regular expressions). */
function readValues({ lines }: AclSource, known: readonly string[], anywhere: boolean): Values {
  const values: Value[] = [];
  const options = new Set<string>();
  const unknown: RequestCondition[] = [];
  for (const { words, at } of lines) {
    let ignoreCase = false;
    let mayBeOption = true;
    for (const word of words) {
      if ("fileNotGiven" in word) {
        unknown.push({ kind: "unmodeled", text: `the values in \`${word.fileNotGiven}\`, which is not given`, at });
        mayBeOption = anywhere;
      } else if (mayBeOption && /^[-+][a-z]/i.test(word.text)) {
        if (word.text === "-i" || word.text === "+i") ignoreCase = word.text === "-i";
        options.add(word.text);
        if (!known.includes(word.text)) unknown.push({ kind: "unmodeled", text: `the option \`${word.text}\``, at });
      } else if (mayBeOption && word.text === "--") mayBeOption = false;
      else {
        values.push({ text: word.text, at, ignoreCase });
        mayBeOption = anywhere;
      }
    }
  }
  return { values, options, unknown };
}

/** The disjunction, without needless nesting. */
export function anyOf(conditions: readonly RequestCondition[]): RequestCondition {
  const [first, ...others] = conditions;
  if (first === undefined) return { kind: "never" };
  return others.length === 0 ? first : { kind: "any-of", conditions };
}

/** `src`. */
export function clientCondition(source: AclSource): RequestCondition {
  const { values, unknown } = readValues(source, [], false);
  const { ranges, unread } = readAddresses(values, source);
  return anyOf([{ kind: "client", ranges }, ...unknown, ...unread]);
}

/** `dst`. */
export function destinationCondition(source: AclSource): RequestCondition {
  const { values, options, unknown } = readValues(source, ["-n"], false);
  const { ranges, unread } = readAddresses(values, source);
  const lookup = !options.has("-n");
  const destination: RequestCondition = { kind: "destination", ranges, lookup, at: source.at };
  return anyOf([lookup ? destination : withoutUnspecified(destination, source.at), ...unknown, ...unread]);
}

const UNSPECIFIED: readonly AddressRange[] = [singleAddress([0]), singleAddress([0, 0, 0, 0])];

// Squid 5.7, asked: with `-n` the hosts `0.0.0.0` and `::` are no addresses, and not even `all` holds them.
function withoutUnspecified(destination: RequestCondition, at: SourceRef): RequestCondition {
  const unspecified: RequestCondition = { kind: "destination", ranges: UNSPECIFIED, lookup: false, at };
  return { kind: "all-of", conditions: [destination, { kind: "not", condition: unspecified }] };
}

function readAddresses(
  values: readonly Value[],
  source: AclSource,
): { ranges: readonly AddressRange[]; unread: readonly RequestCondition[] } {
  const kept = new AddressValues();
  const unread: RequestCondition[] = [];
  for (const { text, at } of values) {
    const parsed = parseAclAddresses(text);
    if (parsed === undefined) {
      unread.push({ kind: "unmodeled", text: `\`${text}\`, which is no address Squid reads as written`, at });
      if (mayBeResolved(text)) source.remark("unread-address", at, `\`${text}\` is not read as an address`);
      else source.refuse(at, `\`${text}\` is no address`);
    }
    if (isNarrowerThanWritten(text)) {
      source.remark("zero-mask", at, `\`${text}\` is one address to Squid 5.7, not all of them`, "write `all`");
    }
    for (const value of parsed ?? []) {
      if (kept.add(value)) continue;
      const message = `\`${text}\` is ignored by Squid 5.7: an earlier value of the acl shares addresses with it`;
      source.remark("overlapping-value", at, message, "later versions merge the values: remove the overlap");
    }
  }
  return { ranges: kept.ranges(), unread };
}

// A name is resolved when Squid starts, and numbers are read in old ways; a prefix that is too long is never read.
function mayBeResolved(text: string): boolean {
  const [span = "", mask, ...rest] = text.split("/");
  if (rest.length > 0) return true;
  if (mask !== undefined && !/^\d{1,3}(\.\d+)*$/.test(mask)) return false;
  if (/^\d+$/.test(mask ?? "") && Number(mask) > (span.includes(":") ? 128 : 32)) return false;
  return /^[a-z0-9]([\w.-]*[a-z0-9.])?$/i.test(span) || span.includes("%");
}

/** `dstdomain`. */
export function domainCondition(source: AclSource): RequestCondition {
  const { values, options, unknown } = readValues(source, ["-n"], false);
  const patterns: HostPattern[] = [];
  const addresses: AddressRange[] = [];
  const unread: RequestCondition[] = [];
  const order = new DomainOrder();
  for (const { text, at } of values) {
    if (order.isRefused(text)) source.refuse(at, `\`${text}\` and an earlier value of the acl hold one another`);
    const read = readDomain(text);
    if (read.kind === "pattern") patterns.push(read.pattern);
    else if (read.kind === "address") addresses.push(read.address);
    else if (read.kind === "unread") unread.push({ kind: "unmodeled", text: `the domain \`${text}\``, at });
    if (read.kind === "nothing") {
      source.remark("matches-nothing", at, `\`${text}\` matches no host`, "write `.example.com` for a domain");
    }
  }
  const reverse = options.has("-n") ? {} : { reverse: { nameless: "none" } };
  return anyOf([{ kind: "host", patterns, addresses, ...reverse, at: source.at }, ...unknown, ...unread]);
}

type Domain =
  | { readonly kind: "pattern"; readonly pattern: HostPattern }
  | { readonly kind: "address"; readonly address: AddressRange }
  | { readonly kind: "unread" | "nothing" };

// Squid compares texts, and a host's text has one spelling: IPv6 in brackets and canonical, no dot at the end.
function readDomain(text: string): Domain {
  const lower = text.toLowerCase();
  const inner = lower.startsWith("[") ? lower.slice(1, -1) : lower;
  const address = parseAddress(inner);
  if (address !== undefined) {
    const isHostText = lower === (address.length === 1 ? formatAddress(address) : `[${formatAddress(address)}]`);
    return isHostText ? { kind: "address", address: singleAddress(address) } : { kind: "nothing" };
  }
  const below = lower.startsWith(".");
  const name = below ? lower.slice(1) : lower;
  if (!/^[^.*/:]+(\.[^.*/:]+)*$/.test(name)) return { kind: "nothing" };
  if (/(^|\.)\d+$/.test(name)) return { kind: "unread" }; // may end the text of an IPv4 address
  return { kind: "pattern", pattern: { name, below } };
}

/** Finds the values that Squid 5.7 refuses to have in one acl: a domain after a name it holds, or both forms of one name. */
class DomainOrder {
  private readonly values = new Set<string>();
  /** Every domain that a value is in. */
  private readonly above = new Set<string>();

  /** Whether the value must not follow the ones before; one that an earlier domain holds is only ignored. */
  isRefused(text: string): boolean {
    const value = text.toLowerCase();
    const isBelow = value.startsWith(".");
    const name = isBelow ? value.slice(1) : value;
    const domains = domainsAbove(name);
    if (this.values.has(value) || domains.some((domain) => this.values.has(`.${domain}`))) return false;
    const isRefused = this.values.has(isBelow ? name : `.${name}`) || (isBelow && this.above.has(name));
    this.values.add(value);
    for (const domain of domains) this.above.add(domain);
    return isRefused;
  }
}

// Longer text is no name (RFC 1035 2.3.4), and matches nothing.
const MAX_NAME_LENGTH = 255;

function domainsAbove(name: string): string[] {
  const domains: string[] = [];
  if (name.length > MAX_NAME_LENGTH) return domains;
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) domains.push(name.slice(dot + 1));
  return domains;
}

/** `dstdom_regex`, `url_regex`, `urlpath_regex`. */
export function patternCondition(
  source: AclSource,
  kind: "host-pattern" | "url-pattern" | "path-pattern",
): RequestCondition {
  const isOfHost = kind === "host-pattern";
  const { values, options, unknown } = readValues(source, isOfHost ? ["-i", "+i", "-n"] : ["-i", "+i"], true);
  const patterns = values.map(({ text, at, ignoreCase }): RequestCondition => {
    if (!isOfHost) return { kind, pattern: text, ignoreCase, at };
    const reverse = options.has("-n") ? {} : { reverse: { nameless: "none" } };
    return { kind, pattern: text, ignoreCase, ...reverse, at };
  });
  return anyOf([...patterns, ...unknown]);
}

/** `browser`, `referer_regex`; `req_header` names its header first. */
export function headerCondition(source: AclSource, header?: string): RequestCondition {
  if (header === undefined) return namedHeaderCondition(source);
  const { values, unknown } = readValues(source, ["-i", "+i"], true);
  const patterns = values.map(({ text, at, ignoreCase }): RequestCondition => {
    return { kind: "header-pattern", header, pattern: text, ignoreCase, at };
  });
  return anyOf([...patterns, ...unknown]);
}

function namedHeaderCondition(source: AclSource): RequestCondition {
  const conditions = source.lines.map((line) => {
    const [name, ...words] = line.words;
    if (name === undefined || !("text" in name)) return unnamed(line.at);
    return headerCondition({ ...source, lines: [{ ...line, words }] }, name.text.toLowerCase());
  });
  return anyOf(conditions);
}

function unnamed(at: SourceRef): RequestCondition {
  return { kind: "unmodeled", text: "`req_header` without the name of a header", at };
}

/** `port`. */
export function portCondition(source: AclSource): RequestCondition {
  const { values, unknown } = readValues(source, [], false);
  const ranges = values.flatMap(({ text, at }) => {
    const range = readPorts(text);
    if (range === undefined) source.refuse(at, `\`${text}\` is no port or range of ports`);
    return range ?? [];
  });
  return anyOf([{ kind: "port", ranges }, ...unknown]);
}

/** The ports of `n` or `n-m`; undefined iff the text is neither. */
export function readPorts(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65535 ? { first, last } : undefined;
}

/** `method`. */
export function methodCondition(source: AclSource): RequestCondition {
  const { values, unknown } = readValues(source, [], false);
  return anyOf([{ kind: "method", methods: values.map(({ text }) => text.toUpperCase()) }, ...unknown]);
}

/** `proto`: `none` is what Squid 5.7 takes CONNECT for. */
export function schemeCondition(source: AclSource): RequestCondition {
  const { values, unknown } = readValues(source, [], false);
  const words = values.map(({ text }) => text.toLowerCase());
  const tunnels: RequestCondition[] = words.includes("none") ? [{ kind: "method", methods: ["CONNECT"] }] : [];
  return anyOf([{ kind: "scheme", schemes: words.filter((word) => word !== "none") }, ...tunnels, ...unknown]);
}

/** `proxy_auth`. */
export function userCondition(source: AclSource): RequestCondition {
  const { values, options, unknown } = readValues(source, ["-i", "+i"], false);
  const isUnknown = unknown.length > 0 || (options.size > 0 && source.lines.length > 1);
  const names = values.map(({ text }) => text);
  const isAny = !isUnknown && names[0] === "REQUIRED";
  if (isAny) return { kind: "authenticated", users: "any", ignoreCase: false, at: source.at };
  const ignoreCase = options.has("-i");
  const isLetterCaseOpen = source.userCase === "depends" && !ignoreCase;
  if (isUnknown || isLetterCaseOpen || names.includes("REQUIRED")) return unknownUsers(source.at);
  if (source.userCase === "kept") return { kind: "authenticated", users: names, ignoreCase, at: source.at };
  // The user's name is lower case before it is compared: a listed name with a capital is met by nobody.
  const users = ignoreCase ? names : names.filter((name) => name === name.toLowerCase());
  const lost = names.find((name) => !users.includes(name));
  if (lost !== undefined) {
    const help = "add `-i`, or `auth_param basic casesensitive on`";
    source.remark(
      "letter-case",
      source.at,
      `no user matches \`${lost}\`: names are lowered before they are compared`,
      help,
    );
  }
  return { kind: "authenticated", users, ignoreCase: true, at: source.at };
}

/** Some users, and which is not known. */
export function unknownUsers(at: SourceRef): RequestCondition {
  return { kind: "authenticated", users: "unknown", ignoreCase: false, at };
}
