/** Shows that a client's settings choose exactly what a list is meant to choose, or what they choose otherwise. */

import { formatAddress, parseAddress } from "../model/address.js";
import type { ProxyRoute, ScriptAnswer, ScriptQuestion } from "../model/proxy-settings.js";
import type { SettingsEntry, SettingsList } from "../model/settings-list.js";
import {
  ALL_LITERALS,
  complementHosts,
  type HostRegion,
  type HostSet,
  hostRegions,
  intersectHosts,
  NO_HOSTS,
  parseHostSet,
  singleLiteral,
  subtractHosts,
  uniteHosts,
} from "../sets/host-set.js";

/** What the settings answer to a question. */
export type Chooser = (question: ScriptQuestion) => ScriptAnswer;

const DIRECT: ProxyRoute = { kind: "direct" };

/**
 * Hosts, for people, that are sent another way than meant; none iff every host of the list surely goes to its proxy first and
 * alone, and every other one directly, for http and https.
 */
export function compareSettings(choose: Chooser, { entries }: SettingsList): string[] {
  const listed = entries.map(hostsOf).reduce(uniteHosts, NO_HOSTS);
  const meant = [
    ...entries.map((entry) => ({ hosts: hostsOf(entry), route: entry.proxy })),
    { hosts: subtractHosts(complementHosts(listed), ALL_LITERALS), route: DIRECT },
  ];
  const others = { url: "[*]", except: literalsOf(listed), route: DIRECT };
  const questions = [
    ...meant.flatMap(({ hosts, route }) => [...hostRegions(hosts)].map((region) => ({ ...askAbout(region), route }))),
    others,
  ];
  return questions.flatMap(({ url, except, route }) => {
    const answers = ["http", "https"].map((scheme) =>
      choose({ url: `${scheme}://${url}/`, except, isForEveryPath: true, addressesOf: () => ({ within: [] }) }),
    );
    return answers.every((answer) => isSurely(answer, route)) ? [] : [`${url} to ${routeText(route)}`];
  });
}

function hostsOf({ hosts }: SettingsEntry): HostSet {
  return parseHostSet(hosts);
}

function literalsOf(hosts: HostSet): string[] {
  return [...hostRegions(intersectHosts(hosts, ALL_LITERALS))].flatMap((region) => {
    const address = singleLiteral(region);
    return address === undefined ? [] : [formatAddress(address)];
  });
}

function askAbout(region: HostRegion): { url: string; except: readonly string[] } {
  if (region.scope === "literals") {
    const text = formatAddress(region.range.first);
    return { url: parseAddress(text)?.length === 1 ? text : `[${text}]`, except: [] };
  }
  if (region.scope === "name") return { url: region.name, except: [] };
  return { url: region.name === "" ? "*" : `*.${region.name}`, except: region.except };
}

function isSurely(answer: ScriptAnswer, route: ProxyRoute): boolean {
  if (answer.kind === "open" || answer.outcomes.length !== 1) return false;
  return JSON.stringify(answer.outcomes[0]?.map(routeText)) === JSON.stringify([routeText(route)]);
}

function routeText(route: ProxyRoute): string {
  return route.kind === "direct" ? "DIRECT" : `${route.transport} ${route.host}:${route.port}`;
}
