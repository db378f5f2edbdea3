/**
 * An exact set of DNS names as a label-wise suffix tree. A node stands for one name and says whether that name is in the
 * set, and whether the names below it are that no child of the node leads to.
 */
export interface NameTree {
  readonly holdsName: boolean;
  readonly holdsBelow: boolean;
  /** By the label to the left; no child equals what `holdsBelow` says already, so equal sets are equal trees. */
  readonly children: ReadonlyMap<string, NameTree>;
}

const NO_CHILDREN: ReadonlyMap<string, NameTree> = new Map();

export const NO_NAMES: NameTree = { holdsName: false, holdsBelow: false, children: NO_CHILDREN };
const EVERY_NAME_HERE: NameTree = { holdsName: true, holdsBelow: true, children: NO_CHILDREN };
/** Every name; the root is the empty name and is none. */
export const ALL_NAMES: NameTree = { holdsName: false, holdsBelow: true, children: NO_CHILDREN };

/** `name`: the name itself; `below`: every name with one label or more before it; `name-and-below`: both. */
export type NameScope = "name" | "below" | "name-and-below";

// DNS allows 255 octets (RFC 1035 2.3.4), so 128 labels: deeper trees hold no name a request can carry.
const MAX_NAME_LENGTH = 255;

/** Labels from the right, lower case, without trailing dots; undefined iff the text is no DNS name. */
export function labelsOf(name: string): string[] | undefined {
  const text = name.toLowerCase().replace(/\.+$/, "");
  if (text === "" || text.length > MAX_NAME_LENGTH) return undefined;
  const labels = text.split(".").reverse();
  return labels.includes("") ? undefined : labels;
}

interface Growing {
  holdsName: boolean;
  holdsBelow: boolean;
  children: Map<string, Growing>;
}

/** The names of all patterns together; text that is no name contributes nothing. */
export function nameTreeOf(patterns: Iterable<{ readonly name: string; readonly scope: NameScope }>): NameTree {
  const root: Growing = { holdsName: false, holdsBelow: false, children: new Map() };
  for (const { name, scope } of patterns) {
    const labels = labelsOf(name);
    if (labels === undefined) continue;
    const node = labels.reduce(grownChild, root);
    if (scope !== "below") node.holdsName = true;
    if (scope !== "name") node.holdsBelow = true;
  }
  return settled(root, false);
}

function grownChild(node: Growing, label: string): Growing {
  let child = node.children.get(label);
  if (child === undefined) {
    child = { holdsName: false, holdsBelow: false, children: new Map() };
    node.children.set(label, child);
  }
  return child;
}

// While patterns are added, `holdsBelow` covers listed children as well; a settled tree says it at each child itself.
function settled(node: Growing, isCovered: boolean): NameTree {
  const holdsBelow = node.holdsBelow || isCovered;
  const children = new Map<string, NameTree>();
  if (!holdsBelow) for (const [label, child] of node.children) children.set(label, settled(child, false));
  return treeOf(node.holdsName || isCovered, holdsBelow, children);
}

function treeOf(holdsName: boolean, holdsBelow: boolean, children: ReadonlyMap<string, NameTree>): NameTree {
  return { holdsName, holdsBelow, children: children.size === 0 ? NO_CHILDREN : children };
}

function childOf(tree: NameTree, label: string): NameTree {
  return tree.children.get(label) ?? (tree.holdsBelow ? EVERY_NAME_HERE : NO_NAMES);
}

function isUniform(tree: NameTree, holds: boolean): boolean {
  return tree.holdsName === holds && tree.holdsBelow === holds && tree.children.size === 0;
}

/** True iff the tree holds the name. */
export function hasName(tree: NameTree, name: string): boolean {
  const labels = labelsOf(name);
  return labels?.reduce(childOf, tree).holdsName ?? false;
}

/**
 * The tree whose children are those of `start` but for the labels given. A caller starts from the side that stays as it is
 * wherever the other side has no child, or from nothing where no such child can be there.
 */
function patched(
  own: Pick<NameTree, "holdsName" | "holdsBelow">,
  start: ReadonlyMap<string, NameTree>,
  labels: Iterable<string>,
  childFor: (label: string) => NameTree,
): NameTree {
  const children = new Map(start);
  for (const label of labels) {
    const child = childFor(label);
    if (isUniform(child, own.holdsBelow)) children.delete(label);
    else children.set(label, child);
  }
  return treeOf(own.holdsName, own.holdsBelow, children);
}

/** The names in both. */
export function intersectNames(a: NameTree, b: NameTree): NameTree {
  if (a.children.size < b.children.size) return intersectNames(b, a);
  if (isUniform(b, true)) return a;
  if (isUniform(b, false)) return NO_NAMES;
  const own = { holdsName: a.holdsName && b.holdsName, holdsBelow: a.holdsBelow && b.holdsBelow };
  const start = b.holdsBelow ? a.children : NO_CHILDREN;
  return patched(own, start, b.children.keys(), (label) => intersectNames(childOf(a, label), childOf(b, label)));
}

/** The names in either. */
export function uniteNames(a: NameTree, b: NameTree): NameTree {
  if (a.children.size < b.children.size) return uniteNames(b, a);
  if (isUniform(b, false)) return a;
  if (isUniform(b, true)) return b;
  const own = { holdsName: a.holdsName || b.holdsName, holdsBelow: a.holdsBelow || b.holdsBelow };
  const start = b.holdsBelow ? NO_CHILDREN : a.children;
  return patched(own, start, b.children.keys(), (label) => uniteNames(childOf(a, label), childOf(b, label)));
}

/** The names of `a` that are not in `b`. */
export function subtractNames(a: NameTree, b: NameTree): NameTree {
  if (isUniform(b, false)) return a;
  if (isUniform(b, true) || isUniform(a, false)) return NO_NAMES;
  const own = { holdsName: a.holdsName && !b.holdsName, holdsBelow: a.holdsBelow && !b.holdsBelow };
  const childFor = (label: string): NameTree => subtractNames(childOf(a, label), childOf(b, label));
  const isFewer = !a.holdsBelow && a.children.size < b.children.size;
  if (isFewer) return patched(own, NO_CHILDREN, a.children.keys(), childFor);
  return patched(own, b.holdsBelow ? NO_CHILDREN : a.children, b.children.keys(), childFor);
}

/** True iff the tree holds no name. */
export function isEmptyNames(tree: NameTree): boolean {
  return isUniform(tree, false);
}

/** One piece of a tree: a single name, or the names below `name` that start with none of the labels in `except`. */
export interface NameRegion {
  readonly scope: "name" | "below";
  /** Empty for the names below the root: all of them. */
  readonly name: string;
  readonly except: readonly string[];
}

/** Disjoint regions that together are exactly the tree's names. */
export function* nameRegions(tree: NameTree, name = ""): Generator<NameRegion> {
  if (tree.holdsName) yield { scope: "name", name, except: [] };
  if (tree.holdsBelow) yield { scope: "below", name, except: [...tree.children.keys()] };
  for (const [label, child] of tree.children) yield* nameRegions(child, name === "" ? label : `${label}.${name}`);
}

/** The names in the regions of the tree that `keep` says yes to. */
export function filterNames(tree: NameTree, keep: (region: NameRegion) => boolean, name = ""): NameTree {
  const holdsName = tree.holdsName && keep({ scope: "name", name, except: [] });
  const holdsBelow = tree.holdsBelow && keep({ scope: "below", name, except: [...tree.children.keys()] });
  const children = new Map<string, NameTree>();
  for (const [label, child] of tree.children) {
    const kept = filterNames(child, keep, name === "" ? label : `${label}.${name}`);
    if (!isUniform(kept, holdsBelow)) children.set(label, kept);
  }
  return treeOf(holdsName, holdsBelow, children);
}

/** A name of the region that a person would take for a real one. */
export function nameInRegion(region: NameRegion): string {
  if (region.scope === "name") return region.name;
  let label = region.name === "" ? "example" : "www";
  while (region.except.includes(label)) label += "1";
  return region.name === "" ? label : `${label}.${region.name}`;
}
