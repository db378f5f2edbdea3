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

function randomAcl(dice: Dice, name: string, earlier: readonly string[]): string[] {
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
  if (dice.once(5)) return [`${start}${values.join(" \\\n   ")}`];
  if (option === "" && dice.once(4)) return values.map((value) => start + value);
  return [`${start}${values.join(" ")}${dice.once(6) ? " # a note" : ""}`];
}

function references(dice: Dice, names: readonly string[], most: number): string {
  return dice
    .some(names, most)
    .map((name) => (dice.once(4) ? `!${name}` : name))
    .join(" ");
}

/** Lines of a configuration; Squid may refuse them. */
export function randomLines(dice: Dice): string {
  const names: string[] = [];
  const lines: string[] = [];
  for (let i = 0; i < 2 + dice.below(6); i++) {
    const name = `a${i}`;
    lines.push(...randomAcl(dice, name, names));
    names.push(name);
  }
  const usable = [...names, ...names, ...names, "all", "localhost", "to_localhost", "CONNECT", "manager"];
  for (let i = 0; i < 1 + dice.below(7); i++) {
    lines.push(`http_access ${dice.pick(["allow", "deny"])} ${references(dice, usable, 3)}`);
  }
  if (dice.once(3)) lines.push(`http_access ${dice.pick(["allow", "deny", "deny"])} all`);
  return `${lines.join("\n")}\n`;
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
