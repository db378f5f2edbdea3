/** Generated proxy lists before a real Squid: what we print has to load, and to let through what it is for and nothing else. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { mergeRequestEntries } from "../../src/generate/plan-request-lists.js";
import { requestsOfList } from "../../src/generate/requests-of-list.js";
import type { Address, AddressRange } from "../../src/model/address.js";
import { formatAddress, formatAddressRange, parseAddress, parseAddressRange } from "../../src/model/address.js";
import type { ProxyPolicy } from "../../src/model/proxy.js";
import type { RequestEntry, RequestList } from "../../src/model/request-list.js";
import { generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { writeRequestList } from "../../src/pipeline/write-request-lists.js";
import { hasRequest, type RequestSet } from "../../src/sets/request-set.js";
import { squid } from "../../src/vendors/squid/index.js";
import { SeededRandom } from "../seeded-random.js";
import { readShipped, SCENARIOS } from "../topologies/prove-shipped.js";
import { findSquid, type LiveRequest, startSquid, USERS } from "./live-squid.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261128);
const LISTS = 6;
const TOGETHER = 8;

const at = { file: "catalogue.yaml", line: 1 };
const PROXY: ProxyPolicy = {
  ...{ name: "proxy", vendor: "squid", listeners: [], openListeners: [], aces: [], parents: [] },
  ...{ defaultAction: "drop", defaultAt: at, challengesOnDrop: true, onward: "direct" },
};
const NO_NAMES = "127.0.0.1 localhost\n";

// A header states the client, so that the very addresses of the lists can be asked about.
const STATED_CLIENTS = "follow_x_forwarded_for allow all\n";

/** The parts of requests at and around the edges of a list. */
interface Edges {
  readonly clients: readonly string[];
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  readonly users: readonly (string | undefined)[];
}

function edgesOf(entries: readonly RequestEntry[]): Edges {
  return {
    clients: [...entries.flatMap(({ clients }) => clients.flatMap(aroundClients)), "10.255.255.254"],
    hosts: [...entries.flatMap(({ hosts }) => hosts.flatMap(aroundHost)), "elsewhere.example", "203.0.113.99"],
    ports: [
      ...entries.flatMap(({ ports }) => ports.flatMap(({ first, last }) => [first - 1, first, last, last + 1])),
      80,
    ],
    users: [undefined, "stranger", ...entries.flatMap(({ users }) => users)],
  };
}

function aroundClients({ family, first, last }: AddressRange): string[] {
  const ends = [first, last].map((address) => formatAddressRange({ family, first: address, last: address }));
  return ends.flatMap((text) => [text, text.replace(/\d+$/, (end) => String((Number(end) + 1) % 256))]);
}

function aroundHost(host: string): string[] {
  if (parseAddressRange(host) !== undefined) return [host.replace(/[-/].*/, "")];
  const name = host.replace(/^\*?\./, "");
  return [name, `www.${name}`, `a.b.${name}`, `not${name}`, `${name}.example`, name.toUpperCase(), `x-${name}`];
}

// Of most requests few parts are not as one entry has them, so that many pass and the others only just do not.
function drawRequest(random: SeededRandom, entries: readonly RequestEntry[]): LiveRequest {
  const entry = random.pick(entries);
  const { clients, hosts, ports, users } = edgesOf(entries);
  const isOff = (): boolean => random.chance(0.25);
  const { first } = random.pick(entry.ports);
  const client = isOff() ? random.pick(clients) : formatAddress(random.pick(entry.clients).first);
  const host = isOff()
    ? random.pick(hosts)
    : random
        .pick(entry.hosts)
        .replace(/^\*?\./, "www.")
        .replace(/[-/]\d.*/, "");
  const port = isOff() ? random.pick(ports) : first;
  const user = isOff() ? random.pick(users) : entry.users[0];
  const method = random.pick(isOff() ? ["CONNECT", "GET", "POST", "PUT"] : entry.methods);
  const target = `${host}:${port}`;
  return {
    ...{ source: "127.0.0.1", statedClient: client, method },
    target: method === "CONNECT" ? target : `http://${target}/`,
    ...(user !== undefined && { user }),
  };
}

function isMeant(meant: RequestSet, { statedClient = "", method, target, user }: LiveRequest): boolean {
  const [, host = "", port] = /^(?:http:\/\/)?(.*):(\d+)\/?$/.exec(target) ?? [];
  return hasRequest(meant, {
    client: parseAddress(statedClient) as Address,
    ...{ method, scheme: method === "CONNECT" ? "" : "http", host: host.toLowerCase(), port: Number(port), path: "/" },
    ...(user !== undefined && { user }),
  });
}

function findOrSkip(this: Mocha.Context): string {
  const installed = findSquid();
  if (installed !== undefined) return installed;
  if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no Squid is installed");
  console.log("      skipped: no Squid is installed");
  return this.skip();
}

/** How many of the asked requests pass and do not; throws where one is not treated as the entries mean it. */
async function judge(
  program: string,
  entries: readonly RequestEntry[],
  text: string,
  asked: readonly LiveRequest[],
): Promise<{ passed: number; stopped: number }> {
  const meant = requestsOfList({ entries });
  const live = await startSquid(program, USERS + STATED_CLIENTS + text, NO_NAMES);
  if (live === undefined) throw new Error(`Squid refuses\n${text}`);
  const counts = { passed: 0, stopped: 0 };
  try {
    for (let first = 0; first < asked.length; first += TOGETHER) {
      const batch = asked.slice(first, first + TOGETHER);
      const fates = await Promise.all(batch.map((request) => live.ask(request)));
      fates.forEach((fate, index) => {
        const request = batch[index] as LiveRequest;
        if (fate === "other") return;
        expect(fate === "accept", `${JSON.stringify(request)}\n${text}`).to.equal(isMeant(meant, request));
        if (fate === "accept") counts.passed++;
        else counts.stopped++;
      });
    }
  } finally {
    await live.stop();
  }
  return counts;
}

function randomEntry(random: SeededRandom): RequestEntry {
  const isTunnel = random.chance(0.7);
  const names = ["a.test", ".a.test", "*.b.test", "c.b.test", ".x.c.test", "*.c.test", "d.test", "*.y.d.test"];
  const hosts = random.chance(0.8) ? random.list(1, 3, () => random.pick(names)) : ["10.1.0.0/24"];
  const clients = ["10.0.0.5", "10.0.0.6", "10.0.0.0/29", "10.0.0.7-10.0.0.40", "2001:db8::5"];
  return {
    clients: random.list(1, 2, () => parseAddressRange(random.pick(clients)) as AddressRange),
    methods: isTunnel ? ["CONNECT"] : ["GET", "POST"],
    schemes: isTunnel ? [] : ["http"],
    hosts,
    ports: random.list(1, 2, () =>
      random.pick([443, 8443, 9000].map((first) => ({ first, last: first + (first % 3) }))),
    ),
    users: random.chance(0.5) ? [] : [random.pick(["Alice", "bob"])],
    reasons: [{ requirement: "R", from: "a", to: "b", purpose: "test", at }],
  };
}

describe("generated lists of a proxy", function () {
  this.timeout(600_000);

  it("are accepted by Squid for every shipped topology, and let through what it needs and nothing else", async function () {
    const program = findOrSkip.call(this);
    const random = new SeededRandom(SEED);
    const judged: string[] = [];

    for (const scenario of SCENARIOS) {
      const { analysis } = generateAllowLists(await readShipped(scenario), { names: "widen" });
      for (const { proxy, entries } of analysis?.requests ?? []) {
        const text = analysis?.written.find(({ device }) => device === proxy)?.texts[0]?.text as string;
        const asked = random.list(400, 400, () => drawRequest(random, entries));
        const { passed, stopped } = await judge(program, entries, text, asked);

        console.log(`      ${scenario}, ${proxy}: ${passed} requests passed, ${stopped} stopped`);
        expect(passed).to.be.greaterThan(50);
        expect(stopped).to.be.greaterThan(100);
        judged.push(scenario);
      }
    }

    expect(judged).to.include.members(["via-proxy", "vmm-to-azure"]);
  });

  it("are accepted by Squid where they repair a configuration", async function () {
    const program = findOrSkip.call(this);
    const { analysis } = repairTopology(await readShipped("via-proxy", "before/topology.yaml"), "perimeter-proxy");
    const [repair] = analysis?.repairs ?? [];
    const folder = mkdtempSync(join(tmpdir(), "flowproof-repair-"));
    const file = join(folder, "squid.conf");
    writeFileSync(file, repair?.after ?? "");

    const { status, stderr } = spawnSync(program, ["-k", "parse", "-f", file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });

    expect(stderr.split("\n").filter((line) => /ERROR|FATAL|WARNING.*(subdomain|subnet)/.test(line))).to.deep.equal([]);
    expect(status).to.equal(0);
  });

  it(`do in Squid what random entries mean (seed ${SEED})`, async function () {
    const program = findOrSkip.call(this);
    const counts = { passed: 0, stopped: 0 };
    for (let i = 0; i < LISTS; i++) {
      const random = new SeededRandom(SEED + i);
      const entries = mergeRequestEntries(random.list(2, 6, () => randomEntry(random)));
      const list: RequestList = { proxy: "proxy", vendor: "squid", entries };
      const { value, diagnostics } = writeRequestList(list, PROXY, squid, at);
      expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
      const asked = random.list(150, 150, () => drawRequest(random, entries));
      const { passed, stopped } = await judge(program, entries, value?.texts[0]?.text as string, asked);
      counts.passed += passed;
      counts.stopped += stopped;
    }

    console.log(`      ${counts.passed} requests passed, ${counts.stopped} stopped`);
    expect(counts.passed).to.be.greaterThan(LISTS);
    expect(counts.stopped).to.be.greaterThan(LISTS);
  });
});
