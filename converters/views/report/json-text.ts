/** JSON with integers of any size. */

export type Json = undefined | null | boolean | number | bigint | string | Json[] | { [key: string]: Json };

/** The text of a value. What is undefined is left out, numbers that JSON lacks are null. */
export function jsonText(value: Json): string {
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const known = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${known.map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`).join(',')}}`;
}
