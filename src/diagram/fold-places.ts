/** Draws many places as one: those that stand alike, such as the branches of a company, or all the hosts of a site. */
import type { Topology } from "../model/topology.js";
import type { DiagramNode, Frame } from "./diagram.js";
import type { ComponentGroup } from "./group-components.js";
import { mergeGroups } from "./group-components.js";
import { nameList } from "./name-list.js";
import type { Places } from "./places.js";

/**
 * The places with one for each kind of them: two are of a kind iff they look alike and their frames, the devices, links
 * and networks beside them, and what stands in them are of the same kinds, whatever their number. Those named in
 * `apart` stay alone.
 */
export function foldAlike(places: Places, topology: Topology, apart: readonly string[]): Places {
  const kinds = kindsOf(firstColors(places, apart), neighboursOf(places, topology));
  const first = new Map<string, string>();
  for (const [id, kind] of kinds) if (!first.has(kind)) first.set(kind, id);
  const foldOf = (id: string): string => first.get(kinds.get(id) ?? "") ?? id;
  const groups = foldGroups(places, foldOf);
  return {
    ...places,
    frames: gather(places.frames, foldOf).map((alike) => foldFrames(alike, foldOf)),
    nodes: gather(places.nodes, foldOf).map((alike) => foldNodes(alike, groups, foldOf)),
    groupOf: new Map([...places.groupOf].map(([name, { id }]) => [name, groups.get(foldOf(id)) as ComponentGroup])),
    foldOf: (id) => foldOf(places.foldOf(id)),
  };
}

type Colors = ReadonlyMap<string, string>;

function firstColors({ frames, nodes, groupOf }: Places, apart: readonly string[]): Colors {
  const likeness = new Map([...groupOf.values()].map((group) => [group.id, group.likeness]));
  const colorOf = ({ id, shape, path }: DiagramNode): string =>
    JSON.stringify([shape, path, likeness.get(id) ?? "", apart.includes(id) || shape === "proxy" ? id : ""]);
  return new Map([
    ...frames.map(({ id, kind, path }) => [id, JSON.stringify([kind, path])] as const),
    ...nodes.map((node) => [node.id, colorOf(node)] as const),
  ]);
}

/** Every place beside, around or within a place. */
function neighboursOf({ frames, nodes, nodeOf }: Places, topology: Topology): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>([...frames, ...nodes].map(({ id }) => [id, new Set()]));
  const join = (a: string | undefined, b: string | undefined): void => {
    if (a === undefined || b === undefined) return;
    neighbours.get(a)?.add(b);
    neighbours.get(b)?.add(a);
  };
  const placeOf = (name: string): string => nodeOf.get(name) ?? `network:${name}`;
  for (const { id, parent } of frames) join(id, parent);
  for (const { id, frame } of nodes) join(id, frame);
  for (const { name, attachments } of topology.devices)
    for (const { to } of attachments) join(nodeOf.get(name), placeOf(to));
  for (const { name, between } of topology.links) for (const end of between) join(nodeOf.get(name), placeOf(end));
  return neighbours;
}

/** The coarsest kinds that tell apart whatever has neighbours of other kinds. */
function kindsOf(colors: Colors, neighbours: ReadonlyMap<string, ReadonlySet<string>>): Colors {
  const numbers = new Map<string, number>();
  const refined = [...colors].map(([id, color]): [string, string] => {
    const around = new Set([...(neighbours.get(id) ?? [])].map((each) => colors.get(each) ?? ""));
    const key = JSON.stringify([color, [...around].sort()]);
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return [id, String(numbers.get(key))];
  });
  return numbers.size === new Set(colors.values()).size ? colors : kindsOf(new Map(refined), neighbours);
}

/** The places with one node for all the components of a site, and no frames of networks there. */
export function foldSites(places: Places, { networks }: Topology): Places {
  const sites = new Set(places.frames.filter(({ kind }) => kind === "site").map(({ id }) => id));
  const siteOf = new Map(
    networks.map(({ name, site, kind }) => [`network:${name}`, kind === "internet" ? "" : `site:${site}`]),
  );
  const homeOf = (frame: string | undefined): string | undefined => {
    const site = siteOf.get(frame ?? "") ?? "";
    return sites.has(site) ? site : frame;
  };
  const firstOf = new Map<string, string>();
  const folds = new Map<string, string>();
  for (const { id, shape, frame } of places.nodes) {
    const home = homeOf(frame);
    if (shape !== "component" || home === undefined || home === frame) continue;
    if (!firstOf.has(home)) firstOf.set(home, id);
    folds.set(id, firstOf.get(home) as string);
  }
  const foldOf = (id: string): string => folds.get(id) ?? id;
  const titles = new Map([...firstOf].map(([site, id]) => [id, site.slice("site:".length)]));
  const groups = foldGroups(places, foldOf, (id) => titles.get(id));
  const nodes = places.nodes.map((node) => {
    const home = homeOf(node.frame);
    return home === undefined ? node : { ...node, frame: home };
  });
  return {
    ...places,
    frames: places.frames.filter(({ id }) => homeOf(id) === id),
    nodes: gather(nodes, foldOf).map((alike) => foldNodes(alike, groups, (id) => id)),
    groupOf: new Map([...places.groupOf].map(([name, { id }]) => [name, groups.get(foldOf(id)) as ComponentGroup])),
    foldOf,
  };
}

function gather<T extends { readonly id: string }>(items: readonly T[], foldOf: (id: string) => string): [T, ...T[]][] {
  const gathered = new Map<string, T[]>();
  for (const item of items) {
    const alike = gathered.get(foldOf(item.id));
    if (alike === undefined) gathered.set(foldOf(item.id), [item]);
    else alike.push(item);
  }
  return [...gathered.values()] as [T, ...T[]][];
}

function foldGroups(
  { groupOf }: Places,
  foldOf: (id: string) => string,
  placeOf: (id: string) => string | undefined = () => undefined,
): Map<string, ComponentGroup> {
  const groups = [...new Set(groupOf.values())];
  return new Map(
    gather(groups, foldOf).map((alike) => [
      alike[0].id,
      alike.length === 1 ? alike[0] : mergeGroups(alike, placeOf(alike[0].id)),
    ]),
  );
}

function foldFrames(alike: readonly [Frame, ...Frame[]], foldOf: (id: string) => string): Frame {
  const [first] = alike;
  const frame = first.parent === undefined ? first : { ...first, parent: foldOf(first.parent) };
  if (alike.length === 1) return frame;
  return { ...frame, title: nameList(alike.map(({ title }) => title)), subtitle: `(${alike.length} alike)` };
}

function foldNodes(
  alike: readonly [DiagramNode, ...DiagramNode[]],
  groups: ReadonlyMap<string, ComponentGroup>,
  foldOf: (id: string) => string,
): DiagramNode {
  const [first] = alike;
  const node = first.frame === undefined ? first : { ...first, frame: foldOf(first.frame) };
  if (alike.length === 1) return node;
  const group = groups.get(first.id);
  const count = alike.reduce((sum, each) => sum + each.count, 0);
  const devices = alike.flatMap(({ badges }) => badges.flatMap((badge) => badge.devices));
  const badges = devices.length === 0 ? [] : [{ devices, text: nameList(devices), tone: "plain" } as const];
  const told = group ?? { title: first.title, lines: [nameList(alike.map(({ title }) => title))] };
  return { ...node, title: told.title, lines: told.lines, count, badges };
}
