/** Tables of family bridge see frames between the ports of a bridge, which a packet may or may not cross. */
import type { Acl } from "../../model/acl.js";
import { openAce } from "./convert-table.js";
import type { NftTable } from "./ruleset.js";
import type { Statement } from "./types.js";

/** Statements that never stop a frame. */
const LETS_PASS: ReadonlySet<Statement["kind"]> = new Set(["match", "pass", "condition", "assign", "update"]);

/** An acl for what the table may do to packets that cross a bridge; none iff it stops nothing. */
export function bridgedAcl(table: NftTable): Acl[] {
  if (table.isDormant || !canStop(table)) return [];
  const name = `bridge ${table.name}`;
  const at = { ...table.at, structure: name };
  const ace = openAce(`table ${name} filters frames that cross a bridge`, at);
  return [{ name, aces: [ace], defaultAction: { kind: "accept" }, evaluation: "first-match", at }];
}

function canStop({ chains }: NftTable): boolean {
  return [...chains.values()].some(
    ({ policy, rules, unclear }) =>
      policy === "drop" || unclear !== undefined || rules.some(({ rule }) => !rule.statements.every(letsPass)),
  );
}

function letsPass(statement: Statement): boolean {
  return LETS_PASS.has(statement.kind) || (statement.kind === "verdict" && statement.verdict.kind !== "drop");
}
