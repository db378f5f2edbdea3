/** Random configurations for a live Squid, over few words so that rules meet, and requests that try their edges. */
import type { LiveRequest } from "./live-squid.js";

/** The same seed gives the same numbers: below `bound`, from 0. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(bound: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * bound);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  some<T>(choices: readonly T[], most: number): T[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.pick(choices));
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }
}

/** Of several lines for one name or address Squid keeps the last: each stands here once. */
export const HOSTS = `127.0.0.1 localhost
10.1.1.5 intranet.corp.test
10.1.1.6 wiki.corp.test
10.1.1.4 corp.test
203.0.113.1 www.example.test
203.0.113.2 example.test
10.9.9.9 multi.test
2001:db8::80 six.test
198.51.100.1 account.blob.core.windows.net
`;

const NAMES = [
  "www.example.test",
  "example.test",
  "intranet.corp.test",
  "corp.test",
  "multi.test",
  "six.test",
  "localhost",
];
const ODD_NAMES = [
  "notexample.test",
  "a.b.example.test",
  "WWW.Example.TEST",
  "example.test.",
  "account.blob.core.windows.net",
];
const LITERALS = [
  "10.1.1.5",
  "10.9.9.9",
  "203.0.113.1",
  "127.0.0.1",
  "[2001:db8::80]",
  "[::ffff:10.1.1.5]",
  "10.0.0.0",
  "10.255.255.255",
];
const CLIENTS = [
  "127.0.0.1",
  "127.0.1.0",
  "127.0.1.1",
  "127.0.1.255",
  "127.0.2.0",
  "127.1.2.3",
  "127.9.9.9",
  "127.200.0.1",
];
const USERS = ["alice", "Alice", "bob", "svc.backup"];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  src: [
    ...[
      "127.0.0.1",
      "127.0.1.0/24",
      "127.0.1.1",
      "127.0.0.0/16",
      "127.0.0.1-127.0.1.9",
      "127.1.0.0/255.255.0.0",
      "all",
    ],
    ...["127.0.1.128/25", "127.0.0.0-127.0.3.0/24", "0.0.0.0/0", "::/0", "ipv6", "ipv4", "::1", "127.0.1.77/24"],
  ],
  dst: [
    ...[
      "10.0.0.0/8",
      "10.1.1.0/24",
      "10.1.1.5",
      "203.0.113.0/24",
      "127.0.0.0/8",
      "2001:db8::/32",
      "all",
      "::/0",
      "ipv6",
    ],
    ...["10.9.0.0-10.9.255.255", "198.51.100.1", "10.1.1.4-10.1.1.5", "203.0.113.1/32", "10.0.0.0/255.0.0.0"],
  ],
  dstdomain: [
    ...[
      ".example.test",
      "example.test",
      "www.example.test",
      ".corp.test",
      "corp.test",
      ".test",
      "10.1.1.5",
      "none",
      "localhost",
    ],
    ...[
      ".WINDOWS.net",
      ".blob.core.windows.net",
      "[2001:db8::80]",
      "2001:db8::80",
      "example.test.",
      "*.example.test",
      "multi.test",
    ],
  ],
  dstdom_regex: [
    "^www\\.",
    "example",
    "\\.test$",
    "(^|\\.)example\\.test$",
    "^10\\.",
    "EXAMPLE",
    "[0-9]$",
    "corp|wiki",
    "^none$",
    ".",
  ],
  url_regex: [
    "^http://",
    ":443$",
    "example",
    "\\.exe$",
    "^[^/]+:443$",
    "%20",
    "Ads",
    "^https?://[^/]*corp",
    "\\?",
    "^http://[^/:]+/",
  ],
  urlpath_regex: ["^/$", "\\.exe$", "ads", "\\?", "^/a", "%", "b{2}", "."],
  port: ["80", "443", "1-1023", "1025-65535", "8080", "21", "440-450"],
  method: ["GET", "CONNECT", "post", "HEAD", "PUT"],
  proto: ["HTTP", "https", "FTP", "none", "nosuchscheme"],
  proxy_auth: USERS,
  browser: ["curl", "^Mozilla", "bot", "MSIE", "^$", "."],
};

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  dst: ["-n"],
  dstdomain: ["-n"],
  dstdom_regex: ["-i", "-n", "-n -i"],
  url_regex: ["-i"],
  urlpath_regex: ["-i"],
  proxy_auth: ["-i"],
  browser: ["-i"],
};

function randomPattern(dice: Dice): string {
  const atoms = [
    "a",
    "e",
    "x",
    "t",
    "\\.",
    ".",
    "/",
    "[a-e]",
    "[^x]",
    "(ex|co)",
    "(am|)",
    "[[:alpha:]]",
    "\\w",
    ":",
    "1",
  ];
  const repeats = ["", "", "", "", "*", "+", "?", "{2}", "{0,1}"];
  const pieces = dice.some(atoms, 5).map((atom) => atom + dice.pick(repeats));
  return (dice.once(4) ? "^" : "") + pieces.join("") + (dice.once(4) ? "$" : "");
}

/** What a configuration's own folder is called in its lines, until one is made for it. */
export const FOLDER = "@folder@";

/** A configuration and the files beside it, by name. */
export interface RandomConfiguration {
  readonly lines: string;
  readonly files: ReadonlyMap<string, string>;
}

function randomAcl(dice: Dice, name: string, earlier: readonly string[], files: Map<string, string>): string[] {
  if (earlier.length > 1 && dice.once(5)) {
    const type = dice.pick(["any-of", "all-of"]);
    return Array.from({ length: 1 + dice.below(2) }, () => `acl ${name} ${type} ${references(dice, earlier, 3)}`);
  }
  const type = dice.pick(Object.keys(VALUES));
  if (type === "proxy_auth" && dice.once(2)) return [`acl ${name} proxy_auth REQUIRED`];
  const drawn = dice.some(VALUES[type] as readonly string[], 4);
  const values = drawn.map((value) => (type.endsWith("_regex") && dice.once(2) ? randomPattern(dice) : value));
  const option = OPTIONS[type] !== undefined && dice.once(3) ? `${dice.pick(OPTIONS[type])} ` : "";
  const start = `acl ${name} ${type} ${option}`;
  if (dice.once(7)) {
    const list = `${name}.list`;
    files.set(list, listText(dice, values));
    return [`${start}"${FOLDER}/${list}"`];
  }
  if (dice.once(5)) return [`${start}${values.join(" \\\n   ")}`];
  if (option === "" && dice.once(4)) return values.map((value) => start + value);
  return [`${start}${values.join(" ")}${dice.once(6) ? " # a note" : ""}`];
}

/** Values as a file has them, one a line, with what Squid passes over between them. */
function listText(dice: Dice, values: readonly string[]): string {
  const lines = values.flatMap((value) => [...(dice.once(4) ? [dice.pick(["# a note", "", "  "])] : []), value]);
  return `${lines.join("\n")}${dice.once(3) ? "" : "\n"}`;
}

/** Types that no request decides, some with values Squid does not start with. */
function openAcl(dice: Dice, name: string): string {
  const acl = dice.pick([
    ...[
      "time MTWHF 09:00-17:00",
      "time SA",
      "time 9:00-24:00",
      "time M 17:00-9:00",
      "time 9-17",
      "maxconn 3",
      "maxconn x",
    ],
    ...[
      "random 0.5",
      "random 1/3",
      "random 3/1",
      "http_status 200",
      "rep_mime_type ^image/",
      "localport 3128",
      "has request",
    ],
    ...[
      "hier_code HIER_DIRECT",
      "hier_code DIRECT",
      "external nobody",
      "nosuchtype x",
      "port 90-80",
      "src 10.0.0.0/33",
    ],
    ...["note from here", "connections_encrypted", "myportname 3128", "snmp_community public", "peername x"],
  ]);
  return `acl ${name} ${acl}`;
}

function references(dice: Dice, names: readonly string[], most: number): string {
  return dice
    .some(names, most)
    .map((name) => (dice.once(4) ? `!${name}` : name))
    .join(" ");
}

/** A configuration; Squid may refuse it. */
export function randomConfiguration(dice: Dice): RandomConfiguration {
  const names: string[] = [];
  const lines: string[] = [];
  const files = new Map<string, string>();
  for (let i = 0; i < 2 + dice.below(6); i++) {
    const name = `a${i}`;
    lines.push(...(dice.once(24) ? [openAcl(dice, name)] : randomAcl(dice, name, names, files)));
    names.push(name);
  }
  const usable = [...names, ...names, ...names, "all", "localhost", "to_localhost", "CONNECT", "manager"];
  const rules = Array.from({ length: 1 + dice.below(7) }, () => randomRule(dice, usable)).flat();
  if (dice.once(3)) rules.push(`http_access ${dice.pick(["allow", "deny", "deny"])} all`);
  if (dice.once(4)) {
    files.set("rules.conf", `${rules.join("\n")}\n`);
    lines.push(`include ${FOLDER}/${dice.pick(["rules.conf", "rul*.conf"])}`);
  } else lines.push(...rules);
  return { lines: `${lines.join("\n")}\n`, files };
}

function randomRule(dice: Dice, usable: readonly string[]): string[] {
  const rule = `http_access ${dice.pick(["allow", "deny"])} ${references(dice, usable, 3)}`;
  if (!dice.once(8)) return [rule];
  return [
    `if ${dice.pick(["true", "false", "1 = 1", "2 = 3"])}`,
    rule,
    ...(dice.once(2) ? ["else", "http_access deny all"] : []),
    "endif",
  ];
}

/** A request a client on this machine can send. */
export function randomAsk(dice: Dice): LiveRequest {
  const host = dice.pick([...NAMES, ...NAMES, ...ODD_NAMES, ...LITERALS]);
  const method = dice.pick(["GET", "GET", "CONNECT", "CONNECT", "POST", "HEAD", "PUT"]);
  const port = dice.pick([80, 443, 443, 8080, 21, 1024, 1025]);
  const path = dice.pick(["/", "/", "/a.exe", "/A.EXE", "/Ads/x?y=1", "/a%20b", "/bb%2e", "/a%25b", "/index.html"]);
  const scheme = dice.pick(["http", "http", "http", "https", "ftp"]);
  const address = `${host}${method === "CONNECT" || dice.once(3) ? `:${port}` : ""}`;
  return {
    source: dice.pick(CLIENTS),
    method,
    target: method === "CONNECT" ? address : `${scheme}://${address}${path}`,
    ...(dice.once(3) ? { user: dice.pick(USERS) } : {}),
    ...(dice.once(2) ? { userAgent: dice.pick(["curl/8.0", "Mozilla/5.0 (X11) Robot", "msie"]) } : {}),
  };
}
