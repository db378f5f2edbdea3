import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ProxySettings } from "../../../src/model/proxy-settings.js";
import { winhttp } from "../../../src/vendors/winhttp/index.js";
import { requireShared } from "../../shared-path.js";
import { fixture } from "../fixtures.js";

function load(text: string, file: string) {
  const parsed = winhttp.parse(text, file);
  const { value } = winhttp.convert([parsed.value], { deviceName: "d" });
  return { settings: value.settings?.[0] as ProxySettings, coverage: value.coverage[0], parsed };
}

/** Settings in one line: `scheme=host:port …, bypass`. */
function told(settings: ProxySettings): string {
  if (settings.kind !== "fixed") return settings.kind;
  const routes = [...settings.routes].map(([scheme, route]) =>
    route.kind === "direct" ? scheme : `${scheme}=${route.host}:${route.port}`,
  );
  return `${routes.join(" ")}, ${settings.bypass.join(" ")}`;
}

describe("winhttp", () => {
  it("reads what netsh shows, servers by scheme or for all", () => {
    const of = (file: string) => told(load(fixture("winhttp", file).text, file).settings);

    expect(of("netsh.txt")).to.equal(
      "http=web.corp.example:8080 https=tls.corp.example:8443, *.corp.example <local> 10.*",
    );
    expect(of("direct.txt")).to.equal(", ");
    expect(of("dump.txt")).to.equal("*=10.1.0.9:3128, *.corp.example");
  });

  it("reads the registry and its switch", () => {
    const { text } = fixture("winhttp", "registry.txt");

    expect(told(load(text, "r").settings)).to.equal("*=10.1.0.9:3128, *.corp.example <local>");
    expect(told(load(text.replace("0x1", "0x0"), "r").settings)).to.equal(", *.corp.example <local>");
    expect(load(`${text}    AutoConfigURL    REG_SZ    http://wpad/p.pac\n`, "r").settings).to.include({
      kind: "open",
    });
  });

  it("reads variables of an environment, whose names stand for what is below them too", () => {
    const { settings } = load(fixture("winhttp", "environment.txt").text, "e");

    expect(told(settings)).to.equal("https=10.1.0.9:3128, localhost *.localhost corp.example *.corp.example");
  });

  it("leaves settings open where it cannot read a line", () => {
    const { settings, parsed } = load(fixture("winhttp", "broken/german.txt").text, "g");

    expect(settings.kind).to.equal("open");
    expect(parsed.diagnostics.map(({ code }) => code)).to.deep.equal(["winhttp/unknown-line", "winhttp/unknown-line"]);
  });
});

interface Case {
  readonly config: string;
  readonly answer: Readonly<Record<"http_proxy" | "https_proxy" | "no_proxy", string | null>> & {
    readonly pac_url?: string;
  };
}

describe("winhttp on the shared corpus", () => {
  let folder = "";
  before(function () {
    folder = join(requireShared(this), "corpus", "winhttp");
  });

  it("reads every file as the peer does, with no line rejected", () => {
    const { cases } = JSON.parse(readFileSync(join(folder, "bruno.expected.json"), "utf8")) as {
      readonly cases: readonly Case[];
    };
    for (const { config, answer } of cases) {
      const { settings, coverage, parsed } = load(readFileSync(join(folder, config), "utf8"), config);

      expect(
        coverage?.lines.filter(({ fate }) => fate === "rejected"),
        config,
      ).to.deep.equal([]);
      if (answer.pac_url !== undefined) {
        expect(parsed.value.scriptUrl?.text, config).to.equal(answer.pac_url);
        continue;
      }
      const { routes, bypass } = settings as Extract<ProxySettings, { kind: "fixed" }>;
      const serverFor = (scheme: string) => {
        const route = routes.get(scheme) ?? routes.get("*");
        return route?.kind === "proxy" ? `http://${route.host}:${route.port}` : null;
      };
      expect([serverFor("http"), serverFor("https")], config).to.deep.equal([answer.http_proxy, answer.https_proxy]);
      expect(bypass.length === 0 ? null : bypass.join(), config).to.equal(answer.no_proxy);
    }
    expect(cases.length).to.equal(10);
  });
});
