/** Squid: the configuration file of the caching proxy. */
import type { Detection, Vendor } from "../../model/vendor.js";
import { convertSquid } from "./convert.js";
import { insertRequests } from "./insert-requests.js";
import { parseSquid } from "./parse.js";
import type { SquidFile } from "./types.js";
import { squidRequestLists } from "./write-request-list.js";

// Lines nobody writes but for Squid, and lines that may well be in one of the files it includes or reads.
const CERTAIN =
  /^[ \t]*(http_access[ \t]+(allow|deny)|acl[ \t]+\S+[ \t]+(src|dst|dstdomain|dstdom_regex|url_regex|port|proxy_auth|method)[ \t])/m;
const NOT_A_LIST = /[{}<>;]|^\s*[*:-]|\t|, /;

/** A list of values, as an acl names it: one word a line, or comments only. */
function mayBeList(text: string): boolean {
  const lines = /[^\n]+/g;
  for (let line = lines.exec(text)?.[0]; line !== undefined; line = lines.exec(text)?.[0]) {
    if (line.startsWith("#")) continue;
    if (line.trim() !== "" && (/\s/.test(line.trim()) || NOT_A_LIST.test(line))) return false;
  }
  return text.trim() !== "";
}

function detectSquid(text: string): Detection {
  if (CERTAIN.test(text)) return "certain";
  return mayBeList(text) || /^[ \t]*(http_port|cache_peer|auth_param|acl|refresh_pattern)[ \t]/m.test(text)
    ? "possible"
    : "no";
}

export const squid: Vendor<SquidFile> = {
  id: "squid",
  title: "Squid",
  docs: [
    "http://www.squid-cache.org/Doc/config/",
    "http://www.squid-cache.org/Doc/config/acl/",
    "http://www.squid-cache.org/Doc/config/http_access/",
  ],
  exportCommand: "cat /etc/squid/squid.conf",
  detect: detectSquid,
  parse: parseSquid,
  convert: convertSquid,
  requestLists: squidRequestLists,
  insertRequests,
};
