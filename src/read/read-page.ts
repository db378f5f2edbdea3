/** Reads what the HTML report brings along: its script and its style sheet. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../src/report/html/page/", import.meta.url));

/** In the order in which they need each other; `start` calls the others. */
const SCRIPTS = ["elements", "evidence", "filter", "flow-table", "picture", "export-lines", "start"];

/** The page's files as one strict script of its own scope, and one style sheet. */
export async function readPage(): Promise<{ readonly script: string; readonly style: string }> {
  const scripts = await Promise.all(SCRIPTS.map((name) => readFile(join(FOLDER, `${name}.js`), "utf8")));
  const style = await readFile(join(FOLDER, "page.css"), "utf8");
  return { script: `"use strict";\n{\n${scripts.join("\n")}}\n`, style };
}

/** SHA-256 of a text's UTF-8 bytes in Base64, as content security policies name it. */
export function sha256Base64(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("base64");
}
