/**
 * An exact set of requests to a proxy: a union of pairwise disjoint boxes over client, method, scheme, host, port and user.
 * Paths are no field: a set that holds a request holds it for every path. No set holds a request for the proxy's own
 * management pages, which are not traffic through it.
 */
import type { Address } from "../model/address.js";
import { formatAddressRange, singleAddress } from "../model/address.js";
import type { ProxyRequest } from "../model/proxy.js";
import { formatRanges } from "../model/service.js";
import {
  type AddressSet,
  addressRanges,
  addressSetOf,
  EVERY_ADDRESS,
  hasAddress,
  intersectAddresses,
  subtractAddresses,
} from "./address-set.js";
import {
  ALL_WORDS,
  type ChoiceSet,
  formatWords,
  hasWord,
  intersectWords,
  isEmptyWords,
  someWord,
  subtractWords,
  wordsOf,
} from "./choice-set.js";
import {
  ALL_HOSTS,
  formatHosts,
  type HostSet,
  hasHost,
  intersectHosts,
  isEmptyHosts,
  singleHost,
  someHost,
  subtractHosts,
} from "./host-set.js";
import { ALL_PORTS, hasPort, intersectPorts, type PortSet, portSetOf, subtractPorts } from "./port-set.js";

/** What stands in the field `users` for a request without credentials. */
export const NO_USER = "";

/** A product of one set per field; it is empty iff one of them is. */
export interface RequestBox {
  readonly clients: AddressSet;
  /** Upper case. */
  readonly methods: ChoiceSet;
  /** Lower case; the empty word is the scheme of CONNECT, which names none. */
  readonly schemes: ChoiceSet;
  readonly hosts: HostSet;
  readonly ports: PortSet;
  readonly users: ChoiceSet;
}

export interface RequestSet {
  readonly boxes: readonly RequestBox[];
}

export const NO_REQUESTS: RequestSet = { boxes: [] };

const WHOLE_BOX: RequestBox = {
  clients: EVERY_ADDRESS,
  methods: ALL_WORDS,
  schemes: ALL_WORDS,
  hosts: ALL_HOSTS,
  ports: ALL_PORTS,
  users: ALL_WORDS,
};

const CONNECT = wordsOf(["CONNECT"]);
const NO_SCHEME = wordsOf([""]);

/** The requests within a box, of those that exist: CONNECT has no scheme and every other method has one. */
export function requestSetOf(fields: Partial<RequestBox>): RequestSet {
  const box = { ...WHOLE_BOX, ...fields };
  const tunnels = {
    ...box,
    methods: intersectWords(box.methods, CONNECT),
    schemes: intersectWords(box.schemes, NO_SCHEME),
  };
  const plain = {
    ...box,
    methods: subtractWords(box.methods, CONNECT),
    schemes: subtractWords(box.schemes, NO_SCHEME),
  };
  return { boxes: [tunnels, plain].filter((candidate) => !isEmptyBox(candidate)) };
}

/** Every request. */
export const ALL_REQUESTS: RequestSet = requestSetOf({});

/** The set of one request, for every path it could name. */
export function singleRequest(request: ProxyRequest): RequestSet {
  return requestSetOf({
    clients: addressSetOf([singleAddress(request.client)]),
    methods: wordsOf([request.method.toUpperCase()]),
    ...(request.method.toUpperCase() === "CONNECT" ? {} : { schemes: wordsOf([request.scheme.toLowerCase()]) }),
    hosts: singleHost(request.host),
    ports: portSetOf([{ first: request.port, last: request.port }]),
    users: wordsOf([request.user ?? NO_USER]),
  });
}

/** True iff no request is in the box. */
export function isEmptyBox(box: RequestBox): boolean {
  return (
    box.ports.length === 0 ||
    box.clients.length === 0 ||
    isEmptyWords(box.methods) ||
    isEmptyWords(box.schemes) ||
    isEmptyWords(box.users) ||
    isEmptyHosts(box.hosts)
  );
}

/** The box of the requests in both; undefined iff there are none. Fields that are quick to tell come first. */
function intersectBoxes(a: RequestBox, b: RequestBox): RequestBox | undefined {
  const ports = intersectPorts(a.ports, b.ports);
  if (ports.length === 0) return undefined;
  const methods = intersectWords(a.methods, b.methods);
  const schemes = intersectWords(a.schemes, b.schemes);
  const users = intersectWords(a.users, b.users);
  if (isEmptyWords(methods) || isEmptyWords(schemes) || isEmptyWords(users)) return undefined;
  const clients = intersectAddresses(a.clients, b.clients);
  if (clients.length === 0) return undefined;
  const hosts = intersectHosts(a.hosts, b.hosts);
  return isEmptyHosts(hosts) ? undefined : { clients, methods, schemes, hosts, ports, users };
}

// One residual per field: outside `b` in that field, inside it in the fields before. The residuals are disjoint.
function subtractBox(a: RequestBox, b: RequestBox): RequestBox[] {
  const common = intersectBoxes(a, b);
  if (common === undefined) return [a];
  const { clients, methods, schemes, hosts, ports } = common;
  return [
    { ...a, clients: subtractAddresses(a.clients, b.clients) },
    { ...a, clients, methods: subtractWords(a.methods, b.methods) },
    { ...a, clients, methods, schemes: subtractWords(a.schemes, b.schemes) },
    { ...a, clients, methods, schemes, hosts: subtractHosts(a.hosts, b.hosts) },
    { ...a, clients, methods, schemes, hosts, ports: subtractPorts(a.ports, b.ports) },
    { ...a, clients, methods, schemes, hosts, ports, users: subtractWords(a.users, b.users) },
  ].filter((box) => !isEmptyBox(box));
}

/** The requests in both. */
export function intersectRequests(a: RequestSet, b: RequestSet): RequestSet {
  return { boxes: a.boxes.flatMap((left) => b.boxes.flatMap((right) => intersectBoxes(left, right) ?? [])) };
}

/** True iff some request is in both. */
export function doRequestsOverlap(a: RequestSet, b: RequestSet): boolean {
  return a.boxes.some((left) => b.boxes.some((right) => intersectBoxes(left, right) !== undefined));
}

/** The requests of `a` that are not in `b`. */
export function subtractRequests(a: RequestSet, b: RequestSet): RequestSet {
  return { boxes: b.boxes.reduce((rest, box) => rest.flatMap((left) => subtractBox(left, box)), a.boxes) };
}

/** The requests in either. */
export function uniteRequests(a: RequestSet, b: RequestSet): RequestSet {
  if (a.boxes.length === 0) return b;
  if (b.boxes.length === 0) return a;
  return { boxes: [...a.boxes, ...subtractRequests(b, a).boxes] };
}

/** True iff the set holds no request. */
export function isEmptyRequests(set: RequestSet): boolean {
  return set.boxes.length === 0;
}

/** True iff every request of `inner` is in `outer`. */
export function isSubsetOfRequests(inner: RequestSet, outer: RequestSet): boolean {
  return isEmptyRequests(subtractRequests(inner, outer));
}

/** True iff the set holds the request. */
export function hasRequest(set: RequestSet, request: ProxyRequest): boolean {
  const method = request.method.toUpperCase();
  const scheme = method === "CONNECT" ? "" : request.scheme.toLowerCase();
  return set.boxes.some(
    (box) =>
      hasAddress(box.clients, request.client) &&
      hasWord(box.methods, method) &&
      hasWord(box.schemes, scheme) &&
      hasHost(box.hosts, request.host) &&
      hasPort(box.ports, request.port) &&
      hasWord(box.users, request.user ?? NO_USER),
  );
}

const COMMON_METHODS = ["CONNECT", "GET", "POST"];
const COMMON_SCHEMES = ["http", "https"];
const COMMON_PORTS = [443, 80, 8080];

/** A request of the set that a person would recognise; undefined iff the set is empty. */
export function someRequest(set: RequestSet): ProxyRequest | undefined {
  const box = set.boxes[0];
  if (box === undefined) return undefined;
  const user = someWord(box.users, [NO_USER]);
  return {
    client: someClient(box.clients),
    method: someWord(box.methods, COMMON_METHODS) as string,
    scheme: someWord(box.schemes, COMMON_SCHEMES) as string,
    host: someHost(box.hosts) as string,
    port: COMMON_PORTS.find((port) => hasPort(box.ports, port)) ?? (box.ports[0]?.first as number),
    path: "/",
    ...(user === NO_USER || user === undefined ? {} : { user }),
  };
}

const COMMON_CLIENT: Address = [0x0a000001];

function someClient(clients: AddressSet): Address {
  return hasAddress(clients, COMMON_CLIENT) ? COMMON_CLIENT : (addressRanges(clients)[0]?.first as Address);
}

/** One text per box for people, e.g. "CONNECT *.example.com port 443 from 10.0.0.0/8 as any user". */
export function formatRequests(set: RequestSet): string[] {
  return set.boxes.map((box) => {
    const users = formatWords(box.users);
    return [
      box.methods.isComplement ? `${formatWords(box.methods)} method` : formatWords(box.methods),
      formatHosts(box.hosts).join(", "),
      `port ${formatRanges(box.ports)}`,
      `from ${addressRanges(box.clients).map(formatAddressRange).join(", ")}`,
      hasWord(box.users, NO_USER) ? "with or without credentials" : `as ${users}`,
    ].join(" ");
  });
}
