/** The functions browsers give to scripts, in the words of the scripts' own language, over the few a host must supply. */

/**
 * Host functions: `__addresses(name)` (IPv4 texts, or undefined where it asks for more), `__inNet(name, net, mask)`,
 * `__fits(pattern)` and `__maybe(what)` (truths that may be both), `__client()`, `__open(reason)` (ends the evaluation),
 * `__inPrefix(text, prefix)`, `__isPlain()`. `__name` is what a script gets for the name where it is asked for many hosts.
 *
 * Chromium's behaviour: `dnsDomainIs` compares text ends; `shExpMatch` is a regular expression in which only `.`, `*`
 * and `?` are replaced; `isInNet` takes bits of the pattern under the mask, contiguous or not; names have the first of
 * their IPv4 addresses (recorded answers; chromium, services/proxy_resolver).
 */
export const HELPERS = String.raw`
var __days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
function alert() {}
function isPlainHostName(host) {
  if (host === __name) return __isPlain();
  return String(host).search("(\\.)|:") === -1;
}
function dnsDomainIs(host, domain) {
  if (host === __name) return __fits("*" + domain);
  return host.length >= domain.length && host.substring(host.length - domain.length) === domain;
}
function dnsDomainLevels(host) {
  if (host === __name) return __open("how many labels the name has");
  return host.split(".").length - 1;
}
function localHostOrDomainIs(host, domain) {
  if (host === __name) return __maybe("whether the name is " + domain);
  return host === domain || domain.lastIndexOf(host + ".", 0) === 0;
}
function shExpMatch(text, pattern) {
  if (text === __name) return __fits(pattern);
  var expression = pattern.replace(/\./g, "\\.").replace(/\*/g, ".*").replace(/\?/g, ".");
  return new RegExp("^" + expression + "$").test(text);
}
function __is(host, text) { return host === __name ? __fits(text) : host == text; }
function __bits(text) {
  var parts = String(text).split(".");
  return ((parts[0] & 255) << 24) | ((parts[1] & 255) << 16) | ((parts[2] & 255) << 8) | (parts[3] & 255);
}
function __address(host) {
  var quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (quad === null) return undefined;
  return quad[1] > 255 || quad[2] > 255 || quad[3] > 255 || quad[4] > 255 ? null : host;
}
function dnsResolve(host) {
  if (host === __name) return __open("the address of every name");
  var literal = __address(host);
  if (typeof literal === "string") return literal;
  var known = __addresses(String(host));
  if (known === undefined) return __open("the addresses of " + host + " (state them under names)");
  return known.length === 0 ? null : known[0];
}
function isResolvable(host) {
  if (host === __name) return __maybe("whether every name resolves");
  if (typeof __address(host) === "string") return true;
  var known = __addresses(String(host));
  return known === undefined ? __maybe("whether " + host + " resolves") : known.length > 0;
}
function isInNet(host, pattern, mask) {
  if (typeof __address(pattern) !== "string" || typeof __address(mask) !== "string") return false;
  var literal = host === __name ? undefined : __address(host);
  if (literal === null) return false;
  if (literal === undefined) {
    var known = host === __name ? undefined : __addresses(String(host));
    if (known === undefined) return __inNet(host === __name ? "" : String(host), String(pattern), String(mask));
    if (known.length === 0) return false;
    literal = known[0];
  }
  return (__bits(literal) & __bits(mask)) === (__bits(pattern) & __bits(mask));
}
function myIpAddress() { return __client(); }
function myIpAddressEx() { return __client(); }
function dnsResolveEx(host) { var first = dnsResolve(host); return first === null ? "" : first; }
function isResolvableEx(host) { return isResolvable(host); }
function isInNetEx(host, prefix) {
  if (host === __name) return __maybe("whether every name is in " + prefix);
  return __inPrefix(String(host), String(prefix));
}
function sortIpAddressList(list) { return __open("the order of addresses"); }
function weekdayRange(first, last) {
  var from = __days.indexOf(first), to = __days.indexOf(last === undefined || last === "GMT" ? first : last);
  return (from >= 0 && to >= 0 && (to - from + 7) % 7 === 6) || __maybe("the day of the week");
}
function timeRange(first, last) {
  return (arguments.length === 2 && first === 0 && last === 23) || __maybe("the time of day");
}
function dateRange() { return __maybe("the date"); }
Math.random = function () { return __open("chance"); };
Date = function () { return __open("the clock"); };
Date.now = Date.parse = Date.UTC = Date;
`;
