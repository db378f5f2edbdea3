/** A script of az commands to an ARM template of the security groups and firewall policies it makes. */
import type { JsonDocument, JsonMember, JsonValue } from "../../../syntax/json.js";
import { firewallResources } from "./firewall-commands.js";
import { hasStrayWords, mayRun, nameOf, type Options, optionsOf, textAt, wordAt } from "./options.js";
import { type Command, readCommands } from "./shell.js";

const RULE_COMMAND = ["az", "network", "nsg", "rule"];
const GROUP_COMMAND = ["az", "network", "nsg", "create"];
/** A command about rules anywhere in another one. */
const HIDDEN_COMMAND = /\baz\s+network\s+nsg\s+rule\s+(?:create|update|delete)\b/;

/** True iff the text calls az to make rules of security groups or firewall policies. */
export function looksLikeCommands(text: string): boolean {
  return /(?:^|[\s;&])az\s+network\s+(?:nsg\s+rule\s+create|firewall\s+policy\s+rule-collection-group)\s/m.test(text);
}

/** The template; what only running the script would show is left open in it. */
export function parseCommands(text: string): JsonDocument {
  const groups = new Groups();
  const commands = readCommands(text);
  for (const command of commands) groups.follow(command);
  const endLine = text.split("\n").length;
  const items = [...groups.resources(endLine), ...firewallResources(commands)];
  const members: JsonMember[] = [
    { key: "$schema", line: 1, value: textAt("az/deploymentTemplate.json", 1) },
    { key: "resources", line: 1, value: { kind: "array", items, line: 1, endLine } },
  ];
  return { value: { kind: "object", members, line: 1, endLine }, error: undefined, duplicates: [] };
}

// Reference of "az network nsg rule create": options with their defaults. That of the destination's ports has not been the
// same in every release, so that without the option they are open.
const PROPERTIES: readonly (readonly [options: readonly string[], property: string, usual: string | undefined])[] = [
  [["--name", "-n"], "name", undefined],
  [["--priority"], "priority", undefined],
  [["--direction"], "direction", "Inbound"],
  [["--access"], "access", "Allow"],
  [["--protocol"], "protocol", "*"],
  [["--source-address-prefixes", "--source-address-prefix"], "sourceAddressPrefixes", "*"],
  [["--source-port-ranges", "--source-port-range"], "sourcePortRanges", "*"],
  [["--destination-address-prefixes", "--destination-address-prefix"], "destinationAddressPrefixes", "*"],
  [["--destination-port-ranges", "--destination-port-range"], "destinationPortRanges", undefined],
  [["--source-asgs"], "sourceApplicationSecurityGroups", undefined],
  [["--destination-asgs"], "destinationApplicationSecurityGroups", undefined],
];
const GROUPS_OF_A_SIDE = new Set(["sourceAddressPrefixes", "destinationAddressPrefixes"]);
const PLACING = new Set(["--resource-group", "-g", "--nsg-name"]);
const IDLE = new Set([
  ...["--description", "--no-wait", "--subscription", "--output", "-o", "--only-show-errors", "--query", "--verbose"],
  ...["--debug"],
]);

class Groups {
  private readonly rules = new Map<
    string,
    { readonly name: JsonValue; readonly line: number; readonly rules: JsonValue[] }
  >();
  /** What may be about any of the groups. */
  private readonly open: JsonValue[] = [];

  resources(endLine: number): JsonValue[] {
    return [...this.rules.values()].map(({ name, line, rules }): JsonValue => {
      const list: JsonValue = { kind: "array", items: [...this.open, ...rules], line, endLine };
      const members = [
        { key: "type", line, value: textAt("Microsoft.Network/networkSecurityGroups", line) },
        { key: "name", line, value: name },
        { key: "securityRules", line, value: list },
      ];
      return { kind: "object", members, line, endLine: line };
    });
  }

  follow(command: Command): void {
    const texts = command.words.map(({ text }) => text);
    const begins = (start: readonly string[]) => start.every((word, index) => texts[index] === word);
    if (begins(GROUP_COMMAND)) this.group(optionsOf(command.words.slice(4)), "--name", "-n", command);
    else if (begins(RULE_COMMAND)) this.rule(texts[4] ?? "", optionsOf(command.words.slice(5)), command);
    else if (mayRun(command.words, RULE_COMMAND, HIDDEN_COMMAND)) this.leaveOpen(command);
  }

  private leaveOpen({ line, endLine }: Command): void {
    this.open.push({ kind: "scalar", value: "[az network nsg rule]", line, endLine });
  }

  private group(options: Options, long: string, short: string, { line }: Command): JsonValue[] {
    const [word] = options.get(long) ?? options.get(short) ?? [];
    const key = (word?.text ?? word?.source ?? "").toLowerCase();
    const known = this.rules.get(key) ?? { name: wordAt(word, line), line, rules: [] };
    this.rules.set(key, known);
    return known.rules;
  }

  private rule(verb: string, options: Options, command: Command): void {
    if (verb === "list" || verb === "show" || verb === "wait") return;
    const { line, endLine, isUncertain } = command;
    const rules = this.group(options, "--nsg-name", "--nsg-name", command);
    if (options.get("--nsg-name")?.[0]?.text === undefined) this.leaveOpen(command);
    const isAgain = rules.some((rule) => nameOf(rule) === (options.get("--name") ?? options.get("-n"))?.[0]?.text);
    if (verb !== "create" || isUncertain || isAgain || hasStrayWords(command.words)) {
      rules.push({ kind: "scalar", value: `[az network nsg rule ${verb}]`, line, endLine });
    }
    if (verb === "create") rules.push({ kind: "object", members: propertiesOf(options, command), line, endLine });
  }
}

function propertiesOf(options: Options, { line, endLine }: Command): JsonMember[] {
  const known = PROPERTIES.flatMap(([names, property, usual]): JsonMember[] => {
    const words = names.map((name) => options.get(name)).find((found) => found !== undefined);
    const isOtherwise = GROUPS_OF_A_SIDE.has(property) && hasGroups(options, property);
    if (words === undefined)
      return usual === undefined || isOtherwise ? [] : [{ key: property, line, value: textAt(usual, line) }];
    const items = words.map((word) => wordAt(word, line));
    const [first] = items;
    return [
      { key: property, line, value: items.length === 1 && first ? first : { kind: "array", items, line, endLine } },
    ];
  });
  const named = new Set(PROPERTIES.flatMap(([names]) => names));
  const odd = [...options.keys()].filter((name) => !named.has(name) && !PLACING.has(name) && !IDLE.has(name));
  return [...known, ...odd.map((key) => ({ key, line, value: textAt("given", line) }))];
}

function hasGroups(options: Options, property: string): boolean {
  return options.has(property.startsWith("source") ? "--source-asgs" : "--destination-asgs");
}
