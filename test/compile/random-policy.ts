/** Random proxy policies over few words, so that rules overlap, and the requests and name knowledge to ask them with. */
import fc from "fast-check";
import type { NameKnowledge } from "../../src/compile/name-knowledge.js";
import { parseAddress, parseAddressRange } from "../../src/model/address.js";
import type { ProxyPolicy, ProxyRequest, RequestCondition } from "../../src/model/proxy.js";

const at = { file: "squid.conf", line: 7 };
const ranges = fc
  .subarray(["10.0.0.0/8", "10.0.0.1", "192.0.2.0/24", "2001:db8::/32"])
  .map((texts) => texts.map((text) => parseAddressRange(text)!));
const reverse = fc.constantFrom({}, { reverse: { nameless: "none" } });
const patterns = fc.constantFrom("^a\\.test$", "\\.test$", "(^|\\.)a\\.test$", "a", "^www", "^10\\.", "b?\\.", "none");
const urls = fc.constantFrom(
  ":443$",
  "^http://",
  "^[^/]+:443$",
  "a\\.test",
  "^https?://[^/]*a\\.test",
  "x$",
  "%20",
  "WWW",
);

const leaf: fc.Arbitrary<RequestCondition> = fc.oneof(
  ranges.map((list): RequestCondition => ({ kind: "client", ranges: list })),
  fc
    .tuple(ranges, fc.boolean())
    .map(([list, lookup]): RequestCondition => ({ kind: "destination", ranges: list, lookup, at })),
  fc
    .tuple(fc.subarray(["a.test", "b.test", "www.a.test", "none"]), fc.boolean(), ranges, reverse)
    .map(([names, below, addresses, lookups]): RequestCondition => {
      return { kind: "host", patterns: names.map((name) => ({ name, below })), addresses, ...lookups, at };
    }),
  fc.tuple(patterns, fc.boolean(), reverse).map(([pattern, ignoreCase, lookups]): RequestCondition => {
    return { kind: "host-pattern", pattern, ignoreCase, ...lookups, at };
  }),
  fc.tuple(urls, fc.boolean()).map(([pattern, ignoreCase]): RequestCondition => {
    return { kind: "url-pattern", pattern, ignoreCase, at };
  }),
  fc
    .constantFrom("x$", "^/$")
    .map((pattern): RequestCondition => ({ kind: "path-pattern", pattern, ignoreCase: true, at })),
  fc
    .constantFrom(80, 443)
    .map((port): RequestCondition => ({ kind: "port", ranges: [{ first: port, last: port + 9 }] })),
  fc.subarray(["CONNECT", "GET"]).map((methods): RequestCondition => ({ kind: "method", methods })),
  fc.subarray(["http", "https"]).map((schemes): RequestCondition => ({ kind: "scheme", schemes })),
  fc
    .tuple(
      fc.constantFrom<readonly string[] | "any" | "unknown">(["bob"], ["Bob", "eve"], "any", "unknown"),
      fc.boolean(),
    )
    .map(([users, ignoreCase]): RequestCondition => ({ kind: "authenticated", users, ignoreCase, at })),
  fc.constantFrom<RequestCondition>(
    { kind: "always" },
    { kind: "never" },
    { kind: "management", scheme: "cache_object", pathPrefix: "/squid-internal-mgr/" },
    { kind: "unmodeled", text: "the time", at },
  ),
);

const condition: fc.Arbitrary<RequestCondition> = fc.letrec<{ node: RequestCondition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    leaf,
    fc
      .tuple(fc.constantFrom("any-of" as const, "all-of" as const), fc.array(tie("node"), { maxLength: 3 }))
      .map(([kind, conditions]): RequestCondition => ({ kind, conditions })),
    tie("node").map((inner): RequestCondition => ({ kind: "not", condition: inner })),
  ),
})).node;

const action = fc.constantFrom("accept" as const, "drop" as const);

export const randomPolicy: fc.Arbitrary<ProxyPolicy> = fc
  .record({
    aces: fc.array(fc.record({ action, conditions: fc.array(condition, { maxLength: 3 }) }), { maxLength: 5 }),
    defaultAction: action,
    challengesOnDrop: fc.boolean(),
  })
  .map(({ aces, ...rest }) => ({
    ...rest,
    name: "proxy",
    vendor: "squid",
    listeners: [],
    openListeners: [],
    aces: aces.map((ace, index) => ({
      ...ace,
      name: `rule ${index + 1}`,
      at: { file: "squid.conf", line: index + 1 },
    })),
    defaultAt: { file: "squid.conf", line: 99 },
    onward: "direct" as const,
    parents: [],
  }));

export const randomRequest: fc.Arbitrary<ProxyRequest> = fc
  .record({
    client: fc.constantFrom("10.0.0.1", "10.0.0.2", "192.0.2.1", "2001:db8::1").map((text) => parseAddress(text)!),
    method: fc.constantFrom("CONNECT", "CONNECT", "GET", "POST"),
    scheme: fc.constantFrom("http", "https"),
    host: fc.constantFrom("a.test", "www.a.test", "x.y.b.test", "aa.test", "c", "10.0.0.1", "10.9.9.9", "2001:db8::5"),
    port: fc.constantFrom(80, 443, 8080),
    path: fc.constantFrom("/", "/x", "/a%20b/X"),
    user: fc.constantFrom("", "bob", "BOB", "eve"),
  })
  .map(({ user, ...request }) => ({
    ...request,
    ...(request.method === "CONNECT" ? { scheme: "", path: "" } : {}),
    ...(user === "" ? {} : { user }),
  }));

const known = fc.constantFrom(
  { exactly: [] },
  { exactly: [parseAddress("10.0.0.1")!, parseAddress("198.51.100.1")!] },
  { within: [parseAddressRange("10.0.0.0/16")!] },
  { within: [parseAddressRange("198.51.100.0/24")!, parseAddressRange("10.0.0.1")!] },
);

export const randomKnowledge: fc.Arbitrary<NameKnowledge> = fc
  .record({
    names: fc.array(fc.tuple(fc.constantFrom("a.test", "*.a.test", "*.test", "www.a.test", "c"), known)),
    reverse: fc.array(
      fc.tuple(fc.constantFrom("10.0.0.1", "10.9.9.9", "2001:db8::5"), fc.constantFrom("", "www.a.test")),
    ),
  })
  .map(({ names, reverse: reverseNames }) => ({ names: new Map(names), reverseNames: new Map(reverseNames) }));
