import { readPage, sha256Base64 } from "../../../src/read/read-page.js";
import type { PageMaterials } from "../../../src/report/html/page.js";

/** What the page needs besides an analysis, as the command gives it. */
export async function pageMaterials(): Promise<PageMaterials> {
  return { version: "0.0.0", digests: [], sha256: sha256Base64, ...(await readPage()) };
}
