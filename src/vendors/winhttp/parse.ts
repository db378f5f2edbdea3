/** Output of `netsh winhttp`, `reg query` or `env` to proxy settings. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import type { WinhttpFile, Written } from "./types.js";

const OWN_WORDS = /WinHTTP|^\s*(?:ProxyEnable|ProxyServer|AutoConfigURL)\s+REG_/im;
const VARIABLE = /^\s*(?:export\s+|set\s+|\$env:)?(https?_proxy|all_proxy|no_proxy)\s*(?:=|REG_\w+)\s*(.*)$/i;
const REGISTRY_VALUE = /^\s+(\S+(?: \S+)*)\s+REG_\w+\s*(.*)$/;
const DUMPED = /^\s*set\s+(?:adv)?proxy\b(.*)$/i;

/** Certain iff the text holds words of the settings. */
export function detectWinhttp(text: string): Detection {
  if (OWN_WORDS.test(text)) return "certain";
  return text.split(/\r?\n/, 200).some((line) => VARIABLE.test(line)) ? "certain" : "no";
}

/** What the lines read so far say. */
interface Draft {
  origin: WinhttpFile["origin"];
  isEnabled: boolean;
  readonly servers: Written[];
  readonly bypass: Written[];
  scriptUrl: Written | undefined;
  detects: Written | undefined;
}

/** Never throws; a line it cannot read is rejected and leaves the settings open. */
export function parseWinhttp(text: string, file: string): Parsed<WinhttpFile> {
  const ledger = LineLedger.of(text);
  const diagnostics: Diagnostic[] = [];
  const draft: Draft = {
    origin: "winhttp",
    isEnabled: true,
    servers: [],
    bypass: [],
    scriptUrl: undefined,
    detects: undefined,
  };
  text.split(/\r?\n/).forEach((content, index) => {
    if (content.trim() === "") return;
    const fate = readLine(content, index + 1, draft);
    ledger.mark(index + 1, fate ?? "rejected", fate === undefined ? "no setting that is known here" : "proxy settings");
    if (fate === undefined) diagnostics.push(unknownLine(file, index + 1));
  });
  const first = [...draft.servers, ...draft.bypass, ...[draft.scriptUrl ?? draft.detects ?? []].flat()][0];
  const firstLine = ledger.accounts({ fate: "harmless", note: "" })[0]?.line;
  const value = { ...draft, file, line: first?.line ?? firstLine ?? 1, ledger, isWhole: diagnostics.length === 0 };
  return { value, diagnostics };
}

type Fate = "modelled" | "harmless" | undefined;

function readLine(content: string, line: number, draft: Draft): Fate {
  const variable = VARIABLE.exec(content);
  if (variable !== null) return readVariable(variable[1] ?? "", { text: unquoted(variable[2] ?? ""), line }, draft);
  const value = REGISTRY_VALUE.exec(content);
  if (value !== null) return readRegistry(value[1] ?? "", { text: (value[2] ?? "").trim(), line }, draft);
  const dumped = DUMPED.exec(content);
  if (dumped !== null) return readDumped(dumped[1] ?? "", line, draft);
  return readShown(content, line, draft);
}

function readVariable(name: string, written: Written, draft: Draft): Fate {
  draft.origin = "environment";
  const lower = name.toLowerCase();
  if (lower === "no_proxy") draft.bypass.push(written);
  else if (written.text !== "") {
    const scheme = lower === "all_proxy" ? "" : `${lower.slice(0, lower.indexOf("_"))}=`;
    draft.servers.push({ ...written, text: `${scheme}${written.text}` });
  }
  return "modelled";
}

function readRegistry(name: string, written: Written, draft: Draft): Fate {
  draft.origin = "registry";
  const isOn = Number(written.text) !== 0;
  switch (name.toLowerCase()) {
    case "proxyenable":
      draft.isEnabled = isOn;
      return "modelled";
    case "proxyserver":
      draft.servers.push(written);
      return "modelled";
    case "proxyoverride":
      draft.bypass.push(written);
      return "modelled";
    case "autoconfigurl":
      if (written.text !== "") draft.scriptUrl = written;
      return "modelled";
    case "autodetect":
      if (isOn) draft.detects = written;
      return "modelled";
    default:
      return "harmless"; // Internet Settings hold much besides proxies
  }
}

function readDumped(words: string, line: number, draft: Draft): Fate {
  const servers = /proxy-server\s*=\s*"?([^"]*)"?/i.exec(words)?.[1];
  const bypass = /bypass-list\s*=\s*"?([^"]*)"?/i.exec(words)?.[1];
  if (servers === undefined) return undefined;
  draft.servers.push({ text: servers.trim(), line });
  if (bypass !== undefined) draft.bypass.push({ text: bypass.trim(), line });
  return "modelled";
}

function readShown(content: string, line: number, draft: Draft): Fate {
  const [, label = "", text = ""] = /^\s*([^:]*?)\s*:\s*(.*?)\s*$/.exec(content) ?? [];
  if (/^Proxy Server\(s\)$/i.test(label)) {
    draft.servers.push({ text, line });
    return "modelled";
  }
  if (/^Bypass List$/i.test(label)) {
    if (!/^\(none\)$/i.test(text)) draft.bypass.push({ text, line });
    return "modelled";
  }
  if (/^\s*Direct access\b/i.test(content)) return "modelled";
  const isFrame = /WinHTTP|^\s*HKEY_|^\s*(?:#|rem\b|pushd|popd|reset proxy)/i.test(content);
  return isFrame ? "harmless" : undefined;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

function unknownLine(file: string, line: number): Diagnostic {
  return {
    code: "winhttp/unknown-line",
    severity: "warning",
    message: "the line holds no setting that is known here, so that the settings stay open",
    help: "the output of `reg query` is the same in every language",
    at: { file, line },
    effect: "unknown",
  };
}
