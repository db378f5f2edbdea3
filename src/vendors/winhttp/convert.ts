/** Proxy settings to the way a client chooses. */
import type { Parsed } from "../../model/diagnostic.js";
import { type ProxyRoute, type ProxySettings, routeHost } from "../../model/proxy-settings.js";
import type { Conversion } from "../../model/vendor.js";
import type { WinhttpFile, Written } from "./types.js";

/** Each file is the settings of the clients that are given it. */
export function convertWinhttp(configs: readonly WinhttpFile[]): Parsed<Conversion> {
  const coverage = configs.map(({ file, ledger }) => ({
    file,
    vendor: "winhttp",
    lines: ledger.accounts({ fate: "harmless", note: "says nothing about proxies" }),
  }));
  return { value: { devices: [], proxies: [], settings: configs.map(settingsOf), coverage }, diagnostics: [] };
}

function settingsOf(config: WinhttpFile): ProxySettings {
  const { file, origin, isEnabled, servers, bypass, scriptUrl, detects, isWhole, line } = config;
  const open = (reason: string, at: number): ProxySettings => ({ kind: "open", reason, at: { file, line: at } });
  // WinINET asks a discovered script first, then the one it is told of, then the listed servers.
  if (detects !== undefined) return open("which script the client discovers (WPAD)", detects.line);
  if (scriptUrl !== undefined)
    return open("what the script of `AutoConfigURL` says (name it as the settings)", scriptUrl.line);
  if (!isWhole) return open("what the lines that were not read say", line);
  const [listed] = servers;
  if (isEnabled === undefined && listed !== undefined)
    return open("whether the listed servers are used (`ProxyEnable`)", listed.line);
  const routes = new Map<string, ProxyRoute>();
  for (const server of isEnabled ? servers : []) {
    for (const entry of server.text.split(/[;\s]+/).filter((text) => text !== "")) {
      const read = readServer(entry);
      if (read === undefined) return open("what an entry of the server list stands for", server.line);
      // Clients ask such proxies in turn, or take one of them.
      if (routes.has(read.scheme)) return open("which of several servers of the list counts", server.line);
      routes.set(read.scheme, read.route);
    }
  }
  const patterns = bypass.flatMap((written) => patternsOf(written, origin));
  return { kind: "fixed", routes, bypass: patterns, at: { file, line } };
}

function readServer(entry: string): { scheme: string; route: ProxyRoute } | undefined {
  const match = /^(?:(\w+)=)?(?:(\w+):\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[^\s:/=]+)(?::(\d{1,5}))?\/?$/i.exec(entry);
  if (match === null) return undefined;
  const [, scheme, spoken = "http", host = "", port] = match;
  const transport = transportOf(scheme?.toLowerCase() === "socks" ? "socks" : spoken.toLowerCase());
  if (transport === undefined || Number(port ?? 80) > 65535) return undefined;
  const usual = transport === "https" ? 443 : transport === "http" ? 80 : 1080;
  const route = { kind: "proxy", transport, host: routeHost(host), port: Number(port ?? usual) } as const;
  return { scheme: scheme?.toLowerCase() ?? "*", route };
}

function transportOf(word: string): Extract<ProxyRoute, { kind: "proxy" }>["transport"] | undefined {
  if (word === "http" || word === "https") return word;
  if (word === "socks5" || word === "socks5h") return "socks5";
  return word === "socks" || word === "socks4" ? "socks4" : undefined;
}

// Variables hold domains that stand for themselves and everything below; Windows' lists hold globs.
function patternsOf({ text }: Written, origin: WinhttpFile["origin"]): string[] {
  const entries = text
    .toLowerCase()
    .split(/[;,\s]+/)
    .filter((entry) => entry !== "");
  if (origin !== "environment") return entries;
  return entries.flatMap((entry) => {
    if (entry === "*" || /^[\d.:/[\]a-f]*[:/]/.test(entry)) return [entry];
    const name = entry.replace(/^\*?\./, "");
    return [name, `*.${name}`];
  });
}
