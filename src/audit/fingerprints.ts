/** Gives every finding a name that stays when lines above it come and go. */
import type { Finding, IdentifiedFinding } from "../model/finding.js";

/** Lines of every input by file name. */
type Sources = ReadonlyMap<string, readonly string[]>;

/**
 * The findings with their fingerprints: equal for equal findings of equal lines in files of the same name, wherever the lines
 * stand; the second finding on an equal line has one of its own. A fingerprint tells nothing of the line.
 */
export function identifyFindings(findings: readonly Finding[], sources: Sources): IdentifiedFinding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { check, device, subject } = finding;
    const line = sources.get(subject.file)?.[subject.line - 1]?.trim() ?? "";
    const key = JSON.stringify([check, device, subject.file.replace(/^.*[/\\]/, ""), line]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return { ...finding, fingerprint: hashText(`${key}${count}`) };
  });
}

/** FNV-1a with 64 bits, in hexadecimal; in two words, since the prime is 2^40 and a small number. */
function hashText(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const bytes = encoder.encode(text);
  for (let i = 0; i < bytes.length; i++) {
    const mixed = (low ^ bytes[i]) >>> 0;
    const product = mixed * SMALL;
    high = (high * SMALL + Math.floor(product / 2 ** 32) + mixed * 2 ** 8) >>> 0;
    low = product >>> 0;
  }
  return [high, low].map((word) => word.toString(16).padStart(8, "0")).join("");
}

const SMALL = 0x1b3;
const encoder = new TextEncoder();
