/** Puts access rules into a configuration, before the line that refuses their requests. */
import type { PatchedText } from "../../model/allow-list.js";
import type { RequestInsertion } from "../../model/request-list.js";
import { AclWriter, limitsOf } from "./write-request-list.js";

const RELOAD = "squid -k parse && squid -k reconfigure";

/** The configuration with the rules in it and the command that has Squid read it; undefined where one cannot be said. */
export function insertRequests(text: string, { aces, before }: RequestInsertion): PatchedText | undefined {
  if (aces.flatMap(limitsOf).length > 0) return undefined;
  const acls = new AclWriter(freePrefix(text));
  const rules = aces.flatMap((ace) => acls.rules(ace));
  const ending = text.includes("\r\n") ? "\r" : "";
  const lines = text.split("\n");
  const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const place = before === undefined ? end : before.line - 1;
  const patched = lines.toSpliced(place, 0, ...[...acls.lines, ...rules].map((line) => line + ending));
  return { text: patched.join("\n"), commands: [RELOAD] };
}

// An acl of the same name would grow instead of being a new one.
function freePrefix(text: string): string {
  const isTaken = (prefix: string): boolean => text.toLowerCase().includes(prefix);
  let prefix = "needed_";
  for (let i = 2; isTaken(prefix); i++) prefix = `needed${i}_`;
  return prefix;
}
