/** Manifest of the reader for Windows Firewall. */
import type { Vendor } from "../../model/vendor.js";
import { convertWindowsFirewall } from "./convert.js";
import { insertAces } from "./insert-aces.js";
import { detectWindowsFirewall, parseWindowsFirewall } from "./parse.js";
import { renderWindowsFirewall } from "./render.js";
import type { WindowsFile } from "./types.js";
import { windowsFirewallAllowLists } from "./write-allow-lists.js";

export const windowsFirewall: Vendor<WindowsFile> = {
  id: "windows-firewall",
  title: "Windows Firewall",
  docs: [
    "https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas",
    "https://learn.microsoft.com/openspecs/windows_protocols/ms-fasp",
    "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-r2-and-2008/dd734783(v=ws.10)",
  ],
  exportCommand: "netsh advfirewall firewall show rule name=all verbose > rules.txt",
  detect: detectWindowsFirewall,
  parse: parseWindowsFirewall,
  convert: convertWindowsFirewall,
  render: renderWindowsFirewall,
  allowLists: windowsFirewallAllowLists,
  insertAces,
};
