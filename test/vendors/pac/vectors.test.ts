/** Chromium's recorded answers, asked of our engine. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ScriptEngine } from "../../../src/model/proxy-settings.js";
import { openScriptEngine } from "../../../src/vendors/pac/script-engine.js";
import { requireShared } from "../../shared-path.js";
import { answerText } from "./answer-text.js";

interface Vector {
  readonly id: string;
  readonly dns: Readonly<Record<string, readonly string[]>>;
  readonly myIp: string;
  readonly pac: string;
  readonly urls: readonly { readonly url: string; readonly chromium: string }[];
}

describe("pac against Chromium's recorded answers", () => {
  let folder = "";
  let engine: ScriptEngine;
  before(async function () {
    folder = join(requireShared(this), "vectors", "pac");
    engine = await openScriptEngine();
  });

  it("agrees on every URL of every script", () => {
    let asked = 0;
    for (const file of readdirSync(folder)) {
      const { id, pac, dns, myIp, urls } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Vector;
      for (const { url, chromium } of urls) {
        const addressesOf = (name: string) => ({ exactly: dns[name] ?? [] });
        const answer = engine.findProxy(pac, { url, client: myIp, addressesOf });

        expect(answerText(answer), `${id} ${url}`).to.equal(chromium.replace("SCRIPT ERROR -> ", ""));
        asked++;
      }
    }
    expect(asked).to.be.greaterThan(150);
  });
});
