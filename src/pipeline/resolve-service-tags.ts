/** Gives the names and sets of a topology the addresses of the service tags they are said to have. */
import { type AddressRange, parseAddressRange } from "../model/address.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import { nearNames } from "../model/near-names.js";
import type { TagUse, Topology } from "../model/topology.js";
import { openDocument } from "../vendors/azure/document.js";
import { readNames } from "../vendors/azure/read-names.js";
import type { ServiceTag } from "../vendors/azure/types.js";

/** The topology with those addresses too; an error for each tag that the file does not hold, or not readably. */
export function resolveServiceTags(
  parsed: Parsed<Topology>,
  exports: ReadonlyMap<string, TextInput>,
): Parsed<Topology> {
  const { serviceTags, tagUses = [] } = parsed.value;
  const input = serviceTags && exports.get(serviceTags.file);
  if (input === undefined || tagUses.length === 0) return parsed;
  const { root, ledger } = openDocument(input.text, input.file, "topology");
  const tags = readNames(root, ledger).serviceTags;
  const missing = tagUses.filter(({ tag }) => !tags.has(tag.name.toLowerCase()));
  const unread = tagUses.filter(({ tag }) => !isReadable(tags.get(tag.name.toLowerCase())));
  const value = {
    ...parsed.value,
    names: withTags(parsed.value.names, "names", tagUses, tags),
    sets: withTags(parsed.value.sets, "sets", tagUses, tags),
  };
  const problems = [
    ...missing.map((use) => unknownTag(use, input.file, tags)),
    ...unread.map(({ tag }) => unreadableTag(tag, input.file)),
  ];
  return { value, diagnostics: [...parsed.diagnostics, ...problems] };
}

/** False for a tag that would stand for fewer addresses than it has, or for none. */
function isReadable(tag: ServiceTag | undefined): boolean {
  if (tag === undefined) return true;
  return tag.prefixes.length > 0 && tag.prefixes.every((prefix) => parseAddressRange(prefix) !== undefined);
}

function unreadableTag({ name, at }: TagUse["tag"], file: string): Diagnostic {
  const message = `the addresses of service tag \`${name}\` in ${file} cannot be read`;
  const help = "download the vendor's file again";
  return { code: "topology/unreadable-tag", severity: "error", message, help, at, effect: "unknown" };
}

function withTags(
  book: ReadonlyMap<string, readonly AddressRange[]>,
  name: TagUse["book"],
  uses: readonly TagUse[],
  tags: ReadonlyMap<string, ServiceTag>,
): Map<string, readonly AddressRange[]> {
  const filled = new Map(book);
  for (const { key, tag } of uses.filter((use) => use.book === name)) {
    const prefixes = tags.get(tag.name.toLowerCase())?.prefixes ?? [];
    filled.set(key, [...(filled.get(key) ?? []), ...prefixes.flatMap((prefix) => parseAddressRange(prefix) ?? [])]);
  }
  return filled;
}

function unknownTag({ tag }: TagUse, file: string, tags: ReadonlyMap<string, ServiceTag>): Diagnostic {
  const [near] = nearNames(
    tag.name,
    [...tags.values()].map(({ name }) => name),
  );
  const message = `${file} holds no service tag \`${tag.name}\``;
  const help = near === undefined ? "is it the vendor's file of service tags?" : `did you mean \`${near}\`?`;
  return { code: "topology/no-such-tag", severity: "error", message, help, at: tag.at, effect: "unknown" };
}
