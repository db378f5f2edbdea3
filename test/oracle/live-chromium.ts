/** Runs a real Chromium with a script of ours, before two proxies of our own, and sees which of them it asks. */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";

const PATH = "/usr/bin/chromium";

/** Path of an installed Chromium; undefined iff there is none. */
export function findChromium(): string | undefined {
  return existsSync(PATH) ? PATH : undefined;
}

/** What a client does with a request: goes to the first proxy, to the second, or to neither. */
export type Choice = "first" | "second" | "direct";

export interface LiveChromium {
  /** Texts of the two proxies as a script returns them. */
  readonly proxies: readonly [string, string];
  ask(url: string): Promise<Choice>;
  stop(): Promise<void>;
}

/** Starts a browser for a script that names the proxies; `names` are all it resolves, each to one address. */
export async function startChromium(
  script: (proxies: readonly [string, string]) => string,
  names: Readonly<Record<string, string>>,
): Promise<LiveChromium> {
  const seen = new Map<string, Choice>();
  const servers = await Promise.all([listen("first", seen), listen("second", seen)]);
  const proxies = servers.map((server) => `PROXY 127.0.0.1:${(server.address() as AddressInfo).port}`);
  const pair: readonly [string, string] = [proxies[0] as string, proxies[1] as string];
  const browser = await launch(script(pair), names);
  const page = await browser.newPage();
  return {
    proxies: pair,
    ask: (url) => ask(page, url, seen),
    stop: async () => {
      await browser.close();
      for (const server of servers) server.close();
    },
  };
}

async function listen(choice: Choice, seen: Map<string, Choice>): Promise<Server> {
  const server = createServer((request, response) => {
    seen.set(request.url ?? "", choice);
    response.end("seen");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function launch(script: string, names: Readonly<Record<string, string>>): Promise<Browser> {
  const encoded = Buffer.from(script).toString("base64");
  const rules = Object.entries(names).map(([name, address]) => `MAP ${name} ${address}`);
  return chromium.launch({
    executablePath: PATH,
    args: [
      "--no-sandbox",
      `--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,${encoded}`,
      `--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"].join(",")}`,
      "--disable-background-networking",
      "--disable-features=HttpsUpgrades,HttpsFirstBalancedMode,LocalNetworkAccessChecks",
    ],
  });
}

// A direct request ends at an address nobody answers from here; a proxied one is seen at once.
async function ask(page: Page, url: string, seen: Map<string, Choice>): Promise<Choice> {
  seen.delete(url);
  await page.goto(url, { timeout: 2000, waitUntil: "commit" }).catch(() => undefined);
  return seen.get(url) ?? "direct";
}
