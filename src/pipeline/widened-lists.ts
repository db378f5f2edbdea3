/** What is told where a target's rules know less than the lists say, so that more passes than is needed. */
import { fieldsWithin } from "../generate/widen-list.js";
import type { AllowList } from "../model/allow-list.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Vendor } from "../model/vendor.js";
import { targetsFor } from "./targets.js";

/** A warning that names what of the lists of one device `target` opens to every value; none: it holds all they say. */
export function tellWidened(lists: readonly AllowList[], { id, allowLists }: Vendor, at: SourceRef): Diagnostic[] {
  const [first] = lists;
  const fields = new Set(lists.flatMap((list) => fieldsWithin(list, allowLists?.widens ?? [])));
  if (first === undefined || fields.size === 0) return [];
  const able = targetsFor("device").filter(
    ({ allowLists: writer }) =>
      !writer?.widens?.some((field) => fields.has(field)) &&
      lists.every(({ direction }) => writer?.aclName(direction, "ipv4") !== undefined),
  );
  const message = `rules of ${id} know nothing of ${[...fields].join(" and ")}: those for \`${first.device}\` accept every one, where requirements name some`;
  const help = able.length === 0 ? {} : { help: `${able.map((target) => target.id).join(" and ")} can hold them` };
  return [{ code: "allow/widened", severity: "warning", message, ...help, at, effect: "none" }];
}
