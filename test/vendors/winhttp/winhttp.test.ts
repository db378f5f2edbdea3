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

  it("reads what netsh shows in other languages by its order", () => {
    expect(told(load(fixture("winhttp", "german.txt").text, "g").settings)).to.equal("*=10.1.0.9:3128, ");
    const french = "Paramètres de proxy WinHTTP actuels\u00a0:\n\n";
    expect(told(load(`${french}    Accès direct (sans serveur proxy).\n`, "f").settings)).to.equal(", ");
    const listed =
      "    Serveur(s) proxy\u00a0:  p.corp.example:8080\n    Liste de contournement :  *.corp.example;<local>\n";
    expect(told(load(french + listed, "f").settings)).to.equal("*=p.corp.example:8080, *.corp.example <local>");
  });

  it("reads the binary values of the registry", () => {
    const server = bytesOf("http=10.1.0.9:3128;https=10.1.0.9:3129");
    const bypass = bytesOf("*.corp.example;<local>");
    const script = bytesOf("http://wpad/p.pac");
    const none = "00000000";
    const value = (flags: string, ...texts: readonly string[]) =>
      `    DefaultConnectionSettings    REG_BINARY    46000000${"05000000"}${flags}${texts.join("")}${"00".repeat(32)}\n`;

    expect(told(load(value("03000000", server, bypass, none), "b").settings)).to.equal(
      "http=10.1.0.9:3128 https=10.1.0.9:3129, *.corp.example <local>",
    );
    expect(told(load(value("01000000", server, bypass, none), "b").settings)).to.equal(", ");
    expect(load(value("05000000", none, none, script), "b").settings).to.include({ kind: "open" });
    expect(load(value("09000000", none, none, none), "b").settings).to.include({ kind: "open" });
    const winhttpValue = `    WinHttpSettings    REG_BINARY    180000000000000003000000${server}${bypass}\n`;
    expect(told(load(winhttpValue, "w").settings)).to.contain("https=10.1.0.9:3129");
    expect(load("    WinHttpSettings    REG_BINARY    18000000000000000300000099000000\n", "w").settings.kind).to.equal(
      "open",
    );
  });

  it("leaves settings open where a binary value and the texts beside it differ", () => {
    const binary = `    DefaultConnectionSettings    REG_BINARY    460000000500000003000000${bytesOf("a.example:80")}0000000000000000\n`;
    const text = (server: string) => `    ProxyEnable    REG_DWORD    0x1\n    ProxyServer    REG_SZ    ${server}\n`;

    expect(told(load(text("a.example:80") + binary, "b").settings)).to.equal("*=a.example:80, ");
    const { settings, parsed } = load(text("b.example:80") + binary, "b");
    expect(settings.kind).to.equal("open");
    expect(parsed.diagnostics.map(({ code }) => code)).to.deep.equal(["winhttp/contradiction"]);
  });

  it("leaves settings open where it is not told whether servers are used, or which of several", () => {
    const binary = `    DefaultConnectionSettings    REG_BINARY    460000000500000003000000${bytesOf("a.example:80")}0000000000000000\n`;
    const server = (text: string) => `    ProxyServer    REG_SZ    ${text}\n`;
    const enabled = (text: string) => `    ProxyEnable    REG_DWORD    ${text}\n`;

    for (const text of [
      server("a.example:80"),
      enabled("0x0") + server("a.example:80") + binary,
      enabled("x") + server("a.example:80"),
      enabled("0x1") + server("a.example:80;b.example:80"),
      enabled("0x1") + server("http=a.example:80;http=b.example:80"),
      "HTTP_PROXY=http://a.example:80\nhttp_proxy=http://b.example:80\n",
    ]) {
      expect(load(text, "r").settings.kind, text).to.equal("open");
    }
    expect(told(load(server("a.example:80") + binary, "r").settings)).to.equal("*=a.example:80, ");
  });

  it("reads files of the registry editor, values over several lines included", () => {
    const file = [
      "Windows Registry Editor Version 5.00",
      "",
      "[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings]",
      '"ProxyEnable"=dword:00000001',
      '"ProxyServer"="10.1.0.9:3128"',
      '"ProxyOverride"="*.corp.example;<local>"',
      '"User Agent"="Mozilla"',
      '"SavedLegacySettings"=hex:46,00,00,00,05,00,00,00,01,00,00,00,00,\\',
      "  00,00,00,00,00,00,00,00,00,00,00",
    ].join("\r\n");

    const { settings, coverage } = load(file, "r.reg");

    expect(told(settings)).to.equal("*=10.1.0.9:3128, *.corp.example <local>");
    expect(coverage?.lines.map(({ line }) => line)).to.deep.equal([1, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("leaves settings open where it cannot read a line", () => {
    const { settings, parsed } = load(fixture("winhttp", "broken/newer.txt").text, "g");

    expect(settings.kind).to.equal("open");
    expect(parsed.diagnostics.map(({ code }) => code)).to.deep.equal(["winhttp/unknown-line", "winhttp/unknown-line"]);
  });
});

/** A text as binary values hold it, after its length. */
function bytesOf(text: string): string {
  const hex = (value: number, size: number): string =>
    Array.from({ length: size }, (_, i) => ((value >> (8 * i)) & 255).toString(16).padStart(2, "0")).join("");
  return hex(text.length, 4) + [...text].map((letter) => hex(letter.charCodeAt(0), 1)).join("");
}

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
