import type { ProxyRoute, ScriptAnswer } from "../../../src/model/proxy-settings.js";

const WORDS = { http: "PROXY", https: "HTTPS", socks4: "SOCKS", socks5: "SOCKS5" } as const;

/** An answer as browsers print it, `|` between outcomes; `?` and the reason where it is open. */
export function answerText(answer: ScriptAnswer): string {
  if (answer.kind === "open") return `? ${answer.reason}`;
  return answer.outcomes.map((routes) => routes.map(routeText).join(";")).join(" | ");
}

function routeText(route: ProxyRoute): string {
  return route.kind === "direct" ? "DIRECT" : `${WORDS[route.transport]} ${bracketed(route.host)}:${route.port}`;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
