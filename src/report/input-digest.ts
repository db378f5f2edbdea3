/** An input as it was read; `sha256` in hexadecimal, over its bytes. */
export interface InputDigest {
  readonly file: string;
  readonly sha256: string;
}
