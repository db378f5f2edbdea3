/** Reads the lines of a shell script as far as they say without running it what iptables is called with. */
import type { Family } from "../../model/address.js";

/** A call of iptables in a script. */
export interface ScriptCall {
  readonly family: Family;
  readonly table: string;
  /** The call without the program and the table, e.g. `-A INPUT -j DROP`. */
  readonly command: string;
}

const CALL = /^(?:sudo[ \t]+)?(?:[\w./-]*\/)?(ip6?tables)(?:-legacy|-nft)?[ \t]+(.*)$/;
const TABLE_OPTION = /(?:^|[ \t])(?:-t[ \t]*|--table[ \t=])([a-z]+)(?=[ \t]|$)/;
const WAIT_OPTION = /(?:^|[ \t])(?:-w(?:[ \t]*\d+)?|--wait(?:[ \t=]\d+)?)(?=[ \t]|$)/;
const ASSIGNMENT = /^(?:export[ \t]+)?([A-Za-z_]\w*)=(?:"([^"$`]*)"|'([^']*)'|([^\s"'$`;|&]*))$/;
const HARMLESS =
  /^(?:set|echo|printf|exit|true|:|sleep|logger|modprobe|depmod|insmod|sysctl|export|ipset|ip|tc|umask|cd)(?:[ \t]|$)/;
const OPENS = /^(?:if|for|while|until|case|(?:function[ \t]+)?[\w-]+[ \t]*\([ \t]*\))(?:[ \t({]|$)/;
const CLOSES = /(?:^|[; \t])(?:fi|done|esac|\})[ \t]*$/;

/** Follows a script line by line: its plain variables, and whether a line runs always. */
export class ScriptReader {
  private readonly variables = new Map<string, string>();
  private depth = 0;

  /** Why the line may not run, or run more than once; undefined iff it runs once. */
  get condition(): string | undefined {
    return this.depth > 0 ? "it stands inside a condition, loop or function of the script" : undefined;
  }

  /** The call of iptables on the line with the variables known so far put in; undefined iff there is none. */
  call(line: string): ScriptCall | undefined {
    const match = CALL.exec(this.expand(line));
    if (match === null) return undefined;
    // what stands in quotes is no option
    const [, words = ""] = /^([^"]*)/.exec(match[2] as string) ?? [];
    const table = TABLE_OPTION.exec(words)?.[1] ?? "filter";
    const head = words.replace(TABLE_OPTION, " ").replace(WAIT_OPTION, " ").trimStart();
    const command = head + (match[2] as string).slice(words.length);
    return { family: match[1] === "iptables" ? "ipv4" : "ipv6", table, command };
  }

  /** What another line does: nothing to the rules, or something only running it would show. */
  follow(line: string): "harmless" | "unknown" {
    const assignment = ASSIGNMENT.exec(line);
    if (assignment !== null) {
      const [, name = "", ...values] = assignment;
      if (this.depth === 0) this.variables.set(name, values.find((value) => value !== undefined) ?? "");
      else this.variables.delete(name);
      return "harmless";
    }
    if (OPENS.test(line)) this.depth++;
    if (CLOSES.test(line)) this.depth = Math.max(0, this.depth - 1);
    else if (HARMLESS.test(line)) return "harmless";
    return "unknown";
  }

  private expand(line: string): string {
    if (!line.includes("$")) return line;
    return line.replace(/\$(?:\{(\w+)\}|(\w+))/g, (text, braced?: string, bare?: string) => {
      return this.variables.get(braced ?? bare ?? "") ?? text;
    });
  }
}
