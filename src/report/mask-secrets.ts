/** Turns a quoted line into one that gives no password, key or community away. */

const MASK = "****";

// After one of these words a value follows, with or without a sign between them.
const SECRET_WORDS =
  "pass(?:word|wd|phrase)|secret|pre-?shared-?key|psk(?:secret)?|community(?:-?string)?|key-?string|phash|" +
  "(?:api|auth|authentication|privacy|private|shared|access|account|storage)-?_?key";

// These are ordinary words as well, and tell a secret only before a sign.
const SIGNED_WORDS = `${SECRET_WORDS}|token|pwd|credentials|connection-?string|sig`;

const KIND_WORDS = "(?:(?:enc|encrypted|plain-text|cleartext|ascii|hex|sha\\d*|md5|\\d) {1,4})?";

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`((?:${SIGNED_WORDS})["']?\\s{0,8}[=:>]\\s{0,8}["']?${KIND_WORDS})[^\\s"'<>,;]+`, "gi"), `$1${MASK}`],
  [new RegExp(`((?:${SECRET_WORDS})["']?\\s{1,8}["']?${KIND_WORDS})(?![=:>*])[^\\s"'<>,;]+`, "gi"), `$1${MASK}`],
  [/(\blogin=[^\s:]{0,64}:)\S+/gi, `$1${MASK}`],
  [/(:\/\/[^\s/@:]{1,128}:)[^\s/@]{1,256}@/g, `$1${MASK}@`],
  [/\$(?:[1568y9]|2[aby])\$[^\s"'<>,;]+/g, MASK],
  [/^\s*[A-Za-z0-9+/]{60,}={0,2}\s*$/, MASK],
];

/** The line with everything that looks like a secret replaced by `****`; it may mask too much, never on purpose too little. */
export function maskSecrets(line: string): string {
  return PATTERNS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), line);
}
