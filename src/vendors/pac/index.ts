/** Manifest of the reader for proxy auto-configuration scripts. */
import type { Parsed } from "../../model/diagnostic.js";
import type { Conversion, Vendor } from "../../model/vendor.js";
import { detectPac, parsePac } from "./parse.js";
import type { PacFile } from "./types.js";
import { pacSettingsLists } from "./write-settings-list.js";

export const pac: Vendor<PacFile> = {
  id: "pac",
  title: "Proxy auto-configuration scripts",
  docs: [
    "https://developer.mozilla.org/docs/Web/HTTP/Guides/Proxy_servers_and_tunneling/Proxy_Auto-Configuration_PAC_file",
    "https://chromium.googlesource.com/chromium/src/+/main/net/docs/proxy.md",
  ],
  exportCommand: "curl --silent http://wpad/wpad.dat",
  detect: detectPac,
  parse: parsePac,
  convert: convertPac,
  settingsLists: pacSettingsLists,
};

/** Each script is the settings of the clients that are given it. */
function convertPac(configs: readonly PacFile[]): Parsed<Conversion> {
  const coverage = configs.map(({ file, ledger }) => ({
    file,
    vendor: "pac",
    lines: ledger.accounts({ fate: "harmless", note: "a comment" }),
  }));
  const settings = configs.map(({ file, source, line }) => ({
    kind: "script" as const,
    source,
    at: { file, line: line ?? 1 },
  }));
  return { value: { devices: [], proxies: [], settings, coverage }, diagnostics: [] };
}
