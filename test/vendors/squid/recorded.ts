/** Reads recorded requests with the answers of a real Squid, and asks our own evaluators the same. */

import { passProxy } from "../../../src/compile/compile-proxy.js";
import { certainDisposition, evaluateRequest } from "../../../src/compile/evaluate-request.js";
import type { KnownAddresses, NameKnowledge } from "../../../src/compile/name-knowledge.js";
import { type Address, parseAddress } from "../../../src/model/address.js";
import type { ProxyPolicy, ProxyRequest } from "../../../src/model/proxy.js";
import { addressOfHost } from "../../../src/sets/host-set.js";
import { hasRequest, singleRequest } from "../../../src/sets/request-set.js";
import { squid } from "../../../src/vendors/squid/index.js";

export interface RecordedRequest {
  readonly src: string;
  readonly method: string;
  readonly target: string;
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly verdict: "ALLOW" | "DENY" | "AUTH";
  readonly rule?: number;
}

export interface RecordedConfig {
  readonly id: string;
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  readonly ptr?: Readonly<Record<string, string>>;
  readonly requests?: readonly RecordedRequest[];
}

// What the recorder put before every configuration.
export const RECORDER_HEAD = `http_port 3128
auth_param basic program /usr/lib/squid/basic_fake_auth
auth_param basic casesensitive on
`;

/** The policy of a recorded configuration, with the files it names. */
export function policyOf(config: string, files: Readonly<Record<string, string>> = {}): ProxyPolicy {
  const texts = Object.entries({ "squid.conf": RECORDER_HEAD + config, ...files });
  const parsed = texts.map(([file, text]) => squid.parse(text, file).value);
  return squid.convert(parsed, { deviceName: "proxy" }).value.proxies[0] as ProxyPolicy;
}

// Linux sends from 127.0.0.1 where a client asks to send from the broadcast address.
const LOOPBACK_BROADCAST = "127.255.255.255";

/** The request a client sends when it asks for the target. */
export function requestOf({ src, method, target, user, headers = {} }: RecordedRequest): ProxyRequest {
  const client = parseAddress(src === LOOPBACK_BROADCAST ? "127.0.0.1" : src) as Address;
  const sent = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const sender = { client, method, headers: new Map(sent), ...(user === undefined ? {} : { user }) };
  const url = /^([a-z_]+):\/\/(\[[^\]]*\]|[^/:]*)(?::(\d+))?(\/.*)?$/.exec(target);
  if (method !== "CONNECT" && url !== null) {
    const [, scheme = "", host = "", port, path = "/"] = url;
    return { ...sender, scheme, host: host.toLowerCase(), port: Number(port ?? (scheme === "https" ? 443 : 80)), path };
  }
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(target) ?? [];
  return { ...sender, scheme: "", host: host.toLowerCase(), port: Number(port ?? 443), path: "" };
}

/** Everything the recorder's name server knew; an address it did not know resolves back to nothing. */
export function knowledgeOf({
  dns = {},
  ptr = {},
  requests = [],
}: Omit<RecordedConfig, "id" | "config">): NameKnowledge {
  const asked = requests.map((request) => requestOf(request).host);
  const unknown = asked.filter((host) => addressOfHost(host) === undefined);
  const names = new Map<string, KnownAddresses>(unknown.map((host) => [host.replace(/\.+$/, ""), { exactly: [] }]));
  for (const [name, texts] of Object.entries(dns)) {
    names.set(name, { exactly: texts.map((text) => parseAddress(text) as Address) });
  }
  const reverse = asked.map((host): [string, string] => [host.replace(/^\[|\]$/g, ""), ""]);
  return { names, reverseNames: new Map([...reverse, ...Object.entries(ptr)]) };
}

const ANSWERS = { accept: "ALLOW", drop: "DENY", challenge: "AUTH" } as const;

/** What asking rule by rule says, and what sets of requests say. */
export function ourAnswers(
  policy: ProxyPolicy,
  request: ProxyRequest,
  knowledge: NameKnowledge,
): { evaluated: string; passed: string; covers: boolean } {
  const certain = certainDisposition(evaluateRequest(policy, request, knowledge));
  const branches = passProxy(policy, singleRequest(request), knowledge);
  const reached = branches.filter(({ requests }) => hasRequest(requests, request));
  const dispositions = new Set(reached.map(({ disposition }) => disposition));
  const [only] = dispositions;
  return {
    evaluated: certain === undefined ? "undecided" : ANSWERS[certain],
    passed: dispositions.size === 1 && only !== undefined ? ANSWERS[only] : "undecided",
    covers: dispositions.size > 0,
  };
}
