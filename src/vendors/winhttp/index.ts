/** Manifest of the reader for proxy settings of Windows (WinHTTP, WinINET) and of environments. */
import type { Vendor } from "../../model/vendor.js";
import { convertWinhttp } from "./convert.js";
import { detectWinhttp, parseWinhttp } from "./parse.js";
import type { WinhttpFile } from "./types.js";

export const winhttp: Vendor<WinhttpFile> = {
  id: "winhttp",
  title: "Proxy settings of Windows and of environments",
  docs: [
    "https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-winhttp",
    "https://learn.microsoft.com/windows/win32/winhttp/winhttp-proxy-auto-configuration",
    "https://learn.microsoft.com/windows/win32/wininet/enabling-internet-functionality",
  ],
  exportCommand: "netsh winhttp show proxy",
  detect: detectWinhttp,
  parse: parseWinhttp,
  convert: convertWinhttp,
};
