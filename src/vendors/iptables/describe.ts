/** Writes options and targets the way a rule has them, for messages and doubts. */
import type { MatchUse, Option, Target } from "./types.js";

function quote(value: string): string {
  return value === "" || /\s/.test(value) ? `"${value}"` : value;
}

function optionText({ name, negated, values }: Option): string {
  return [...(negated ? ["!"] : []), name, ...values.map(quote)].join(" ");
}

/** Text such as `-m length ! --length 40:60`. */
export function describeOption(module: string, option: Option): string {
  return module === "" ? optionText(option) : `-m ${module} ${optionText(option)}`;
}

/** Text of a whole use, such as `-m recent --update --seconds 60`. */
export function describeUse({ module, options }: MatchUse): string {
  return [`-m ${module}`, ...options.map(optionText)].join(" ");
}

/** Text such as `-j NFQUEUE --queue-num 1`. */
export function describeTarget({ kind, name, options }: Target): string {
  return [kind === "jump" ? "-j" : "-g", name, ...options.map(optionText)].join(" ");
}
