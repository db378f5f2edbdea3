/** Turns the texts of a topology, its exports and its catalogues into everything a proof needs. */
import { compileDevice } from "../compile/compile-device.js";
import { parseRequirements } from "../intent/parse-requirements.js";
import type { Coverage, Device } from "../model/device.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProveInputs, TextInput } from "../model/inputs.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { ProxySettings } from "../model/proxy-settings.js";
import type { Catalogue } from "../model/requirement.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Component, DeviceNode, ProxyNode, Topology } from "../model/topology.js";
import type { Conversion } from "../model/vendor.js";
import { type Choosing, createProofContext, DEFAULT_BUDGET, type ProofContext } from "../prove/proof-context.js";
import { indexTopology } from "../topology/list-crossings.js";
import { stateDevice } from "../topology/state-device.js";
import { vendors } from "../vendors/registry.js";
import { checkPlace } from "./check-place.js";
import { loadExports } from "./load-exports.js";
import { readTopology } from "./read-topology.js";
import { resolveServiceTags } from "./resolve-service-tags.js";

/** A topology ready to be proved; `context` is undefined iff an input has an error. */
export interface LoadedTopology {
  readonly topology: Topology;
  readonly catalogues: readonly Catalogue[];
  readonly context: ProofContext | undefined;
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines of every input by the name its SourceRefs carry. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** Reads everything the inputs hold and reports all mistakes in them at once. */
export function loadTopology(inputs: ProveInputs): LoadedTopology {
  const topology = resolveServiceTags(readTopology(inputs.topology), inputs.exports);
  const catalogues = inputs.catalogues.map(({ text, file }) => parseRequirements(text, file));
  const loader = new ExportLoader(inputs, topology.value);
  const devices = topology.value.devices.flatMap((node) => loader.device(node));
  const proxies = topology.value.proxies.flatMap((node) => loader.proxy(node));
  const settings = topology.value.components.flatMap((component) => loader.settings(component));
  const diagnostics = [
    ...inputs.diagnostics,
    ...topology.diagnostics,
    ...catalogues.flatMap((parsed) => parsed.diagnostics),
    ...loader.diagnostics,
  ];
  const choosing: Choosing = { settings: new Map(settings), ...(inputs.scripts && { scripts: inputs.scripts }) };
  const isUsable = diagnostics.every((diagnostic) => diagnostic.severity !== "error");
  return {
    topology: topology.value,
    catalogues: catalogues.map((parsed) => parsed.value),
    context: isUsable ? createContext(topology.value, devices, new Map(proxies), choosing) : undefined,
    coverage: loader.coverage,
    diagnostics,
    sources: sourcesOf(inputs),
  };
}

function createContext(
  topology: Topology,
  devices: readonly Device[],
  proxies: ReadonlyMap<string, ProxyPolicy>,
  choosing: Choosing,
): ProofContext {
  const { names } = topology;
  const compiled = new Map(devices.map((device) => [device.name, compileDevice(device, { names })]));
  return createProofContext(topology, compiled, proxies, DEFAULT_BUDGET, choosing);
}

class ExportLoader {
  readonly diagnostics: Diagnostic[] = [];
  readonly coverage: Coverage[] = [];
  readonly #index;

  constructor(
    readonly inputs: ProveInputs,
    readonly topology: Topology,
  ) {
    this.#index = indexTopology(topology);
  }

  /** The device of a node; none where its exports cannot be used. */
  device(node: DeviceNode): Device[] {
    if (node.exports.length === 0) return [stateDevice(this.#index, node, undefined)];
    const conversion = this.#load(node);
    if (conversion === undefined) return [];
    const exported = pickByName(conversion.devices, node.name);
    if (exported === undefined) {
      this.#complain(node, "devices", conversion.devices);
      return [];
    }
    this.diagnostics.push(...checkPlace(node, exported));
    return [stateDevice(this.#index, node, exported)];
  }

  /** The access rules of a proxy; none where its exports cannot be used. */
  proxy(node: ProxyNode): [string, ProxyPolicy][] {
    const conversion = this.#load(node);
    if (conversion === undefined) return [];
    const policy = pickByName(conversion.proxies, node.name);
    if (policy !== undefined) return [[node.name, policy]];
    this.#complain(node, "proxies", conversion.proxies);
    return [];
  }

  /** How a component chooses its proxies; none where it states no file or the file cannot be used. */
  settings(component: Component): [string, ProxySettings][] {
    const { name, proxySettings } = component;
    const input = proxySettings && this.inputs.exports.get(proxySettings.file);
    if (proxySettings === undefined || input === undefined) return [];
    const loaded = loadExports([input], { deviceName: name }, vendors);
    this.diagnostics.push(...loaded.diagnostics);
    this.coverage.push(...(loaded.value?.coverage ?? []));
    const [settings] = loaded.value?.settings ?? [];
    if (settings === undefined) {
      if (loaded.value !== undefined)
        this.#refuse("no-proxy-settings", "it tells clients no proxies", proxySettings.at);
      return [];
    }
    if (settings.kind === "script" && this.inputs.scripts === undefined) {
      this.#refuse("no-script-engine", "no engine was given that runs scripts", proxySettings.at);
    }
    return [[name, settings]];
  }

  #refuse(code: string, message: string, at: SourceRef): void {
    this.diagnostics.push({ code: `topology/${code}`, severity: "error", message, at, effect: "unknown" });
  }

  #load(node: DeviceNode | ProxyNode): Conversion | undefined {
    const { name } = node;
    const replaced = this.inputs.replaced?.get(name);
    const texts = replaced?.inputs ?? this.#textsOf(node);
    if (texts === undefined) return undefined;
    const vendor = replaced === undefined ? node.vendor : replaced.as;
    const stated = { deviceName: name, definedSets: lowerCaseKeys(this.topology.sets), facts: this.#factsAbout(node) };
    const loaded = loadExports(texts, { ...stated, ...(vendor !== undefined && { vendor }) }, vendors);
    this.diagnostics.push(...loaded.diagnostics);
    this.coverage.push(...(loaded.value?.coverage ?? []));
    return loaded.value;
  }

  #textsOf({ exports }: DeviceNode | ProxyNode): readonly TextInput[] | undefined {
    const texts = exports.map(({ file }) => this.inputs.exports.get(file));
    return texts.every((text) => text !== undefined) ? texts : undefined;
  }

  // A host's firewall is told what the topology states about the host; that of several, what it states alike about each.
  #factsAbout(node: DeviceNode | ProxyNode): Map<string, string> {
    const [first, ...others] = hostsBehind(node, this.topology).map(
      (host) => new Map([...host.facts.values].map(([fact, { value }]) => [fact, String(value)])),
    );
    return new Map([...(first ?? [])].filter(([fact, value]) => others.every((host) => host.get(fact) === value)));
  }

  #complain(node: DeviceNode | ProxyNode, what: string, found: readonly { readonly name: string }[]): void {
    const names = found.map(({ name }) => `\`${name}\``).join(", ");
    const isTwice = found.filter(({ name }) => name.toLowerCase() === node.name.toLowerCase()).length > 1;
    const advice = isTwice ? "give the exports of one of them" : `give it the name of one of them: ${names}`;
    this.diagnostics.push({
      code: "topology/no-such-export",
      severity: "error",
      message: `the exports of \`${node.name}\` hold ${found.length === 0 ? "no" : "several"} ${what}${isTwice ? " of that name" : ""}`,
      help: found.length === 0 ? "name an export that holds its rules" : advice,
      at: node.exports[0]?.at ?? node.at,
      effect: "unknown",
    });
  }
}

/** The one of that name, or the only one there is; undefined where two share the name: one would stand for both. */
function pickByName<T extends { readonly name: string }>(items: readonly T[], name: string): T | undefined {
  const sameName = items.filter((item) => item.name.toLowerCase() === name.toLowerCase());
  const [one, ...others] = sameName.length > 0 ? sameName : items;
  return others.length > 0 ? undefined : one;
}

function hostsBehind(node: DeviceNode | ProxyNode, { components }: Topology): readonly Component[] {
  if (!("protects" in node)) return components.filter(({ name }) => name === node.component);
  const { protects } = node;
  return components.filter(
    ({ name, networks }) =>
      protects.components.includes(name) || networks.some((network) => protects.networks.includes(network)),
  );
}

function lowerCaseKeys<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].map(([key, value]) => [key.toLowerCase(), value]));
}

function sourcesOf(inputs: ProveInputs): Map<string, readonly string[]> {
  const replaced = [...(inputs.replaced?.values() ?? [])].flatMap((exports) => exports.inputs);
  const all = [inputs.topology, ...inputs.exports.values(), ...replaced, ...inputs.catalogues];
  return new Map(all.map(({ file, text }) => [file, text.split(/\r?\n/)]));
}
