/** Keeps one object for what many rules have alike, options, uses of modules and targets: a large export repeats few of them. */
import type { MatchUse, Option, Target } from "./types.js";

const NO_OPTIONS: readonly Option[] = [];

export class OptionPool {
  private readonly options = new Map<string, Map<string, Option>>();
  private readonly uses = new Map<string, Map<Option | undefined, MatchUse>>();
  private readonly targets = new Map<string, Target>();

  /** The option with these values. */
  option(name: string, negated: boolean, values: readonly string[]): Option {
    if (negated) return { name, negated, values };
    const known = entryOf(this.options, name);
    const text = values.length === 1 ? (values[0] as string) : values.join("\n");
    let option = known.get(text);
    if (option === undefined) {
      option = { name, negated, values };
      known.set(text, option);
    }
    return option;
  }

  /** The use of a module with these options. */
  use(module: string, options: readonly Option[]): MatchUse {
    const option = options[0];
    if (module === "" || options.length > 1 || option?.negated) return { module, options: options.slice() };
    const known = entryOf(this.uses, module);
    let use = known.get(option);
    if (use === undefined) {
      use = { module, options: options.slice() };
      known.set(option, use);
    }
    return use;
  }

  /** The target with these options. */
  target(kind: Target["kind"], name: string, options: readonly Option[]): Target {
    if (kind !== "jump" || options.length > 0) return { kind, name, options };
    let target = this.targets.get(name);
    if (target === undefined) {
      target = { kind, name, options: NO_OPTIONS };
      this.targets.set(name, target);
    }
    return target;
  }
}

function entryOf<Key, Value>(maps: Map<string, Map<Key, Value>>, name: string): Map<Key, Value> {
  let known = maps.get(name);
  if (known === undefined) {
    known = new Map();
    maps.set(name, known);
  }
  return known;
}
