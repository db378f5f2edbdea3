import { type Browser, chromium } from "playwright-core";
import { findChromium } from "./live-chromium.js";

const ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"];

/** A browser that asks nothing of any network by itself; undefined, with a message, iff none is installed and none required. */
export async function openChromium(): Promise<Browser | undefined> {
  const path = findChromium();
  if (path === undefined && process.env["FLOWPROOF_REQUIRE_ORACLES"] !== "1") {
    console.log("      skipped: Chromium is not installed");
    return undefined;
  }
  return chromium.launch({ executablePath: path ?? "/usr/bin/chromium", args: ARGUMENTS });
}
