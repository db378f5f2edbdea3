/** Keeps one object for each option and target that many rules have alike: a large export repeats few of them. */
import type { Option, Target } from "./types.js";

const NO_OPTIONS: readonly Option[] = [];

export class OptionPool {
  private readonly options = new Map<string, Map<string, Option>>();
  private readonly targets = new Map<string, Target>();

  /** The option with these values. */
  option(name: string, negated: boolean, values: readonly string[]): Option {
    const [value] = values;
    if (negated || value === undefined || values.length > 1) return { name, negated, values };
    let known = this.options.get(name);
    if (known === undefined) {
      known = new Map();
      this.options.set(name, known);
    }
    let option = known.get(value);
    if (option === undefined) {
      option = { name, negated, values: [value] };
      known.set(value, option);
    }
    return option;
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
