/** Canonical fields of any form of export to a rule. */
import { type Field, PROFILES, type Profile, type RuleFields, type WindowsRule } from "./types.js";
import { wordOf } from "./vocabulary.js";

const ACTIONS = ["allow", "block", "bypass"] as const;

/** The rule; what its values leave open is undefined or a condition. */
export function ruleFromFields({ name, line, values, conditions }: RuleFields): WindowsRule {
  const all = (field: Field) => values.get(field) ?? [];
  // Of these fields a rule has one value; where there are several, nobody knows which counts.
  const only = (field: Field) => all(field).join(", ");
  const word = (field: Field) => wordOf(only(field));
  const isForServices = all("service").includes("*");
  const enabled = word("enabled");
  const direction = word("direction");
  const read = {
    isEnabled: enabled === "yes" ? true : enabled === "no" ? false : undefined,
    direction: direction === "in" || direction === "out" ? direction : undefined,
    action: ACTIONS.find((action) => action === word("action")),
    profiles: profilesOf(all("profiles")),
  } as const;
  const unread = (field: Field, value: unknown) =>
    value !== undefined || all(field).length === 0 ? [] : [`${field} \`${all(field).join(", ")}\` is not understood`];
  return {
    name,
    line,
    ...read,
    localAddresses: unlessAny(all("local-address")),
    remoteAddresses: unlessAny(all("remote-address")),
    protocol: word("protocol") === "any" ? "any" : only("protocol") || "any",
    localPorts: unlessAny(all("local-port")),
    remotePorts: unlessAny(all("remote-port")),
    icmp: unlessAny(all("icmp")),
    program: unlessAny(all("program"))[0],
    service: unlessAny(all("service"))[0],
    conditions: [
      ...conditions,
      ...(isForServices ? ["it holds for services only"] : []),
      ...unread("enabled", read.isEnabled),
      ...unread("direction", read.direction),
      ...unread("action", read.action),
      ...unread("profiles", read.profiles),
      ...unlessAny(all("interface-type")).map((type) => `interface type ${type}`),
      ...all("security")
        .filter((value) => wordOf(value) !== "notrequired" && value !== "")
        .map((value) => `security ${value}`),
    ],
  };
}

/** The values, or none where one of them means any. */
function unlessAny(values: readonly string[]): readonly string[] {
  const given = values.filter((value) => value !== "");
  return given.some((value) => wordOf(value) === "any" || value === "*") ? [] : given;
}

function profilesOf(values: readonly string[]): readonly Profile[] | undefined {
  if (values.length === 0 || values.some((value) => wordOf(value) === "any")) return PROFILES;
  const named = values.map(wordOf);
  const known = PROFILES.filter((profile) => named.includes(profile));
  return named.every((word) => known.some((profile) => profile === word)) ? known : undefined;
}

/** The items of a comma-separated text. */
export function listItems(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
