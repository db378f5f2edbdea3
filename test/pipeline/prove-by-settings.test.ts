import { expect } from "chai";
import { formatDiagnostic } from "../../src/model/diagnostic.js";
import type { ProveInputs } from "../../src/model/inputs.js";
import type { Verdict } from "../../src/model/verdict.js";
import { proveTopology } from "../../src/pipeline/prove-topology.js";
import { withScripts } from "../../src/pipeline/with-scripts.js";
import { oneRequirement } from "./prove-texts.js";
import { EDGE, SQUID, TOPOLOGY } from "./settings-site.js";

async function verdictOn(
  settings: string,
  requirement = "services: [tcp/443]\npaths: [internet, proxy]",
): Promise<Verdict> {
  const texts = { way: settings, "squid.conf": SQUID, "edge.rules": EDGE };
  const inputs: ProveInputs = {
    topology: { file: "topology.yaml", text: TOPOLOGY },
    exports: new Map(Object.entries(texts).map(([file, text]) => [file, { file, text }])),
    catalogues: [{ file: "catalogue.yaml", text: oneRequirement(requirement) }],
    diagnostics: [],
  };
  const { analysis, diagnostics } = proveTopology(await withScripts(inputs), { only: [] });
  if (analysis === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return analysis.verdicts[0] as Verdict;
}

function script(body: string): string {
  return `function FindProxyForURL(url, host) { ${body} }\n`;
}

const PROXY = 'return "PROXY 10.1.0.9:3128";';

describe("proveTopology where settings choose the proxy", () => {
  it("proves every name under a wildcard through the proxy that a script returns", async () => {
    const verdict = await verdictOn(script(`if (dnsDomainIs(host, ".cloud.example")) ${PROXY} return "DIRECT";`));

    expect(verdict.kind).to.equal("proved");
    expect(verdict.kind === "proved" && verdict.paths[0]?.path.kind).to.equal("proxy");
  });

  it("finds the proxy by its name", async () => {
    expect((await verdictOn(script('return "PROXY gate.corp.example:3128";'))).kind).to.equal("proved");
  });

  it("refutes a script that sends the requests directly where only the proxy gets out", async () => {
    const verdict = await verdictOn(script(`if (shExpMatch(host, "*.other.example")) ${PROXY} return "DIRECT";`));

    expect(verdict.kind).to.equal("refuted");
    expect(verdict.kind === "refuted" && verdict.path?.kind).to.equal("internet");
  });

  it("refutes a direct way where the requirement permits only a proxy", async () => {
    const verdict = await verdictOn(script('return "DIRECT";'), "services: [tcp/443]\npaths: [proxy]");

    expect(verdict.kind === "refuted" && verdict.reason).to.equal("no-path");
    expect(verdict.kind === "refuted" && verdict.explanation).to.contain("permits no direct path");
  });

  it("refutes a proxy that the topology does not have", async () => {
    const verdict = await verdictOn(script('return "PROXY 10.1.0.9:8080; DIRECT";'));

    expect(verdict.kind === "refuted" && verdict.explanation).to.contain("`10.1.0.9:8080`");
  });

  it("does not fall back from a proxy that answers", async () => {
    const away = script('return "PROXY 10.1.0.9:3128; DIRECT";');

    expect((await verdictOn(away)).kind).to.equal("proved");
    const other = 'services: [tcp/443]\npaths: [internet, proxy]\nhosts: ["www.other.example"]';
    const verdict = await verdictOn(away, other);
    expect(verdict.kind === "refuted" && verdict.decidedBy?.at.file).to.equal("squid.conf");
  });

  it("is undecided where a script treats the names under a wildcard one by one, the time or the path", async () => {
    const undecided = [
      script(`if (host.length > 20) ${PROXY} return "DIRECT";`),
      script(`if (host == "eu.cloud.example") return "DIRECT"; ${PROXY}`),
      script(`if (timeRange(8, 17)) ${PROXY} return "DIRECT";`),
      script(`if (dnsResolve(host) == "192.0.2.1") return "DIRECT"; ${PROXY}`),
      script("for (;;) {}"),
    ];
    for (const text of undecided) {
      const verdict = await verdictOn(text);

      expect(verdict.kind, text).to.equal("undecided");
      expect(verdict.kind === "undecided" && verdict.because[0]?.at.file, text).to.equal("way");
    }
    const web = 'services: [tcp/80]\npaths: [proxy]\nhosts: ["www.cloud.example"]';
    const byPath = await verdictOn(script(`if (shExpMatch(url, "*/download/*")) return "DIRECT"; ${PROXY}`), web);
    expect(byPath.kind).to.equal("undecided");
  });

  it("takes private networks in a script for none of the internet's names", async () => {
    const usual = script(`
      if (isPlainHostName(host) || isInNet(dnsResolve(host), "10.0.0.0", "255.0.0.0")) return "DIRECT";
      ${PROXY}`);

    expect((await verdictOn(usual)).kind).to.equal("proved");
  });

  it("follows the settings of Windows and their bypass list", async () => {
    const shown = (servers: string, bypass: string) =>
      `\nCurrent WinHTTP proxy settings:\n\n    Proxy Server(s) :  ${servers}\n    Bypass List     :  ${bypass}\n`;

    expect((await verdictOn(shown("10.1.0.9:3128", "*.corp.example;<local>;10.*"))).kind).to.equal("proved");
    expect((await verdictOn(shown("https=10.1.0.9:3128", "(none)"))).kind).to.equal("proved");
    expect((await verdictOn(shown("http=10.1.0.9:3128", "(none)"))).kind).to.equal("refuted");
    expect((await verdictOn(shown("10.1.0.9:3128", "*.cloud.example"))).kind).to.equal("refuted");
    expect((await verdictOn(shown("10.1.0.9:3128", "eu*.cloud.example"))).kind).to.equal("undecided");
    expect(
      (await verdictOn("\nCurrent WinHTTP proxy settings:\n\n    Direct access (no proxy server).\n")).kind,
    ).to.equal("refuted");
  });

  it("follows the variables of an environment", async () => {
    expect((await verdictOn("HTTPS_PROXY=http://10.1.0.9:3128\nNO_PROXY=localhost\n")).kind).to.equal("proved");
    expect((await verdictOn("HTTPS_PROXY=http://10.1.0.9:3128\nNO_PROXY=cloud.example\n")).kind).to.equal("refuted");
    // Some clients take an entry with a port for that port alone.
    const withPort = "HTTPS_PROXY=http://10.1.0.9:3128\nNO_PROXY=*.cloud.example:8443\n";
    expect((await verdictOn(withPort)).kind).to.equal("undecided");
  });
});
