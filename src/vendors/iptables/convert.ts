/** Turns all exports of one Linux packet filter into one device. */
import { formatAddressRange, singleAddress } from "../../model/address.js";
import type { Coverage, Device, DeviceInterface } from "../../model/device.js";
import type { Diagnostic, LineAccount, Parsed } from "../../model/diagnostic.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import type { AddressFile, LinuxInterface } from "../netfilter/linux-interfaces.js";
import { ownAddresses } from "../netfilter/own-addresses.js";
import { changingRules } from "./changing-rules.js";
import { type ConvertedTable, convertTable } from "./convert-table.js";
import { markCasesOf } from "./match-marks.js";
import { translationsOf, zonesOf } from "./match-states.js";
import { remarksOnSets } from "./remarks.js";
import { SetCatalogue } from "./set-catalogue.js";
import { setCensus } from "./set-census.js";
import { extraAcls, FAMILIES, stagesOf } from "./stages.js";
import { type IptablesConfig, type KernelSet, type RuleFile, rulesOf, type SetFile, type Table } from "./types.js";
import { ufwTables, withoutUfw } from "./ufw-chains.js";

/** The device behind the exports; none iff they hold no rules. */
export function convertIptables(configs: readonly IptablesConfig[], options: ConvertOptions): Parsed<Conversion> {
  const diagnostics: Diagnostic[] = [];
  const files = configs.filter(isRuleFile);
  const given = currentTables(withoutUfw(files), diagnostics);
  const tables = [...given, ...ufwTables(files)];
  const interfaces = configs.filter(isAddressFile).flatMap((file) => file.interfaces);
  const own = ownAddresses(
    interfaces,
    configs.flatMap((config) => (config.kind === "routes" ? config.localRoutes : [])),
  );
  const kernelSets = configs.filter(isSetFile).flatMap((file) => file.sets);
  const changing = changingRules(rulesOf(tables));
  const sets = new SetCatalogue(kernelSets, changing.sets, statedSets(options, tables));
  diagnostics.push(...remarksOnSets(configs.filter(isSetFile), tables, sets));
  const marks = markCasesOf(tables, options.facts);
  const tracked = new Set(tables.filter(usesTracking).map(({ family }) => family));
  const zonesByFamily = new Map(FAMILIES.map((family) => [family, zonesOf(tables, family)]));
  const converted = new Map<Table, ConvertedTable>();
  for (const table of tables) {
    const { family } = table;
    const translations = translationsOf(tables, family);
    const zones = zonesByFamily.get(family);
    const { recent } = changing;
    const context = { isTracked: tracked.has(family), own, sets, recent, marks, translations, zones };
    const result = convertTable(table, context);
    converted.set(table, result);
    for (const diagnostic of result.diagnostics) diagnostics.push(diagnostic);
  }
  const superseded = new Set(withoutUfw(files).filter((table) => !given.includes(table)));
  const coverage = configs.map((config) => coverageOf(config, [...converted.values()], superseded));
  const census = setCensus(configs.filter(isSetFile), tables, sets);
  const device = deviceOf(options.deviceName, tables, converted, interfaces, sets);
  const devices = tables.length === 0 ? [] : [{ ...device, ...(census && { census }) }];
  return { value: { devices, proxies: [], coverage }, diagnostics };
}

function isRuleFile(config: IptablesConfig): config is RuleFile {
  return config.kind === "rules";
}

function isSetFile(config: IptablesConfig): config is SetFile {
  return config.kind === "sets";
}

function isAddressFile(config: IptablesConfig): config is AddressFile {
  return config.kind === "addresses";
}

/** One table of each name and family: iptables-restore empties a table before it fills it, so the last one counts. */
function currentTables(tables: readonly Table[], diagnostics: Diagnostic[]): Table[] {
  const current = new Map<string, Table>();
  for (const table of tables) {
    const key = `${table.family} ${table.name}`;
    const earlier = current.get(key);
    if (earlier !== undefined) {
      diagnostics.push({
        ...{ code: "iptables/repeated-table", severity: "warning", effect: "unknown" },
        message: `table ${table.name} (${table.family}) is given again; the last one counts`,
        help: `the earlier one is at ${earlier.file}:${earlier.line}`,
        at: { file: table.file, line: table.line },
      });
    }
    current.set(key, table);
  }
  return [...current.values()];
}

/** The sets whose content the user states, by lower-case name; they stand where the rules begin, for want of a line. */
function statedSets({ definedSets }: ConvertOptions, [first]: readonly Table[]): KernelSet[] {
  if (first === undefined) return [];
  const { file, line } = first;
  return [...(definedSets ?? [])].map(([name, ranges]) => {
    const elements = ranges.map((range) => ({ text: formatAddressRange(range), options: [], line }));
    return { name, type: "hash:net", options: [], elements, file, line };
  });
}

const TRACKING_MODULES: ReadonlySet<string> = new Set([
  ...["state", "conntrack", "connmark", "connbytes", "connlimit", "connlabel", "helper", "cluster"],
]);
const TRACKING_TARGETS: ReadonlySet<string> = new Set(["CT", "NOTRACK", "CONNMARK", "CONNSECMARK", "SYNPROXY"]);

/** True iff the table makes the kernel track connections. */
function usesTracking(table: Table): boolean {
  if (table.name === "nat") return true;
  for (const { matches, target } of rulesOf([table])) {
    if (target !== undefined && TRACKING_TARGETS.has(target.name)) return true;
    if (matches.some(({ module }) => TRACKING_MODULES.has(module))) return true;
  }
  return false;
}

function coverageOf(
  config: IptablesConfig,
  converted: readonly ConvertedTable[],
  superseded: ReadonlySet<Table>,
): Coverage {
  const { file } = config;
  const rules = converted.flatMap((table) => table.lines).filter((chain) => chain.file === file);
  const others = config.kind === "rules" ? config.tables.filter((table) => superseded.has(table)) : [];
  const lines = [...config.lines, ...rules.flatMap((chain) => chain.lines), ...others.flatMap(linesOfSuperseded)];
  return { file, vendor: "iptables", lines: oneForEachLine(lines.sort((a, b) => a.line - b.line)) };
}

function linesOfSuperseded(table: Table): readonly LineAccount[] {
  const note = `table ${table.name} is given again later`;
  return [...rulesOf([table])].map(({ line }) => ({ line, fate: "harmless", note }));
}

/** A line of ufw may become several rules: it is understood as well as the worst of them. */
function oneForEachLine(sorted: readonly LineAccount[]): LineAccount[] {
  const lines: LineAccount[] = [];
  for (const account of sorted) {
    const last = lines.at(-1);
    if (last?.line !== account.line) lines.push(account);
    else if (last.fate === "modelled" && account.fate !== "harmless") lines[lines.length - 1] = account;
  }
  return lines;
}

function deviceOf(
  name: string,
  tables: readonly Table[],
  converted: ReadonlyMap<Table, ConvertedTable>,
  interfaces: readonly LinuxInterface[],
  sets: SetCatalogue,
): Device {
  const extra = extraAcls(tables);
  return {
    ...{ name, vendor: "iptables", tracking: "explicit", sets: sets.definedSets() },
    acls: [...extra.map(({ acl }) => acl), ...tables.flatMap((table) => converted.get(table)?.acls ?? [])],
    interfaces: interfaces.map(deviceInterface),
    stages: {
      forward: stagesOf("forward", tables, extra),
      input: stagesOf("input", tables, extra),
      output: stagesOf("output", tables, extra),
    },
  };
}

function deviceInterface({ name, addresses }: LinuxInterface): DeviceInterface {
  return { name, addresses: addresses.map(({ address }) => singleAddress(address)) };
}
