/** Output of `netsh winhttp`, `reg query` or `env` to proxy settings. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import { type BinarySettings as BinaryValue, readBinarySettings } from "./binary-settings.js";
import { registryValueAt } from "./registry-file.js";
import type { WinhttpFile, Written } from "./types.js";

type BinarySettings = BinaryValue & { readonly line: number };

const OWN_WORDS =
  /WinHTTP|^\s*(?:ProxyEnable|ProxyServer|AutoConfigURL|DefaultConnectionSettings)\s+REG_|^"(?:ProxyEnable|ProxyServer|AutoConfigURL|DefaultConnectionSettings)"=/im;
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
  isEnabled: boolean | undefined;
  readonly servers: Written[];
  readonly bypass: Written[];
  scriptUrl: Written | undefined;
  detects: Written | undefined;
  /** What a binary value says, which holds where others beside it say nothing else. */
  binary: BinarySettings | undefined;
  /** A line said that what follows is shown by netsh, in whichever language. */
  isShown: boolean;
  /** The line of exceptions was there. */
  hasExceptions: boolean;
}

/** Never throws; a line it cannot read is rejected and leaves the settings open. */
export function parseWinhttp(text: string, file: string): Parsed<WinhttpFile> {
  const ledger = LineLedger.of(text);
  const diagnostics: Diagnostic[] = [];
  const draft: Draft = {
    origin: "winhttp",
    isEnabled: undefined,
    servers: [],
    bypass: [],
    scriptUrl: undefined,
    detects: undefined,
    binary: undefined,
    isShown: false,
    hasExceptions: false,
  };
  const lines = text.split(/\r?\n/);
  for (let line = 1; line <= lines.length; line++) {
    const content = lines[line - 1] ?? "";
    if (content.trim() === "") continue;
    const value = registryValueAt(lines, line);
    const fate =
      value === undefined ? readLine(content, line, draft) : readRegistry(value.name, { ...value, line }, draft);
    const last = value?.lastLine ?? line;
    const note = fate === undefined ? "no setting that is known here" : "proxy settings";
    ledger.markRange(line, last, fate ?? "rejected", note);
    if (fate === undefined) diagnostics.push(unknownLine(file, line));
    line = last;
  }
  if (contradicts(draft)) diagnostics.push(contradiction(file, draft.binary?.line ?? 1));
  takeBinary(draft);
  const first = [...draft.servers, ...draft.bypass, ...[draft.scriptUrl ?? draft.detects ?? []].flat()][0];
  const firstLine = ledger.accounts({ fate: "harmless", note: "" })[0]?.line;
  const { binary: _, isShown: __, hasExceptions: ___, ...told } = draft;
  // Beside a binary value, which has a switch of its own, and outside the registry the servers of a list are used.
  const isEnabled = draft.isEnabled ?? (draft.origin !== "registry" || draft.binary !== undefined || undefined);
  const value = {
    ...told,
    isEnabled,
    file,
    line: first?.line ?? firstLine ?? 1,
    ledger,
    isWhole: diagnostics.length === 0,
  };
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
      return Number.isNaN(Number(written.text)) ? undefined : "modelled";
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
    case "defaultconnectionsettings":
    case "winhttpsettings": {
      const binary = readBinarySettings(written.text);
      if (binary !== undefined) draft.binary = { ...binary, line: written.line };
      return binary && "modelled";
    }
    default:
      return "harmless"; // Internet Settings hold much besides proxies
  }
}

// The text values mirror the binary one; where they do not, nobody knows which of both is older.
function contradicts({ binary, servers, bypass, isEnabled, scriptUrl }: Draft): boolean {
  if (binary === undefined) return false;
  const [listed, passed] = [servers, bypass].map((written) => written.map(({ text }) => text).join(";"));
  const isOn = isEnabled ?? true;
  const isOther = (text: string | undefined, own: string): boolean => text !== undefined && text !== "" && text !== own;
  return (
    (isOn ? isOther(listed, binary.servers) : binary.servers !== "") ||
    (isOn && binary.servers !== "" && isOther(passed, binary.bypass)) ||
    isOther(scriptUrl?.text, binary.scriptUrl)
  );
}

function takeBinary(draft: Draft): void {
  const { binary } = draft;
  if (binary === undefined) return;
  const { line, servers, bypass, scriptUrl, detects } = binary;
  if (servers !== "" && draft.servers.length === 0) draft.servers.push({ text: servers, line });
  if (bypass !== "" && draft.bypass.length === 0) draft.bypass.push({ text: bypass, line });
  if (scriptUrl !== "") draft.scriptUrl ??= { text: scriptUrl, line };
  if (detects) draft.detects ??= { text: "1", line };
}

function readDumped(words: string, line: number, draft: Draft): Fate {
  const servers = /proxy-server\s*=\s*"?([^"]*)"?/i.exec(words)?.[1];
  const bypass = /bypass-list\s*=\s*"?([^"]*)"?/i.exec(words)?.[1];
  if (servers === undefined) return undefined;
  draft.servers.push({ text: servers.trim(), line });
  if (bypass !== undefined) draft.bypass.push({ text: bypass.trim(), line });
  return "modelled";
}

// netsh shows a heading that names WinHTTP, then either one sentence (direct), or a line of servers and one of exceptions;
// only the words before the colons are of the system's language.
function readShown(content: string, line: number, draft: Draft): Fate {
  if (/WinHTTP/i.test(content)) draft.isShown = true;
  if (FRAME.test(content)) return "harmless";
  if (!draft.isShown) return undefined;
  const [, text] = /^\s*[^:]*?[\s\u00a0]*:\s*(.*?)\s*$/.exec(content) ?? [];
  if (text === undefined) return IN_BRACKETS.test(content) && draft.servers.length === 0 ? "modelled" : undefined;
  if (draft.servers.length === 0) draft.servers.push({ text, line });
  else if (draft.hasExceptions) return undefined;
  else if (!/^\(.*\)$/.test(text)) draft.bypass.push({ text, line });
  draft.hasExceptions = draft.servers[0]?.line !== line;
  return "modelled";
}

const FRAME = /WinHTTP|^\s*\[?HKEY_|^\s*(?:#|rem\b|pushd|popd|reset proxy)|^Windows Registry Editor/i;
const IN_BRACKETS = /^\D*\(\D*\)\.?\s*$/;

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

function contradiction(file: string, line: number): Diagnostic {
  return {
    code: "winhttp/contradiction",
    severity: "warning",
    message: "the binary value and the texts beside it say different things, so that the settings stay open",
    help: "export the key again after the settings were saved once",
    at: { file, line },
    effect: "unknown",
  };
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
