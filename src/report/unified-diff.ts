/** Turns two versions of a text into the hunks of a unified diff without context. */

/** The hunks; as few lines as possible are in them, and none iff the texts have the same lines. */
export function unifiedDiff(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split(/\r?\n/)) as [string[], string[]];
  const start = lengthOfCommon(old, now, (index, lines) => lines[index]);
  const rest = Math.min(old.length, now.length) - start;
  const end = Math.min(
    rest,
    lengthOfCommon(old, now, (index, lines) => lines[lines.length - 1 - index]),
  );
  const [gone, added] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  const edits = insertions(gone, added) ?? leastEdits(gone, added);
  return edits.flatMap((edit) => hunk(edit, gone, added, start));
}

function lengthOfCommon(
  a: readonly string[],
  b: readonly string[],
  at: (index: number, lines: readonly string[]) => string | undefined,
): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && at(length, a) === at(length, b)) length++;
  return length;
}

/** Lines `old` (from, to) that lines `now` (from, to) take the place of. */
interface Edit {
  readonly old: readonly [number, number];
  readonly now: readonly [number, number];
}

// The usual case, found in one pass however long the texts are: nothing is gone.
function insertions(gone: readonly string[], added: readonly string[]): Edit[] | undefined {
  const edits: Edit[] = [];
  let line = 0;
  for (let index = 0; index < added.length; index++) {
    if (added[index] === gone[line]) line++;
    else push(edits, { old: [line, line], now: [index, index + 1] });
  }
  return line === gone.length ? edits : undefined;
}

const MOST_CELLS = 16_000_000;

// By the longest common subsequence; texts too long for its table are one edit.
function leastEdits(gone: readonly string[], added: readonly string[]): Edit[] {
  const width = added.length + 1;
  if (gone.length * width > MOST_CELLS) return [{ old: [0, gone.length], now: [0, added.length] }];
  const common = new Uint16Array((gone.length + 1) * width);
  for (let i = gone.length - 1; i >= 0; i--) {
    for (let j = added.length - 1; j >= 0; j--) {
      const [below, right] = [common[(i + 1) * width + j], common[i * width + j + 1]];
      common[i * width + j] = gone[i] === added[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(below, right);
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < gone.length || j < added.length) {
    if (i < gone.length && j < added.length && gone[i] === added[j]) {
      i++;
      j++;
    } else if (j === added.length || (i < gone.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      push(edits, { old: [i, ++i], now: [j, j] });
    } else push(edits, { old: [i, i], now: [j, ++j] });
  }
  return edits;
}

function push(edits: Edit[], next: Edit): void {
  const last = edits.at(-1);
  if (last === undefined || last.old[1] !== next.old[0] || last.now[1] !== next.now[0]) edits.push(next);
  else edits[edits.length - 1] = { old: [last.old[0], next.old[1]], now: [last.now[0], next.now[1]] };
}

function hunk({ old, now }: Edit, gone: readonly string[], added: readonly string[], start: number): string[] {
  return [
    `@@ -${rangeText(old, start)} +${rangeText(now, start)} @@`,
    ...gone.slice(...old).map((line) => `-${line}`),
    ...added.slice(...now).map((line) => `+${line}`),
  ];
}

// POSIX diff: a range of no lines names the line before it.
function rangeText([from, to]: readonly [number, number], start: number): string {
  return `${start + from + (to > from ? 1 : 0)},${to - from}`;
}
