/** The text a script returns to the routes a browser reads in it. */
import { type ProxyRoute, routeHost } from "../../model/proxy-settings.js";

type Transport = Extract<ProxyRoute, { kind: "proxy" }>["transport"];

const TRANSPORTS: ReadonlyMap<string, { readonly transport: Transport; readonly port: number }> = new Map([
  ["proxy", { transport: "http", port: 80 }],
  ["https", { transport: "https", port: 443 }],
  ["socks", { transport: "socks4", port: 1080 }],
  ["socks4", { transport: "socks4", port: 1080 }],
  ["socks5", { transport: "socks5", port: 1080 }],
]);

export const DIRECT: readonly ProxyRoute[] = [{ kind: "direct" }];

/** The routes in order; words no browser knows are passed over, and where nothing is left the way is direct. */
export function parseRoutes(text: string): readonly ProxyRoute[] {
  const routes = text.split(";").flatMap((part) => parseRoute(part.trim()));
  return routes.length === 0 ? DIRECT : routes;
}

function parseRoute(text: string): ProxyRoute[] {
  const [word = "", target = "", ...rest] = text.split(/\s+/);
  if (word.toLowerCase() === "direct" && target === "") return [{ kind: "direct" }];
  const known = TRANSPORTS.get(word.toLowerCase());
  const place = /^(\[[0-9a-f:.]+\]|[^\s:]+)(?::(\d{1,5}))?$/i.exec(target);
  if (known === undefined || place === null || rest.length > 0) return [];
  const port = place[2] === undefined ? known.port : Number(place[2]);
  const host = routeHost(place[1] as string);
  return port > 65535 ? [] : [{ kind: "proxy", transport: known.transport, host, port }];
}
