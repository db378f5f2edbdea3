import { existsSync } from "node:fs";
import { resolve } from "node:path";

const candidate = process.env["FLOWPROOF_SHARED"] ?? resolve("../shared");

/** Folder with the shared corpus and recorded vectors; undefined where a clone stands alone. */
export const sharedPath: string | undefined = existsSync(resolve(candidate, "vectors")) ? candidate : undefined;

/** Skips the calling suite, saying why, where the shared folder is absent. */
export function requireShared(context: Mocha.Context): string {
  if (sharedPath === undefined) {
    console.log("      skipped: the shared corpus and vectors are not beside this checkout");
    context.skip();
  }
  return sharedPath as string;
}
