/** Commands that make firewall policies, their groups and rules to the resources they make. */
import type { JsonMember, JsonValue } from "../../../syntax/json.js";
import { hasStrayWords, mayRun, nameOf, type Options, optionsOf, textAt, wordAt } from "./options.js";
import type { Command } from "./shell.js";
import type { Word } from "./words.js";

const POLICY = ["az", "network", "firewall", "policy"];
const GROUP_COMMAND = [...POLICY, "rule-collection-group"];
/** A command about rules anywhere in another one. */
const HIDDEN_COMMAND = /\baz\s+network\s+firewall\s+policy\s+rule-collection-group\b/;

interface Collection {
  readonly name: string;
  readonly members: readonly JsonMember[];
  readonly rules: JsonValue[];
}

interface Group {
  readonly members: readonly JsonMember[];
  readonly collections: Collection[];
  /** What is not followed: the group may have other rules. */
  readonly open: JsonValue[];
  readonly line: number;
}

// Reference of "az network firewall policy rule-collection-group collection": options that rules have
const RULE_LISTS: Readonly<Record<string, string>> = {
  "--ip-protocols": "ipProtocols",
  "--source-addresses": "sourceAddresses",
  "--source-ip-groups": "sourceIpGroups",
  "--destination-addresses": "destinationAddresses",
  "--dest-addr": "destinationAddresses",
  "--destination-ip-groups": "destinationIpGroups",
  "--dest-ipg": "destinationIpGroups",
  "--destination-fqdns": "destinationFqdns",
  "--destination-ports": "destinationPorts",
  "--target-fqdns": "targetFqdns",
  "--fqdn-tags": "fqdnTags",
  "--web-categories": "webCategories",
  "--target-urls": "targetUrls",
};
const PLACING = new Set([
  ...["--resource-group", "-g", "--policy-name", "--rule-collection-group-name", "--rcg-name", "--name", "-n"],
  ...["--collection-name", "--collection-priority", "--action", "--rule-name", "--rule-type", "--protocols"],
  ...["--description", "--rule-description", "--no-wait", "--subscription", "--output", "-o", "--only-show-errors"],
]);

/** The policies and groups in the order in which they are first named. */
export function firewallResources(commands: readonly Command[]): JsonValue[] {
  const policies: JsonValue[] = [];
  const groups = new Map<string, Group>();
  const open: JsonValue[] = [];
  for (const command of commands) {
    const words = command.words.map(({ text }) => text);
    if (!POLICY.every((word, index) => words[index] === word)) {
      if (mayRun(command.words, GROUP_COMMAND, HIDDEN_COMMAND)) open.push(openAt(command));
      continue;
    }
    const options = optionsOf(command.words.slice(4));
    if (words[4] === "create") policies.push(policyOf(options, command));
    else if (words[4] === "rule-collection-group") follow(groups, words.slice(5), options, command);
  }
  for (const group of groups.values()) group.open.push(...open);
  return [...policies, ...[...groups.values()].map(resourceOf)];
}

function openAt({ line, endLine }: Command): JsonValue {
  return { kind: "scalar", value: "[az network firewall policy]", line, endLine };
}

function policyOf(options: Options, { line, endLine }: Command): JsonValue {
  const mode = options.get("--threat-intel-mode")?.[0];
  const base = options.get("--base-policy")?.[0];
  const members: JsonMember[] = [
    member("type", textAt("Microsoft.Network/firewallPolicies", line)),
    member("name", wordAt((options.get("--name") ?? options.get("-n"))?.[0], line)),
    member("threatIntelMode", mode === undefined ? textAt("Alert", line) : wordAt(mode, line)),
    ...(base === undefined ? [] : [member("basePolicy", object([member("id", wordAt(base, line))], line))]),
  ];
  return { kind: "object", members, line, endLine };
}

function follow(
  groups: Map<string, Group>,
  verbs: readonly (string | undefined)[],
  options: Options,
  command: Command,
): void {
  const { line, endLine, isUncertain } = command;
  if (["list", "show", "wait"].includes(verbs.find((verb) => /^(?:list|show|wait)$/.test(verb ?? "")) ?? "")) return;
  const isGroup = verbs[0] === "create";
  const own = options.get("--rule-collection-group-name") ?? options.get("--rcg-name");
  const name = (isGroup ? (options.get("--name") ?? options.get("-n")) : own)?.[0];
  const group = groupNamed(
    groups,
    options.get("--policy-name")?.[0],
    name,
    isGroup ? options.get("--priority")?.[0] : undefined,
    line,
  );
  const isFollowed = isGroup || (verbs[0] === "collection" && makeRule(group, verbs, options, command));
  if (!isFollowed || isUncertain || hasStrayWords(command.words))
    group.open.push({ kind: "scalar", value: `[${verbs.join(" ")}]`, line, endLine });
}

function groupNamed(
  groups: Map<string, Group>,
  policy: Word | undefined,
  name: Word | undefined,
  priority: Word | undefined,
  line: number,
): Group {
  const path = `${policy?.text ?? `[${policy?.source}]`}/${name?.text ?? `[${name?.source}]`}`;
  const known = groups.get(path.toLowerCase());
  if (known !== undefined) return known;
  const isKnown = policy?.text !== undefined && name?.text !== undefined;
  const members = [
    member("type", textAt("Microsoft.Network/firewallPolicies/ruleCollectionGroups", line)),
    member("name", textAt(isKnown ? path : `[${path}]`, line)),
    ...(priority === undefined ? [] : [member("priority", wordAt(priority, line))]),
  ];
  const made: Group = { members, collections: [], open: [], line };
  groups.set(path.toLowerCase(), made);
  return made;
}

/** False: the command does something else than adding a rule. */
function makeRule(
  { collections }: Group,
  verbs: readonly (string | undefined)[],
  options: Options,
  command: Command,
): boolean {
  const { line } = command;
  const isNew = verbs[1] === "add-filter-collection";
  const name = (isNew ? (options.get("--name") ?? options.get("-n")) : options.get("--collection-name"))?.[0]?.text;
  if ((!isNew && (verbs[1] !== "rule" || verbs[2] !== "add")) || name === undefined) return false;
  const known = collections.find((collection) => collection.name.toLowerCase() === name.toLowerCase());
  if (isNew === (known !== undefined)) return false;
  const collection = known ?? {
    name,
    rules: [],
    members: [
      member("ruleCollectionType", textAt("FirewallPolicyFilterRuleCollection", line)),
      member("name", textAt(name, line)),
      member("priority", wordAt(options.get("--collection-priority")?.[0], line)),
      member("action", object([member("type", wordAt(options.get("--action")?.[0], line))], line)),
    ],
  };
  if (known === undefined) collections.push(collection);
  const rule = ruleOf(
    isNew ? (options.get("--rule-name")?.[0] ?? undefined) : options.get("--name")?.[0],
    options,
    command,
  );
  const isAgain = collection.rules.some((other) => nameOf(other) === nameOf(rule));
  collection.rules.push(rule);
  return !isAgain;
}

function ruleOf(name: Word | undefined, options: Options, { line, endLine }: Command): JsonValue {
  const lists = [...options].flatMap(([option, words]): JsonMember[] => {
    const key = RULE_LISTS[option];
    if (key === undefined) return PLACING.has(option) ? [] : [member(option, textAt("given", line))];
    return [member(key, { kind: "array", items: words.map((word) => wordAt(word, line)), line, endLine })];
  });
  const protocols = options.get("--protocols");
  const members = [
    member("name", wordAt(name, line)),
    member("ruleType", wordAt(options.get("--rule-type")?.[0], line)),
    ...lists,
    ...(protocols === undefined ? [] : [member("protocols", protocolList(protocols, line))]),
  ];
  return { kind: "object", members, line, endLine };
}

/** `Https=443`. */
function protocolList(words: readonly Word[], line: number): JsonValue {
  const items = words.map((word) => {
    const [type = "", port = ""] = (word.text ?? `[${word.source}]`).split("=");
    return object([member("protocolType", textAt(type, line)), member("port", textAt(port, line))], line);
  });
  return { kind: "array", items, line, endLine: line };
}

function resourceOf({ members, collections, open, line }: Group): JsonValue {
  const items = [
    ...open,
    ...collections.map(({ members: own, rules }) =>
      object([...own, member("rules", { kind: "array", items: rules, line, endLine: line })], line),
    ),
  ];
  return object([...members, member("ruleCollections", { kind: "array", items, line, endLine: line })], line);
}

function member(key: string, value: JsonValue): JsonMember {
  return { key, line: value.line, value };
}

function object(members: readonly JsonMember[], line: number): JsonValue {
  return { kind: "object", members, line, endLine: line };
}
