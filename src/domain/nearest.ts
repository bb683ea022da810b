/** Which words somebody may have meant who mistyped one: the nearest first, none when nothing is near. */
export function nearest(word: string, candidates: readonly string[]): string[] {
  // No candidate is that long; and the time to compare grows with the length.
  if (word.length > 40) return [];
  return (
    candidates
      .map((candidate) => ({ candidate, distance: distanceToWhole(word, candidate) }))
      // A single letter is one mistake away from every other.
      .filter(({ distance }) => distance <= Math.max(1, word.length / 4) && distance < word.length)
      .sort((a, b) => a.distance - b.distance)
      .map(({ candidate }) => candidate)
  );
}

/** A beginning of a word counts as one mistake, however much is missing. */
function distanceToWhole(word: string, candidate: string): number {
  return word.length >= 2 && candidate.startsWith(word) ? Number(word !== candidate) : editDistance(word, candidate);
}

/** Letters put in, left out, replaced, or swapped with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const ways = [at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1)];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) ways.push(at(beforeLast, column - 2) + 1);
      current.push(Math.min(...ways));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
