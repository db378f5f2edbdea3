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

const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/** FNV-1a with 64 bits, in hexadecimal. */
function hashText(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  return hash.toString(16).padStart(16, "0");
}
