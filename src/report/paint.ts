/** Turns a tone into terminal colours; every coloured word also says by itself what its colour says. */
export type Tone = "good" | "bad" | "doubt" | "quiet" | "strong";

const CODES: Readonly<Record<Tone, string>> = { good: "32", bad: "31", doubt: "33", quiet: "2", strong: "1" };

/** The text in a tone, or as it is where the screen has no colours. */
export function paint(text: string, tone: Tone, color: boolean): string {
  return color && text !== "" ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
}
