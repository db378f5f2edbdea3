/** The words that stand for addresses a machine learns. */

// [MS-FASP] 2.2.21 (2026-05-11), in the spellings of netsh, the registry and PowerShell
const KEYWORDS = new Set([
  ...["localsubnet", "localsubnet4", "localsubnet6", "dns", "dhcp", "wins", "defaultgateway", "captiveportal"],
  ...["intranet", "internet", "rmtintranet", "remoteintranet", "ply2renders", "playtodevice"],
]);

/** True iff the word is one of them, in any case. */
export function isAddressKeyword(text: string): boolean {
  return KEYWORDS.has(text.toLowerCase());
}
