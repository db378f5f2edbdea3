/** Turns a misspelt name and the names there are into the ones probably meant. */

/** The candidates within a third of the name's length in edits (letter case aside), nearest first, at most three. */
export function nearNames(name: string, candidates: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  return candidates
    .filter((candidate) => Math.abs(candidate.length - name.length) <= limit)
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

const MOST_LISTED = 20;

/** What to say of a name that is none of the candidates: those probably meant, else those there are; undefined: there are none. */
export function helpForName(name: string, candidates: readonly string[]): string | undefined {
  const known = [...new Set(candidates)];
  const near = nearNames(name, known);
  if (near.length > 0) return `did you mean ${near.map((one) => `\`${one}\``).join(" or ")}?`;
  const more = known.length > MOST_LISTED ? `, … (${known.length} in all)` : "";
  return known.length === 0 ? undefined : `there are: ${known.slice(0, MOST_LISTED).join(", ")}${more}`;
}

/** Edits are letters put in, left out or replaced, and neighbours swapped. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwapped ? (beforePrevious[column - 2] as number) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] as number;
}
