/** The recorded questions about scripts, asked of the Chromium that is installed here. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { requireShared } from "../shared-path.js";
import { findChromium } from "./live-chromium.js";

interface Vector {
  readonly id: string;
  readonly dns: Readonly<Record<string, readonly string[]>>;
  readonly pac: string;
  readonly urls: readonly { readonly url: string; readonly chromium: string }[];
}

interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly {
    readonly type: number;
    readonly source: { readonly id: number };
    readonly params?: { readonly url?: string; readonly proxy_info?: string };
  }[];
}

/** What depends on the machine that is asked: its own addresses, and names with several. */
const OF_THE_MACHINE = /myIpAddress|Ex\(/;

/** The proxies Chromium chose by the script, by URL, as it writes them into its log. */
function chosenProxies(folder: string, { pac, dns, urls }: Vector): Map<string, string> {
  const page = join(folder, "page.html");
  const log = join(folder, "net.json");
  writeFileSync(page, urls.map(({ url }) => `<img src="${url.replaceAll("&", "&amp;")}">`).join("\n"));
  const literals = urls.flatMap(({ url }) => /^\w+:\/\/(\d+\.\d+\.\d+\.\d+)/.exec(url)?.[1] ?? []);
  const addresses = [...Object.entries(dns), ...literals.map((text) => [text, [text]] as const)];
  const rules = addresses.map(([name, [first = ""]]) => `MAP ${name} ${first.includes(":") ? `[${first}]` : first}`);
  const encoded = Buffer.from(pac).toString("base64");
  spawnSync(
    findChromium() as string,
    [
      ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
      ...[`--user-data-dir=${join(folder, "profile")}`, "--allow-file-access-from-files", "--timeout=4000"],
      "--disable-features=HttpsUpgrades,HttpsFirstBalancedMode,LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
      `--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND"].join(",")}`,
      `--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,${encoded}`,
      ...[`--log-net-log=${log}`, "--net-log-capture-mode=Everything", "--dump-dom", `file://${page}`],
    ],
    { timeout: 60_000 },
  );
  return readLog(readFileSync(log, "utf8"));
}

function readLog(text: string): Map<string, string> {
  const { constants, events } = parseLog(text.trimEnd());
  const types = new Map(Object.entries(constants.logEventTypes).map(([name, type]) => [type, name]));
  const urls = new Map<number, string>();
  const chosen = new Map<string, string>();
  for (const { type, source, params } of events) {
    const name = types.get(type);
    if (name === "HTTP_STREAM_JOB_CONTROLLER" && params?.url !== undefined) urls.set(source.id, params.url);
    const url = urls.get(source.id);
    if (name !== "PROXY_RESOLUTION_SERVICE_RESOLVED_PROXY_LIST" || url === undefined || chosen.has(url)) continue;
    chosen.set(url, params?.proxy_info ?? "DIRECT");
  }
  return chosen;
}

// A browser that is ended leaves the last brackets out.
function parseLog(text: string): NetLog {
  try {
    return JSON.parse(text) as NetLog;
  } catch {
    return JSON.parse(`${text.replace(/,$/, "")}]}`) as NetLog;
  }
}

describe("the recorded questions before the live Chromium", function () {
  this.timeout(600_000);
  let vectors: readonly Vector[] = [];
  before(function () {
    const folder = join(requireShared(this), "vectors", "pac");
    vectors = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Vector);
    if (findChromium() !== undefined) return;
    if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no Chromium is installed");
    console.log("      skipped: no Chromium is installed");
    this.skip();
  });

  it("have the answers that were recorded, but for what the machine decides", () => {
    let asked = 0;
    for (const vector of vectors.filter(({ pac }) => !OF_THE_MACHINE.test(pac))) {
      const folder = mkdtempSync(join(tmpdir(), "flowproof-pac-"));
      const chosen = chosenProxies(folder, vector);
      rmSync(folder, { recursive: true, force: true });
      for (const { url, chromium } of vector.urls) {
        const answer = chosen.get(url) ?? chosen.get(new URL(url).href);
        if (answer === undefined) continue;
        expect(answer, `${vector.id} ${url}`).to.equal(chromium.replace("SCRIPT ERROR -> ", ""));
        asked++;
      }
    }
    console.log(`      ${asked} questions`);
    expect(asked).to.be.greaterThan(100);
  });
});
