/** Writes an access list of a router as rules for netfilter, one for each line, so that a peer's answers about it can be compared. */

/** The rules, and the router's line of each line of the text. */
export interface TranslatedList {
  readonly text: string;
  /** By line of the text, counted from 1: the line of the list as the router says it. */
  readonly lines: ReadonlyMap<number, string>;
}

const PORTS: Readonly<Record<string, string>> = { bgp: "179", domain: "53" };
const ICMP_TYPES: Readonly<Record<string, string>> = { redirect: "5", "echo-reply": "0", "ttl-exceeded": "11/0" };
const HEAD = ["*filter", ":INPUT ACCEPT [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]"];

/** The access list of the given name in a router's configuration, put to what it forwards. */
export function translateList(configuration: string, name: string): TranslatedList {
  const all = configuration.split(/\r?\n/);
  const start = all.findIndex((line) => new RegExp(`^ip access-list (extended )?${name}$`).test(line.trim()));
  const rules: string[] = [];
  const lines = new Map<number, string>();
  for (const line of all.slice(start + 1)) {
    if (line.startsWith("!")) continue;
    if (!line.startsWith(" ")) break;
    const words = line.trim().split(/\s+/);
    const number = /^\d+$/.test(words[0] ?? "") ? words.shift() : undefined;
    if (!/^(permit|deny)$/.test(words[0] ?? "")) continue;
    rules.push(ruleOf(words));
    lines.set(HEAD.length + rules.length, [number, line.trim().replace(/^\d+ /, "")].filter(Boolean).join(" "));
  }
  return { text: [...HEAD, ...rules, "COMMIT", ""].join("\n"), lines };
}

function ruleOf([action, protocol, ...rest]: readonly string[]): string {
  const words = [...rest];
  const source = takeSide(words, "s");
  const destination = takeSide(words, "d");
  const type = protocol === "icmp" && words.length > 0 ? ` --icmp-type ${ICMP_TYPES[words.shift() as string]}` : "";
  if (words.length > 0) throw new Error(`not understood: ${words.join(" ")}`);
  const match = protocol === "ip" ? "" : ` -p ${protocol} -m ${protocol}`;
  return `-A FORWARD${source.address}${destination.address}${match}${source.port}${destination.port}${type} -j ${action === "permit" ? "ACCEPT" : "DROP"}`;
}

/** Takes an address and a port off the words. */
function takeSide(words: string[], side: "s" | "d"): { readonly address: string; readonly port: string } {
  const address = takeAddress(words);
  const operator = words[0];
  if (operator !== "eq" && operator !== "range") return { address: address && ` -${side} ${address}`, port: "" };
  words.shift();
  const numbers = words.splice(0, operator === "eq" ? 1 : 2).map((word) => PORTS[word] ?? word);
  return { address: address && ` -${side} ${address}`, port: ` --${side}port ${numbers.join(":")}` };
}

function takeAddress(words: string[]): string {
  const first = words.shift() as string;
  if (first === "any") return "";
  if (first === "host") return words.shift() as string;
  if (!/^0\./.test(words[0] ?? "")) return first;
  const bits = (words.shift() as string).split(".").map((byte) => Number(byte).toString(2).padStart(8, "0"));
  return `${first}/${bits.join("").indexOf("1") < 0 ? 32 : bits.join("").indexOf("1")}`;
}
