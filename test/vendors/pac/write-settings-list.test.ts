import { expect } from "chai";
import { compareSettings } from "../../../src/generate/compare-settings.js";
import { bindRoles } from "../../../src/intent/bind-roles.js";
import type { ScriptEngine } from "../../../src/model/proxy-settings.js";
import type { SettingsList } from "../../../src/model/settings-list.js";
import { generateAllowLists } from "../../../src/pipeline/generate-allow-list.js";
import { loadTopology } from "../../../src/pipeline/load-topology.js";
import { writeSettingsList } from "../../../src/pipeline/write-settings-list.js";
import { createProofContext } from "../../../src/prove/proof-context.js";
import { proveRequirement } from "../../../src/prove/prove-requirement.js";
import { pac } from "../../../src/vendors/pac/index.js";
import { openScriptEngine } from "../../../src/vendors/pac/script-engine.js";
import { readShipped } from "../../topologies/prove-shipped.js";

const at = { file: "topology.yaml", line: 3 };
const reasons = [{ requirement: "R1", from: "pc", to: "web", purpose: "test", at }];
const PROXY = { kind: "proxy", transport: "http", host: "10.0.0.9", port: 3128 } as const;

function listOf(...hosts: readonly string[]): SettingsList {
  return { client: "pc", entries: [{ hosts, proxy: PROXY, reasons }] };
}

describe("the settings of a client as a script", () => {
  let engine: ScriptEngine;
  before(async () => {
    engine = await openScriptEngine();
  });
  const write = (list: SettingsList) => {
    const { value, diagnostics } = writeSettingsList(list, pac, engine, at);
    return { text: value?.texts[0]?.text ?? "", messages: diagnostics.map(({ message }) => message) };
  };
  const compare = (body: string, ...hosts: readonly string[]) => {
    const source = `function FindProxyForURL(url, host) { ${body} }`;
    return compareSettings((question) => engine.findProxy(source, question), listOf(...hosts));
  };

  it("send names, wildcards, domains and addresses to the proxy and nothing else", () => {
    const { text, messages } = write(listOf("a.test", "*.b.test", ".c.test", "192.0.2.7", "2001:db8::7"));

    expect(messages).to.deep.equal([]);
    expect(text).to.include('if (host === "a.test"\n    || dnsDomainIs(host, ".b.test")\n');
    expect(text).to.include('|| host === "c.test"\n    || dnsDomainIs(host, ".c.test")\n');
    expect(text).to.include('|| host === "2001:db8::7")\n    return "PROXY 10.0.0.9:3128";\n  return "DIRECT";\n}\n');
  });

  it("tell several proxies apart", () => {
    const second = { hosts: ["*.z.test"], proxy: { ...PROXY, host: "2001:db8::9" }, reasons };
    const { text, messages } = write({ client: "pc", entries: [...listOf("*.b.test").entries, second] });

    expect(messages).to.deep.equal([]);
    expect(text).to.include('return "PROXY [2001:db8::9]:3128";');
  });

  it("are not those that send more, less or another way", () => {
    const proxied = "return 'PROXY 10.0.0.9:3128'; return 'DIRECT';";

    expect(compare(`if (dnsDomainIs(host, '.b.test')) ${proxied}`, "*.b.test")).to.deep.equal([]);
    expect(compare(`if (dnsDomainIs(host, 'b.test')) ${proxied}`, "*.b.test")).to.not.deep.equal([]);
    expect(compare(`if (dnsDomainIs(host, '.x.b.test')) ${proxied}`, "*.b.test")).to.not.deep.equal([]);
    expect(compare(`if (dnsDomainIs(host, '.test')) ${proxied}`, "*.b.test")).to.not.deep.equal([]);
    expect(compare(`if (isPlainHostName(host) || dnsDomainIs(host, '.b.test')) ${proxied}`, "*.b.test")).to.deep.equal([
      ...["* to DIRECT", "test to DIRECT"],
    ]);
    expect(compare(`if (host == '10.1.1.1' || dnsDomainIs(host, '.b.test')) ${proxied}`, "*.b.test")).to.deep.equal([
      "[*] to DIRECT",
    ]);
    expect(compare("return 'PROXY 10.0.0.9:3128; DIRECT';", "*.b.test")).to.include("*.b.test to http 10.0.0.9:3128");
  });

  it("name what a script cannot say", () => {
    expect(write(listOf("192.0.2.0/24")).messages[0]).to.include("a range of them cannot be written");
    expect(write(listOf('a"; alert(1); "')).messages[0]).to.include("xn--");
    expect(write(listOf("localhost")).messages[0]).to.include("directly, whatever a script says");
    const twice = { client: "pc", entries: [...listOf("a.test").entries, ...listOf("a.test").entries] };
    expect(write(twice).messages[0]).to.include("one proxy");
  });

  it("say nothing that a name of a client or requirement could break out of", () => {
    const named = [{ ...reasons[0], requirement: "R\n};//", from: "pc" }] as typeof reasons;
    const { text, messages } = write({
      client: "a\nb",
      entries: [{ hosts: ["a.test"], proxy: PROXY, reasons: named }],
    });

    expect(messages).to.deep.equal([]);
    expect(text).to.include("// R?};//\n");
  });

  for (const scenario of ["via-proxy", "vmm-to-azure"]) {
    it(`prove every requirement of ${scenario} as what its clients are given`, async () => {
      const inputs = { ...(await readShipped(scenario)), scripts: engine };
      const { analysis } = generateAllowLists(inputs, { target: "pac" });
      const { topology, catalogues, context } = loadTopology(inputs);
      if (context === undefined) throw new Error(`${scenario} cannot be used`);
      const settings = new Map(
        (analysis?.written ?? []).map(({ device, texts }) => [
          device,
          { kind: "script" as const, source: texts[0]?.text ?? "", at },
        ]),
      );
      const { devices, proxies, budget } = context;
      const given = createProofContext(topology, devices, proxies, budget, { settings, scripts: engine });
      const { instances } = bindRoles(topology, catalogues, { only: [] }).value;

      const verdicts = instances.map((instance) => proveRequirement(given, instance, () => true).kind);

      expect(settings.size).to.be.greaterThan(2);
      expect(new Set(verdicts)).to.deep.equal(new Set(["proved"]));
    });
  }
});
