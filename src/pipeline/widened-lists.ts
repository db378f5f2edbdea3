/** What is told where a target's rules know less than requirements say, so that more passes than is needed. */
import { fieldsWithin } from "../generate/widen-list.js";
import type { AllowList } from "../model/allow-list.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Vendor } from "../model/vendor.js";
import { targetsFor } from "./targets.js";

/** A warning that names what of the lists of one device `target` opens to every value; none: it holds all they say. */
export function tellWidened(lists: readonly AllowList[], { id, allowLists }: Vendor, at: SourceRef): Diagnostic[] {
  const [first] = lists;
  const fields = fieldsWithin(
    lists.flatMap(({ entries }) => entries),
    allowLists?.widens ?? [],
  );
  if (first === undefined || fields.length === 0) return [];
  const isNamed = lists.some(({ entries }) => entries.some(({ hosts }) => hosts !== undefined));
  const able = targetsFor("device").filter(
    ({ allowLists: writer }) =>
      (!isNamed || writer?.holdsNames) &&
      !writer?.widens?.some((field) => fields.includes(field)) &&
      lists.every(({ direction }) => writer?.aclName(direction, "ipv4") !== undefined),
  );
  const warning = warnOfWidening(first.device, id, fields, at);
  const help = `${able.map((target) => target.id).join(" and ")} can hold them`;
  return [able.length === 0 ? warning : { ...warning, help }];
}

/** The warning that rules of a format for a device are about every value of the fields. */
export function warnOfWidening(device: string, format: string, fields: readonly string[], at: SourceRef): Diagnostic {
  const list = fields.join(", ").replace(/, (?=[^,]*$)/, " and ");
  const message = `rules of ${format} know nothing of ${list}: those for \`${device}\` hold for every one, where requirements name some`;
  return { code: "allow/widened", severity: "warning", message, at, effect: "none" };
}
