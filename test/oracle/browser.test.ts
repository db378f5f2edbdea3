/** Opens every shipped report in a real browser, clicks through it, and asks axe whether everybody can use it. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { generateCompany } from "../../bench/generate-company.js";
import type { Analysis } from "../../src/model/analysis.js";
import type { Review } from "../../src/model/review.js";
import { reportHtml } from "../../src/report/html/page.js";
import { largeSite } from "../diagram/branch-company.js";
import { hostileReview } from "../report/html/hostile-analysis.js";
import { pageMaterials } from "../report/html/page-materials.js";
import { prove, REPAIRED, readShipped, review, SCENARIOS } from "../topologies/prove-shipped.js";
import { openChromium } from "./open-chromium.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A report opened in the browser, with everything that went wrong there. */
interface Opened {
  readonly page: Page;
  readonly problems: readonly string[];
}

describe("reports in a real browser", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "flowproof-browser-"));
  let browser: Browser | undefined;

  before(async function () {
    browser = await openChromium();
    if (browser === undefined) this.skip();
  });

  after(() => browser?.close());

  async function open(made: Review, name: string, scheme: "light" | "dark" = "light"): Promise<Opened> {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, await reportHtml(made, await pageMaterials()));
    const page = await (browser as Browser).newPage({ viewport: { width: 1280, height: 900 }, colorScheme: scheme });
    const problems: string[] = [];
    const own = pathToFileURL(file).href;
    page.on("console", (message) => problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (request.url().replace(/#.*/, "") !== own) problems.push(`request: ${request.url()}`);
    });
    await page.goto(own);
    return { page, problems };
  }

  const shipped = [
    ...SCENARIOS.map((scenario) => [scenario, "topology.yaml"] as const),
    ...REPAIRED.map((scenario) => [scenario, "before/topology.yaml"] as const),
  ];
  for (const [scenario, file] of shipped) {
    it(`show ${scenario}/${file} to everybody, without errors and without a network`, async () => {
      const made = review(await readShipped(scenario, file));
      const { page, problems } = await open(made, `${scenario}-${file.replace("/", "-")}`);

      await clickThrough(page, made.analysis);

      expect(await seriousViolations(page)).to.deep.equal([]);
      expect(problems).to.deep.equal([]);
      await page.close();
    });
  }

  it("answer for two places chosen in the picture, and lead to the line that decides", async () => {
    const analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    const { page } = await open({ analysis }, "picture");

    await page.locator('[data-node="component:app1"]').press("Enter");
    await page.locator('[data-node="component:cs1"]').click();
    await page.locator("#answer .place a").first().click();

    expect(await page.locator("#answer h3").textContent()).to.equal("From app1 to cs1");
    expect(await page.locator(".line.marked .number").textContent()).to.equal("89");
    await page.close();
  });

  it("show in one click which line stops a flow, and in the next what to write instead", async () => {
    const { page } = await open(review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml")), "clicks");
    const first = page.locator(".stoppers > li").first();

    await first.locator("a.place").first().click();
    expect(await page.locator(".line.marked code").textContent()).to.contain("production stays on premises");
    expect(await page.locator("#line-remarks li").first().textContent()).to.equal("decides against 2 flows");
    await first.locator('a[href^="#change-"]').click();

    const target = page.locator("article:target");
    expect(await target.locator("pre").first().isVisible()).to.equal(true);
    expect(await target.locator("pre").first().textContent()).to.match(
      /iptables -t filter -I to_vnet 1 -s 10\.1\.8\.21 /,
    );
    await page.close();
  });

  it("narrow the flows to those that cross any of the devices drawn as one", async () => {
    const { page } = await open({ analysis: prove(largeSite({ branches: 12, hostsPerRole: 8, rules: 60 })) }, "folded");
    const shownBy = async (node: string): Promise<number> => {
      await page.locator(`[data-node="${node}"]`).press("Enter");
      return Number.parseInt((await page.locator("#count").textContent()) ?? "", 10);
    };

    const [alike, others] = [await shownBy("device:edge-1"), await shownBy("device:edge-5")];
    await page.locator("button[type=reset]").click();
    await page.locator("select[name=device]").selectOption("edge-7");
    const one = Number.parseInt((await page.locator("#count").textContent()) ?? "", 10);

    expect(one).to.be.above(0);
    expect([alike, others]).to.deep.equal([10 * one, 2 * one]);
    await page.close();
  });

  it("are moved and enlarged by keys, and follow whoever steps through the picture", async () => {
    const { page } = await open({ analysis: prove(await readShipped("vmware-to-azure-vpn", "topology.yaml")) }, "keys");
    const view = async (): Promise<number[]> => {
      const [x = 0, y = 0, width = 0] = ((await page.locator("#picture svg").getAttribute("viewBox")) ?? "")
        .split(" ")
        .map(Number);
      return [x, y, width];
    };
    const node = page.locator('[data-node="component:cs1"]');

    await node.focus();
    for (const key of ["+", "+", "+", "+", "ArrowRight"]) await page.keyboard.press(key);
    const [x, y, width] = await view();
    await page.locator('[data-node="component:jump1"]').focus();
    const [movedX, movedY] = await view();
    await page.keyboard.press("0");

    expect([x, movedX].every(Number.isFinite)).to.equal(true);
    expect([movedX, movedY]).to.not.deep.equal([x, y]);
    const [wholeX, wholeY, wholeWidth] = await view();
    expect([wholeX, wholeY]).to.deep.equal([0, 0]);
    expect(width).to.be.below(wholeWidth as number);
    await page.close();
  });

  it("fit a telephone: only tables and exports scroll sideways", async () => {
    for (const scenario of ["vmware-to-azure-vpn", "via-proxy"]) {
      const { page } = await open(review(await readShipped(scenario, "before/topology.yaml")), `narrow-${scenario}`);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.locator("tr.flow button").first().click();

      expect(await page.evaluate("document.documentElement.scrollWidth")).to.equal(390);
      await page.close();
    }
  });

  it("narrow the flows by verdict, device and words, and sort them", async () => {
    const analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    const { page } = await open({ analysis }, "filters");
    const rows = page.locator("tr.flow");

    await page.locator("select[name=verdict]").selectOption("refuted");
    expect(await rows.count()).to.equal(7);
    await page.locator("select[name=device]").selectOption("replication-nsg");
    expect(await rows.count()).to.equal(2);
    await page.locator("button[type=reset]").click();
    await page.locator("input[name=text]").fill("jump1 3389");
    expect(await rows.count()).to.equal(1);
    await page.locator("input[name=text]").fill("");
    await page.locator("#flow-table thead button").first().click();

    const ids = await page.locator("tr.flow th").allTextContents();
    expect(ids).to.deep.equal([...ids].sort());
    await page.close();
  });

  it("keep hostile names text, in light and in dark", async () => {
    const made = hostileReview(review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml")));
    for (const scheme of ["light", "dark"] as const) {
      const { page, problems } = await open(made, `hostile-${scheme}`, scheme);

      await clickThrough(page, made.analysis);

      expect(await page.title()).to.not.equal("taken");
      expect(await page.locator("img").count()).to.equal(0);
      expect(await seriousViolations(page)).to.deep.equal([]);
      expect(problems).to.deep.equal([]);
      await page.close();
    }
  });

  it("answer within three seconds for 1,000 components, 5,000 requirements and 50,000 lines", async () => {
    const analysis = prove(generateCompany({ components: 1000, requirements: 5000, lines: 50_000, seed: 1 }));
    const { page, problems } = await open({ analysis }, "large");

    const opened = Number(await page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive"));
    const filtered = await page.evaluate(
      `(() => {
        const begin = performance.now();
        const verdict = document.querySelector("select[name=verdict]");
        verdict.value = "refuted";
        verdict.dispatchEvent(new Event("input", { bubbles: true }));
        return performance.now() - begin;
      })()`,
    );

    expect(await page.locator("#count").textContent()).to.match(/^\d+ of 5000 flows/);
    expect(statSync(join(folder, "large.html")).size).to.be.below(15_000_000);
    console.log(`      interactive after ${Math.round(opened)} ms, filtered in ${Math.round(Number(filtered))} ms`);
    expect(opened).to.be.below(3000);
    expect(Number(filtered)).to.be.below(1000);
    expect(problems).to.deep.equal([]);
    await page.close();
  });

  it("put every flow and the grounds of what is not proved on paper", async () => {
    const analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    const { page } = await open({ analysis }, "paper");

    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator("tr.grounds").count()).to.equal(7);
    expect((await page.pdf({ format: "A4" })).subarray(0, 5).toString()).to.equal("%PDF-");
    await page.evaluate("dispatchEvent(new Event('afterprint'))");

    expect(await page.locator("tr.grounds").count()).to.equal(0);
    await page.close();
  });
});

/** Opens a flow, follows its lines, walks the exports and zooms, as a reader would. */
async function clickThrough(page: Page, { verdicts }: Analysis): Promise<void> {
  expect(await page.locator("tr.flow").count()).to.equal(Math.min(verdicts.length, 100));
  await page.locator("tr.flow button").first().click();
  expect(await page.locator("tr.grounds").count()).to.equal(1);
  const files = await page.locator("#file option").count();
  for (let file = 0; file < files; file++) await page.locator("#file").selectOption(String(file));
  expect(await page.locator("#lines .line").count()).to.be.greaterThan(0);
  for (const lines of ["remarked", "doubtful", ""]) await page.locator("#only").selectOption(lines);
  await page.locator("#lines").press("ArrowDown");
  expect(await page.locator("#line-remarks h3").count()).to.equal(1);
  for (const part of await page.locator("details.check summary").all()) await part.click();
  await page.locator('[data-zoom="1.25"]').click();
  await page.locator(".tiles a").nth(1).click();
}

/** What axe finds that keeps somebody from reading the page. */
async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200) + " " + nodes[0].failureSummary))`,
  );
  return found as string[];
}
