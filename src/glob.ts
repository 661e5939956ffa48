/** Shell patterns as Python's `fnmatch` has them: `*`, `?`, `[a-z]`, `[!a-z]`; upper and lower case differ. */

type Token = { any: true } | { any: false; fits: (char: string) => boolean };

/** Whether the whole text fits the pattern. `*` and `?` stand for any character, newlines too. */
export function glob(pattern: string): (text: string) => boolean {
  const tokens = tokenize(Array.from(pattern));
  return (text) => matches(tokens, Array.from(text));
}

function tokenize(pattern: string[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    const end = char === '[' ? closing(pattern, at) : -1;
    if (char === '*') tokens.push({ any: true });
    else if (char === '?') tokens.push({ any: false, fits: () => true });
    else if (end >= 0) {
      tokens.push({ any: false, fits: charSet(pattern.slice(at + 1, end)) });
      at = end;
    } else tokens.push({ any: false, fits: (c) => c === char });
  }
  return tokens;
}

/** Where the set that opens at `at` ends; a bracket at its very beginning is a member. -1 = it does not end. */
function closing(pattern: string[], at: number): number {
  let from = at + 1;
  if (pattern[from] === '!') from++;
  if (pattern[from] === ']') from++;
  return pattern.indexOf(']', from);
}

function charSet(set: string[]): (char: string) => boolean {
  const negated = set[0] === '!';
  const ranges: [number, number][] = [];
  for (let at = negated ? 1 : 0; at < set.length; at++) {
    const first = set[at]!.codePointAt(0)!;
    const isRange = set[at + 1] === '-' && at + 2 < set.length;
    if (isRange) at += 2;
    ranges.push([first, set[at]!.codePointAt(0)!]);
  }
  return (char) => {
    const code = char.codePointAt(0)!;
    return ranges.some(([low, high]) => code >= low && code <= high) !== negated;
  };
}

/** Goes back to the last `*` only: earlier ones cannot do better. */
function matches(tokens: Token[], text: string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const next = tokens[token];
    if (next?.any) {
      star = token++;
      starAt = at;
    } else if (next?.fits(text[at]!)) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token]?.any) token++;
  return token === tokens.length;
}
