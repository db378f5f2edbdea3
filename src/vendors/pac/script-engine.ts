/** Runs scripts in QuickJS, compiled to WebAssembly: no host objects, counted work, bounded memory. */
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import {
  type AddressRange,
  ALL_ADDRESSES,
  isInRange,
  maskLength,
  parseAddress,
  parseAddressRange,
  prefixRange,
  rangesOverlap,
} from "../../model/address.js";
import type {
  KnownAddressTexts,
  ProxyRoute,
  ScriptAnswer,
  ScriptEngine,
  ScriptQuestion,
} from "../../model/proxy-settings.js";
import { type EveryHost, fitsEvery, nameOfEvery } from "./every-host.js";
import { followHost, readsUrl } from "./follow-host.js";
import { GUARDS } from "./guards.js";
import { HELPERS } from "./helpers.js";
import { DIRECT, parseRoutes } from "./routes.js";

const MEMORY_LIMIT = 32 * 1024 * 1024;
const STACK_LIMIT = 256 * 1024;
/** QuickJS asks about every ten thousand steps whether to go on. */
const WORK_LIMIT = 500;
/** Brackets within brackets: beyond this the host's own stack may end before the engine's. */
const NESTING_LIMIT = 500;
/** Questions with two answers double the ways through a script. */
const MOST_WAYS = 64;
/** What a script gets for the name of more than one host; no name begins so. */
const EVERY_HOST = "\u0001name";

/** Loads the engine, once for all scripts. */
export async function openScriptEngine(): Promise<ScriptEngine> {
  const quickjs = await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"));
  let isBroken = false;
  return {
    findProxy(source, question) {
      if (isBroken) return { kind: "open", reason: "an earlier script broke the engine that runs scripts" };
      try {
        return findProxy(quickjs, source, question);
      } catch {
        // The engine's memory is in an unknown state after an error of its host.
        isBroken = true;
        return BEYOND;
      }
    },
  };
}

const BEYOND: ScriptAnswer = { kind: "open", reason: "the script takes too much memory" };

function findProxy(quickjs: QuickJSWASMModule, source: string, question: ScriptQuestion): ScriptAnswer {
  const asked = readQuestion(question);
  if (asked === undefined) return { kind: "open", reason: `\`${question.url}\` is no URL` };
  if (nestsTooDeep(source)) return { kind: "open", reason: "what the script says, which nests too deep" };
  if (isAlwaysDirect(asked.host)) return { kind: "routes", outcomes: [DIRECT], doubts: [] };
  if (question.isForEveryPath && asked.url.startsWith("http:") && readsUrl(source)) {
    return { kind: "open", reason: `what the script answers for every path of \`${question.url}\`` };
  }
  const followed = asked.every === undefined ? source : followHost(source);
  if (followed === undefined)
    return { kind: "open", reason: `what the script answers for ${nameOfEvery(asked.every as EveryHost)}` };
  return new Ways(quickjs, followed, question, asked).explore();
}

// Brackets in texts and comments count too: far more of them open than close only in what is meant to harm.
function nestsTooDeep(source: string): boolean {
  let depth = 0;
  for (const mark of source.match(/[()[\]{}]/g) ?? []) {
    depth = Math.max(0, depth + ("([{".includes(mark) ? 1 : -1));
    if (depth > NESTING_LIMIT) return true;
  }
  return false;
}

interface Asked {
  readonly url: string;
  readonly host: string;
  /** Set iff more than one host is asked for. */
  readonly every: EveryHost | undefined;
}

// Chromium shows a script neither the path of https URLs nor credentials or fragments.
function readQuestion({ url: text, except = [] }: ScriptQuestion): Asked | undefined {
  const [, scheme = "", star = "", rest = ""] = /^(https?:\/\/)(\[\*\]|\*)?(.*)$/s.exec(text) ?? [];
  const plain = star === "" ? text : `${scheme}every${rest}`;
  if (!URL.canParse(plain)) return undefined;
  const { protocol, host, hostname, pathname, search } = new URL(plain);
  const path = protocol === "https:" ? "/" : `${pathname}${search}`;
  const url = `${protocol}//${host}${path}`;
  if (star === "[*]") return { url, host: EVERY_HOST, every: { kind: "addresses", except } };
  if (star === "*") return { url, host: EVERY_HOST, every: { kind: "names", suffix: hostname.slice(EVERY), except } };
  return { url, host: hostname.replace(/^\[(.*)\]$/, "$1"), every: undefined };
}

const EVERY = "every".length;

const ALWAYS_DIRECT = ["127.0.0.0/8", "169.254.0.0/16", "::1", "fe80::/10"].map(
  (text) => parseAddressRange(text) as AddressRange,
);

// net/docs/proxy.md, "Implicit bypass rules"
function isAlwaysDirect(host: string): boolean {
  const address = parseAddress(host);
  if (address !== undefined) return ALWAYS_DIRECT.some((range) => isInRange(address, range));
  return host === "localhost" || host.endsWith(".localhost");
}

type Outcome = { readonly routes: readonly ProxyRoute[] } | { readonly open: string };

/** All ways through a script: each question with two possible answers is answered both ways. */
class Ways {
  private readonly outcomes = new Map<string, readonly ProxyRoute[]>();
  private readonly doubts = new Set<string>();
  /** The answers of the way being taken, and how many of them were used so far. */
  private answers: boolean[] = [];
  private used = 0;
  private stopped: string | undefined;

  constructor(
    private readonly quickjs: QuickJSWASMModule,
    private readonly source: string,
    private readonly question: ScriptQuestion,
    private readonly asked: Asked,
  ) {}

  explore(): ScriptAnswer {
    for (let way = 0; way < MOST_WAYS; way++) {
      this.used = 0;
      const outcome = this.run();
      if ("open" in outcome) return { kind: "open", reason: outcome.open };
      this.outcomes.set(JSON.stringify(outcome.routes), outcome.routes);
      this.answers.length = Math.min(this.answers.length, this.used);
      while (this.answers[this.answers.length - 1] === true) this.answers.pop();
      if (this.answers.length === 0) {
        const isOne = this.outcomes.size === 1;
        return { kind: "routes", outcomes: [...this.outcomes.values()], doubts: isOne ? [] : [...this.doubts] };
      }
      this.answers[this.answers.length - 1] = true;
    }
    return { kind: "open", reason: "the script has too many ways" };
  }

  private run(): Outcome {
    const runtime = this.quickjs.newRuntime();
    let work = WORK_LIMIT;
    this.stopped = undefined;
    runtime.setMemoryLimit(MEMORY_LIMIT);
    runtime.setMaxStackSize(STACK_LIMIT);
    runtime.setInterruptHandler(() => this.stopped !== undefined || --work < 0);
    const context = runtime.newContext();
    try {
      const routes = this.evaluate(context);
      if (work < 0) return { open: "the script does not come to an end" };
      return this.stopped === undefined ? { routes } : { open: this.stopped };
    } finally {
      context.dispose();
      runtime.dispose();
    }
  }

  // A script that cannot be read, throws, or returns no text sends the request to its target.
  private evaluate(context: QuickJSContext): readonly ProxyRoute[] {
    this.supplyHost(context);
    context.unwrapResult(context.evalCode(HELPERS)).dispose();
    context.unwrapResult(context.evalCode(GUARDS)).dispose();
    const loaded = context.evalCode(this.source, "proxy.pac");
    if (loaded.error) return this.failed(context, loaded.error);
    loaded.value.dispose();
    const texts = [this.asked.url, this.asked.host].map((text) => context.newString(text));
    const find = context.getProp(context.global, "FindProxyForURL");
    try {
      if (context.typeof(find) !== "function") return DIRECT;
      const returned = context.callFunction(find, context.undefined, ...texts);
      if (returned.error) return this.failed(context, returned.error);
      const isText = context.typeof(returned.value) === "string";
      const routes = isText ? parseRoutes(context.getString(returned.value)) : DIRECT;
      returned.value.dispose();
      return routes;
    } finally {
      for (const handle of [...texts, find]) handle.dispose();
    }
  }

  private failed(context: QuickJSContext, error: QuickJSHandle): readonly ProxyRoute[] {
    const told: unknown = context.dump(error);
    error.dispose();
    if (isBeyondLimits(told)) this.stopped ??= "the script takes too much memory";
    return DIRECT;
  }

  private supplyHost(context: QuickJSContext): void {
    const supply = (name: string, answer: (...texts: string[]) => QuickJSHandle) => {
      const handle = context.newFunction(name, (...handles) =>
        answer(...handles.map((each) => context.getString(each))),
      );
      context.setProp(context.global, name, handle);
      handle.dispose();
    };
    const truth = (holds: boolean) => (holds ? context.true : context.false);
    const every = context.newString(EVERY_HOST);
    context.setProp(context.global, "__name", every);
    every.dispose();
    supply("__maybe", (what = "") => truth(this.either(what)));
    supply("__open", (reason = "") => this.stop(reason));
    supply("__client", () =>
      this.question.client === undefined
        ? this.stop("the client's own address")
        : context.newString(this.question.client),
    );
    supply("__fits", (pattern = "") => truth(this.fits(pattern)));
    supply("__isPlain", () => truth(this.isPlain()));
    supply("__inPrefix", (text = "", prefix = "") => truth(this.isInPrefix(text, prefix)));
    supply("__inNet", (name = "", net = "", mask = "") => truth(this.isInNet(name, net, mask)));
    supply("__addresses", (name = "") => {
      const known = this.question.addressesOf(name.toLowerCase());
      if ("within" in known) return context.undefined;
      const ipv4 = known.exactly.filter((text) => parseAddress(text)?.length === 1);
      return context.unwrapResult(context.evalCode(JSON.stringify(ipv4)));
    });
  }

  /** Ends the evaluation, whatever the script does with the error it gets. */
  private stop(reason: string): never {
    this.stopped ??= reason;
    throw new Error("not known");
  }

  private either(what: string): boolean {
    this.doubts.add(what);
    const answer = this.answers[this.used] ?? false;
    this.answers[this.used++] = answer;
    return answer;
  }

  private fits(pattern: string): boolean {
    const fitting = this.asked.every && fitsEvery(this.asked.every, pattern);
    return fitting ?? this.either(`whether the name is \`${pattern}\``);
  }

  // Every name may be one without a dot; names below a suffix and addresses have separators.
  private isPlain(): boolean {
    const { every } = this.asked;
    return every?.kind === "names" && every.suffix === "" && this.either("whether the name has a dot");
  }

  private isInPrefix(text: string, prefix: string): boolean {
    const range = parseAddressRange(prefix);
    const address = parseAddress(text);
    if (range === undefined) return false;
    if (address !== undefined) return isInRange(address, range);
    const known = this.question.addressesOf(text.toLowerCase());
    if ("within" in known) return this.either(`whether \`${text}\` is in ${prefix}`);
    const first = known.exactly.map(parseAddress).find((each) => each?.length === 1);
    return first !== undefined && isInRange(first, range);
  }

  // An empty name stands for every host that is asked for.
  private addressesOf(name: string): KnownAddressTexts {
    if (name !== "") return this.question.addressesOf(name.toLowerCase());
    const { every } = this.asked;
    return every?.kind === "names" && every.suffix !== ""
      ? this.question.addressesOf(`*${every.suffix}`)
      : { within: [ALL_ADDRESSES.ipv4, ALL_ADDRESSES.ipv6] };
  }

  private isInNet(name: string, net: string, mask: string): boolean {
    const known = this.addressesOf(name);
    const [first, bits] = [parseAddress(net), parseAddress(mask)];
    const length = bits && maskLength(bits);
    const what = `whether ${name === "" ? nameOfEvery(this.asked.every as EveryHost) : `\`${name}\``} is in ${net}`;
    if (first === undefined || length === undefined || !("within" in known)) return this.either(what);
    const range = prefixRange(first, length);
    const ranges = known.within.filter(({ family }) => family === "ipv4");
    return ranges.some((each) => rangesOverlap(each, range)) && this.either(what);
  }
}

// Without memory left there is no error either. What goes beyond a length or a depth is an error of its own kind, and
// another engine may go further.
function isBeyondLimits(error: unknown): boolean {
  if (error === null) return true;
  if (typeof error !== "object" || !("name" in error)) return false;
  const isTooDeep = "message" in error && /stack overflow/i.test(String(error.message));
  return isTooDeep || error.name === "InternalError" || error.name === "RangeError";
}
