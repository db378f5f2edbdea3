import { expect } from "chai";
import { passProxy } from "../../src/compile/compile-proxy.js";
import { certainDisposition, evaluateRequest } from "../../src/compile/evaluate-request.js";
import type { KnownAddresses, NameKnowledge } from "../../src/compile/name-knowledge.js";
import { type Address, formatAddress, parseAddress } from "../../src/model/address.js";
import type { ProxyPolicy, ProxyRequest } from "../../src/model/proxy.js";
import { addressOfHost } from "../../src/sets/host-set.js";
import { singleRequest } from "../../src/sets/request-set.js";
import { hostText } from "../../src/sets/request-text.js";
import { squid } from "../../src/vendors/squid/index.js";
import { findSquid, type LiveRequest, startSquid, USERS } from "./live-squid.js";
import { Dice, HOSTS, type RandomConfiguration, randomAsk, randomConfiguration } from "./random-squid.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240611);
// 16 configurations of 40 requests in the default suite.
const CONFIGURATIONS = Number(process.env["FLOWPROOF_FUZZ"] ?? 1) * 16;
const REQUESTS = 40;
const TOGETHER = 8;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 };

function requestOf({ source, method, target, user, userAgent }: LiveRequest): ProxyRequest {
  const [, scheme = "", host = "", port, path = "/"] =
    /^(?:([a-z]+):\/\/)?(\[[^\]]*\]|[^/:]*)(?::(\d+))?(\/.*)?$/.exec(target) ?? [];
  return {
    client: parseAddress(source) as Address,
    method,
    scheme,
    host: host.toLowerCase(),
    port: Number(port ?? DEFAULT_PORTS[scheme]),
    path: method === "CONNECT" ? "" : path,
    ...(user === undefined ? {} : { user }),
    headers: new Map(userAgent === undefined ? [] : [["user-agent", userAgent]]),
  };
}

/** All that Squid knows of names here: its hosts file. */
function knowledgeOf(requests: readonly ProxyRequest[]): NameKnowledge {
  const names = new Map<string, KnownAddresses>();
  const reverseNames = new Map<string, string>();
  for (const { host } of requests) {
    const address = addressOfHost(host);
    if (address === undefined) names.set(hostText(host), { exactly: [] });
    else reverseNames.set(formatAddress(address), "");
  }
  for (const line of HOSTS.trim().split("\n")) {
    const [text = "", name = ""] = line.split(" ");
    names.set(name, { exactly: [parseAddress(text) as Address] });
    reverseNames.set(text, name);
  }
  return { names, reverseNames };
}

function read({ lines, files }: RandomConfiguration): { policy: ProxyPolicy; isRefused: boolean } {
  const { value, diagnostics } = squid.convert(
    [["squid.conf", lines] as const, ...files].map(([name, text]) => squid.parse(text, name).value),
    { deviceName: "proxy" },
  );
  return {
    policy: value.proxies[0] as ProxyPolicy,
    isRefused: diagnostics.some(({ code }) => code === "squid/refused-line"),
  };
}

describe("a live Squid", function () {
  this.timeout(3_600_000);

  it(`does what is evaluated and what is passed (seed ${SEED})`, async function () {
    const installed = findSquid();
    if (installed === undefined) {
      if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no Squid is installed");
      console.log("      skipped: no Squid is installed");
      this.skip();
    }
    const counts = { requests: 0, refused: 0, evaluatedOpen: 0, passedOpen: 0 };
    for (let i = 0; i < CONFIGURATIONS; i++) {
      const dice = new Dice(SEED + i);
      const users = `${USERS}auth_param basic casesensitive ${dice.pick(["on", "off"])}\n`;
      const { lines, files } = randomConfiguration(dice);
      const asked = Array.from({ length: REQUESTS }, () => randomAsk(dice));
      await compare(installed, { lines: users + lines, files }, asked, counts);
    }
    const { requests, refused, evaluatedOpen, passedOpen } = counts;
    console.log(
      `      ${CONFIGURATIONS} configurations, ${refused} refused; ${requests} requests: ` +
        `evaluated ${evaluatedOpen} undecided, passed ${passedOpen} undecided`,
    );
  });
});

async function compare(
  installed: string,
  configuration: RandomConfiguration,
  asked: readonly LiveRequest[],
  counts: { requests: number; refused: number; evaluatedOpen: number; passedOpen: number },
): Promise<void> {
  const { lines, files } = configuration;
  const { policy, isRefused } = read(configuration);
  const live = await startSquid(installed, lines, HOSTS, files);
  if (live === undefined) {
    expect(isRefused, `not refused:\n${lines}`).to.equal(true);
    counts.refused++;
    return;
  }
  const knowledge = knowledgeOf(asked.map(requestOf));
  try {
    expect(isRefused, `refused:\n${lines}`).to.equal(false);
    for (let first = 0; first < asked.length; first += TOGETHER) {
      const batch = asked.slice(first, first + TOGETHER);
      const fates = await Promise.all(batch.map((request) => live.ask(request)));
      for (const [index, fate] of fates.entries()) {
        if (fate === "other") continue;
        const request = batch[index] as LiveRequest;
        const about = `${JSON.stringify(request)}\n${lines}${JSON.stringify([...files])}`;
        const single = requestOf(request);
        const evaluated = certainDisposition(evaluateRequest(policy, single, knowledge));
        const passed = new Set(
          passProxy(policy, singleRequest(single), knowledge).map(({ disposition }) => disposition),
        );
        counts.requests++;
        if (evaluated === undefined) counts.evaluatedOpen++;
        else expect(evaluated, `evaluated ${about}`).to.equal(fate);
        if (passed.size !== 1) counts.passedOpen++;
        expect([...passed], `passed ${about}`).to.include(fate);
      }
    }
  } finally {
    await live.stop();
  }
}
