/** Turns all exports of one Linux packet filter into one device. */
import type { Acl } from "../../model/acl.js";
import { type Family, singleAddress } from "../../model/address.js";
import type { Coverage, Device, DeviceInterface, Direction, Stage } from "../../model/device.js";
import type { Diagnostic, LineAccount, Parsed } from "../../model/diagnostic.js";
import type { Conversion, ConvertOptions } from "../../model/vendor.js";
import { aclName, type ConvertedTable, convertTable } from "./convert-table.js";
import { placesOnWay } from "./hooks.js";
import { ownAddresses } from "./own-addresses.js";
import { SetCatalogue } from "./set-catalogue.js";
import type { AddressFile, IptablesConfig, LinuxInterface, Rule, RuleFile, SetFile, Table } from "./types.js";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** The device behind the exports; none iff they hold no rules. */
export function convertIptables(configs: readonly IptablesConfig[], options: ConvertOptions): Parsed<Conversion> {
  const diagnostics: Diagnostic[] = [];
  const tables = currentTables(configs.filter(isRuleFile), diagnostics);
  const interfaces = configs.filter(isAddressFile).flatMap((file) => file.interfaces);
  const own = interfaces.length > 0 ? ownAddresses(interfaces) : undefined;
  const sets = new SetCatalogue(
    configs.filter(isSetFile).flatMap((file) => file.sets),
    changingSets(tables),
  );
  diagnostics.push(...remarksOnSets(configs, tables, sets));
  const converted = new Map<Table, ConvertedTable>();
  for (const table of tables) {
    const isTracked = tables.some((each) => each.family === table.family && usesTracking(each));
    const result = convertTable(table, { isTracked, own, sets });
    converted.set(table, result);
    for (const diagnostic of result.diagnostics) diagnostics.push(diagnostic);
  }
  const coverage = configs.map((config) => coverageOf(config, converted));
  const devices = tables.length === 0 ? [] : [deviceOf(options.deviceName, tables, converted, interfaces, sets)];
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
function currentTables(files: readonly RuleFile[], diagnostics: Diagnostic[]): Table[] {
  const current = new Map<string, Table>();
  for (const table of files.flatMap((file) => file.tables)) {
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

function rulesOf(tables: readonly Table[]): Rule[] {
  return tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => chain.rules));
}

/** The sets that rules of the device add to or delete from. */
function changingSets(tables: readonly Table[]): ReadonlySet<string> {
  const changing = rulesOf(tables).flatMap(({ target }) =>
    target?.name === "SET" ? target.options.map(({ values }) => values[0] ?? "") : [],
  );
  return new Set(changing);
}

const TRACKING_MODULES: ReadonlySet<string> = new Set([
  ...["state", "conntrack", "connmark", "connbytes", "connlimit", "connlabel", "helper", "cluster"],
]);
const TRACKING_TARGETS: ReadonlySet<string> = new Set(["CT", "NOTRACK", "CONNMARK", "CONNSECMARK", "SYNPROXY"]);

/** True iff the table makes the kernel track connections. */
function usesTracking(table: Table): boolean {
  if (table.name === "nat") return true;
  return rulesOf([table]).some(
    ({ matches, target }) =>
      matches.some(({ module }) => TRACKING_MODULES.has(module)) || TRACKING_TARGETS.has(target?.name ?? ""),
  );
}

function remarksOnSets(configs: readonly IptablesConfig[], tables: readonly Table[], sets: SetCatalogue): Diagnostic[] {
  const missing = new Map<string, Diagnostic>();
  for (const table of tables) {
    for (const { matches, line } of rulesOf([table])) {
      const uses = matches.filter(({ module }) => module === "set").flatMap(({ options }) => options);
      for (const name of uses.filter((option) => option.name === "--match-set").map(({ values }) => values[0] ?? "")) {
        if (!sets.has(name) && !missing.has(name)) missing.set(name, missingSet(name, table.file, line));
      }
    }
  }
  const timed = configs
    .filter(isSetFile)
    .flatMap((file) => file.sets)
    .filter(hasTimeouts);
  return [
    ...missing.values(),
    ...timed.map(
      (set): Diagnostic => ({
        ...{ code: "iptables/expiring-set", severity: "info", effect: "unknown" },
        message: `elements of set \`${set.name}\` expire; they are taken as they were when it was exported`,
        at: { file: set.file, line: set.line },
      }),
    ),
  ];
}

function hasTimeouts(set: SetFile["sets"][number]): boolean {
  return set.elements.some(
    ({ options }) => options.includes("timeout") && !/ timeout 0\b/.test(` ${options.join(" ")}`),
  );
}

function missingSet(name: string, file: string, line: number): Diagnostic {
  return {
    ...{ code: "iptables/missing-set", severity: "warning", effect: "unknown" },
    message: `the exports do not hold set \`${name}\`, so rules that ask for it stay open`,
    help: "give the output of `ipset save` along with the rules",
    at: { file, line },
  };
}

function coverageOf(config: IptablesConfig, converted: ReadonlyMap<Table, ConvertedTable>): Coverage {
  const rules = config.kind === "rules" ? config.tables.flatMap((table) => linesOf(table, converted)) : [];
  const lines = [...config.lines, ...rules].sort((a, b) => a.line - b.line);
  return { file: config.file, vendor: "iptables", lines };
}

function linesOf(table: Table, converted: ReadonlyMap<Table, ConvertedTable>): readonly LineAccount[] {
  const result = converted.get(table);
  if (result !== undefined) return result.lines;
  const note = `table ${table.name} is given again later`;
  return rulesOf([table]).map(({ line }) => ({ line, fate: "harmless", note }));
}

function deviceOf(
  name: string,
  tables: readonly Table[],
  converted: ReadonlyMap<Table, ConvertedTable>,
  interfaces: readonly LinuxInterface[],
  sets: SetCatalogue,
): Device {
  const absent = FAMILIES.filter((family) => !tables.some((table) => table.family === family));
  const unknown = absent.map((family) => absentFamilyAcl(family, tables[0] as Table));
  const stages = (direction: Direction): Stage[] => [
    ...unknown.map(({ name: acl }) => ({ hook: acl, kind: "filter" as const, acl })),
    ...stagesOf(direction, tables),
  ];
  return {
    ...{ name, vendor: "iptables", tracking: "explicit", sets: sets.definedSets() },
    acls: [...unknown, ...tables.flatMap((table) => converted.get(table)?.acls ?? [])],
    interfaces: interfaces.map(deviceInterface),
    stages: { forward: stages("forward"), input: stages("input"), output: stages("output") },
  };
}

function deviceInterface({ name, addresses }: LinuxInterface): DeviceInterface {
  return { name, addresses: addresses.map(({ address }) => singleAddress(address)) };
}

/** The places of the way that can decide anything: an empty chain with policy ACCEPT cannot. */
function stagesOf(direction: Direction, tables: readonly Table[]): Stage[] {
  return placesOnWay(direction).flatMap(({ table: name, hook }) =>
    tables
      .filter((table) => table.name === name)
      .flatMap((table): Stage[] => {
        const chain = table.chains.get(hook);
        if (chain === undefined || (chain.rules.length === 0 && chain.policy === "ACCEPT" && table.isComplete))
          return [];
        const acl = aclName(table.family, name, hook);
        return [{ hook: acl, kind: name === "nat" ? "nat" : "filter", acl }];
      }),
  );
}

/** Stands for the rules of a family of which no export was given: what they do to its packets is not known. */
function absentFamilyAcl(family: Family, any: Table): Acl {
  const command = family === "ipv4" ? "iptables-save" : "ip6tables-save";
  const text = `the rules for ${family}: the exports lack the output of ${command}`;
  const at = { file: any.file, line: any.line };
  const action = { kind: "unknown", text } as const;
  return {
    ...{ name: `${command} is not given`, evaluation: "first-match", defaultAction: { kind: "accept" }, at },
    aces: [{ name: command, enabled: true, matches: { family, unmodeled: [] }, action, at }],
  };
}
