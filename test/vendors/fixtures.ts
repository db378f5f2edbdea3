/** Reads the fixtures of a vendor's tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Fixture {
  readonly file: string;
  readonly text: string;
}

/** The files of `test/vendors/<vendor>/fixtures`, or of its `broken` folder. */
export function fixtures(vendor: string, folder: "." | "broken" = "."): Fixture[] {
  const directory = join("test", "vendors", vendor, "fixtures", folder);
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ file: name, text: readFileSync(join(directory, name), "utf8") }));
}

/** One fixture's text. */
export function fixture(vendor: string, file: string): Fixture {
  const path = join("test", "vendors", vendor, "fixtures", file);
  return { file, text: readFileSync(path, "utf8") };
}
