/** Puts access rules into the place of those that a proxy's files have. */
import { parseSquid } from "./parse.js";

const FRAME = ["http_port 3128", "auth_param basic program /usr/lib/squid/basic_fake_auth", ""].join("\n");

/**
 * The texts with `rules` where the first `http_access` line stands, at the end of the first text where there is none, and
 * without any other such line; without texts the rules behind the least that lets Squid start.
 */
export function embedRules(texts: readonly string[], rules: string): string[] {
  if (texts.length === 0) return [FRAME + rules];
  const taken = texts.map((text) => accessLines(text));
  const holder = Math.max(
    0,
    taken.findIndex((lines) => lines.length > 0),
  );
  return texts.map((text, index) => {
    const gone = new Set(taken[index]);
    const place = index === holder ? (taken[index]?.[0] ?? Number.POSITIVE_INFINITY) : undefined;
    const lines = text.split("\n").flatMap((line, i) => {
      const here = i + 1 === place ? [rules.trimEnd()] : [];
      return gone.has(i + 1) ? here : [...here, line];
    });
    return place === Number.POSITIVE_INFINITY ? `${lines.join("\n").trimEnd()}\n${rules}` : lines.join("\n");
  });
}

function accessLines(text: string): number[] {
  const { directives } = parseSquid(text, "").value;
  return directives.filter(({ directive }) => directive === "http_access").flatMap(({ lines }) => lines);
}
