/** Reads one rule of nft text. */
import { type Cursor, NftSyntaxError } from "./cursor.js";
import { parseStatement } from "./parse-statement.js";
import type { Rule, Statement } from "./types.js";

/** The rule at the cursor, up to the end of its statement; what cannot be read of it may do anything. */
export function parseRule(cursor: Cursor): Rule {
  const { line } = cursor.token;
  const statements: Statement[] = [];
  let problem: string | undefined;
  while (!cursor.isAtEnd) {
    const start = cursor.index;
    try {
      statements.push(parseStatement(cursor));
    } catch (error) {
      if (!(error instanceof NftSyntaxError)) throw error;
      problem = error.message;
      cursor.index = start;
      cursor.skipStatement();
      statements.push({ kind: "unknown", text: cursor.textFrom(start) });
    }
  }
  const endLine = cursor.ahead(-1).line;
  return { statements, line, endLine, ...(problem === undefined ? {} : { problem }) };
}
