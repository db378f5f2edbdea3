import { expect } from "chai";
import fc from "fast-check";
import { parseAddress, parseAddressRange } from "../../src/model/address.js";
import type { ProxyRequest } from "../../src/model/proxy.js";
import { addressSetOf } from "../../src/sets/address-set.js";
import { complementWords, wordsOf } from "../../src/sets/choice-set.js";
import { parseHostSet } from "../../src/sets/host-set.js";
import { portSetOf } from "../../src/sets/port-set.js";
import {
  ALL_REQUESTS,
  formatRequests,
  hasRequest,
  intersectRequests,
  isEmptyRequests,
  isSubsetOfRequests,
  NO_REQUESTS,
  type RequestSet,
  requestSetOf,
  singleRequest,
  someRequest,
  subtractRequests,
  uniteRequests,
} from "../../src/sets/request-set.js";

const words = (...choices: string[]) =>
  fc
    .tuple(fc.subarray(choices), fc.boolean())
    .map(([chosen, negated]) => (negated ? complementWords(wordsOf(chosen)) : wordsOf(chosen)));
const box = fc
  .record(
    {
      clients: fc
        .subarray(["10.0.0.0/8", "10.0.0.1", "192.0.2.0/24", "::/0"])
        .map((texts) => addressSetOf(texts.map((text) => parseAddressRange(text)!))),
      methods: words("CONNECT", "GET", "POST"),
      schemes: words("http", "https"),
      hosts: fc.subarray(["a.test", "*.a.test", ".b.test", "10.0.0.0/8"]).map(parseHostSet),
      ports: fc.constantFrom([{ first: 80, last: 443 }], [{ first: 443, last: 443 }], []).map(portSetOf),
      users: words("", "alice", "bob"),
    },
    { requiredKeys: [] },
  )
  .map(requestSetOf);
const requestSet: fc.Arbitrary<RequestSet> = fc
  .tuple(box, box, box)
  .map(([a, b, c]) => uniteRequests(subtractRequests(a, b), c));
const request: fc.Arbitrary<ProxyRequest> = fc
  .record({
    client: fc.constantFrom("10.0.0.1", "10.0.0.2", "192.0.2.1", "2001:db8::1").map((text) => parseAddress(text)!),
    method: fc.constantFrom("CONNECT", "GET", "PUT"),
    host: fc.constantFrom("a.test", "x.a.test", "b.test", "c.test", "10.0.0.1"),
    port: fc.constantFrom(80, 443, 8080),
    user: fc.constantFrom("", "alice", "carol"),
  })
  .map(({ user, ...fields }) => ({
    ...fields,
    scheme: fields.method === "CONNECT" ? "" : "http",
    path: fields.method === "CONNECT" ? "" : "/",
    ...(user === "" ? {} : { user }),
  }));

describe("request sets", () => {
  it("obey the laws of sets", () => {
    fc.assert(
      fc.property(requestSet, requestSet, request, (a, b, probe) => {
        const inA = hasRequest(a, probe);
        const inB = hasRequest(b, probe);
        expect(hasRequest(uniteRequests(a, b), probe)).to.equal(inA || inB);
        expect(hasRequest(intersectRequests(a, b), probe)).to.equal(inA && inB);
        expect(hasRequest(subtractRequests(a, b), probe)).to.equal(inA && !inB);
      }),
      { numRuns: 500 },
    );
  });

  it("are made of disjoint boxes", () => {
    fc.assert(
      fc.property(requestSet, ({ boxes }) => {
        for (const [i, left] of boxes.entries()) {
          for (const right of boxes.slice(i + 1)) {
            expect(isEmptyRequests(intersectRequests({ boxes: [left] }, { boxes: [right] }))).to.equal(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("include one another iff nothing is left, and show what is left", () => {
    fc.assert(
      fc.property(requestSet, requestSet, (a, b) => {
        const witness = someRequest(subtractRequests(a, b));
        expect(witness === undefined).to.equal(isSubsetOfRequests(a, b));
        if (witness !== undefined)
          expect([hasRequest(a, witness), hasRequest(b, witness)]).to.deep.equal([true, false]);
      }),
      { numRuns: 300 },
    );
  });

  it("hold the request they are made of, and no other", () => {
    fc.assert(
      fc.property(request, request, (one, other) => {
        const set = singleRequest(one);
        expect(hasRequest(set, one)).to.equal(true);
        if (hasRequest(set, other)) expect(other).to.deep.equal(one);
      }),
    );
  });

  it("hold no CONNECT with a scheme and nothing else without one", () => {
    const tunnels = requestSetOf({ methods: wordsOf(["CONNECT"]) });

    expect(isEmptyRequests(requestSetOf({ methods: wordsOf(["CONNECT"]), schemes: wordsOf(["https"]) }))).to.equal(
      true,
    );
    expect(isSubsetOfRequests(requestSetOf({ schemes: wordsOf([""]) }), tunnels)).to.equal(true);
    expect(isSubsetOfRequests(ALL_REQUESTS, tunnels)).to.equal(false);
    expect(isEmptyRequests(NO_REQUESTS)).to.equal(true);
  });

  it("read well", () => {
    const set = requestSetOf({
      methods: wordsOf(["CONNECT"]),
      hosts: parseHostSet(["*.blob.core.windows.net"]),
      ports: portSetOf([{ first: 443, last: 443 }]),
      clients: addressSetOf([parseAddressRange("10.1.0.0/16")!]),
      users: wordsOf(["svc"]),
    });

    expect(formatRequests(set)).to.deep.equal(["CONNECT *.blob.core.windows.net port 443 from 10.1.0.0/16 as svc"]);
    expect(someRequest(set)).to.include({
      method: "CONNECT",
      host: "www.blob.core.windows.net",
      port: 443,
      user: "svc",
    });
  });
});
