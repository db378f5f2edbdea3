/** Small parts of exported resources: prefixes, references, places. */
import { formatAddressRange, parseAddressRange } from "../../model/address.js";
import { type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import { lastSegment } from "./resource-path.js";

/** The properties of a resource, nested or beside its name. */
export function propertiesOf(resource: JsonValue): JsonValue {
  return jsonMember(resource, "properties") ?? resource;
}

/** The address or prefix a text is; none where it is no such. */
export function prefixOf(value: JsonValue | undefined): string[] {
  const range = parseAddressRange(jsonText(value) ?? "");
  return range === undefined ? [] : [formatAddressRange(range)];
}

/** The `addressPrefixes` of a value. */
export function prefixesOf(value: JsonValue | undefined): string[] {
  return jsonItems(jsonMember(value, "addressPrefixes")).flatMap(prefixOf);
}

/** Name of the resource whose id the value holds. */
export function referred(value: JsonValue | undefined): string | undefined {
  const id = jsonText(jsonMember(value, "id"));
  return id === undefined ? undefined : lastSegment(id);
}

/** Names of the resources whose ids a list holds. */
export function referredAll(list: JsonValue | undefined): string[] {
  return jsonItems(list).flatMap((item) => referred(item) ?? []);
}

export function isTrue(value: JsonValue | undefined): boolean {
  return value?.kind === "scalar" && value.value === true;
}

/** The network and subnet whose id the value holds. */
export function placeOfId(
  value: JsonValue | undefined,
): { readonly network: string; readonly subnet: string } | undefined {
  const id = jsonText(jsonMember(value, "id")) ?? "";
  const [, network, subnet] = /\/virtualNetworks\/([^/]+)\/subnets\/([^/]+)$/i.exec(id) ?? [];
  return network === undefined || subnet === undefined ? undefined : { network, subnet };
}
