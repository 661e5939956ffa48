/** Times as Scout writes them: ISO 8601, in UTC where nothing else is said. */

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-]\d\d):?(\d\d)Z?)?$/;

/** Nanoseconds since 1970, or undefined if it is no time. */
export function timeOf(text: string): bigint | undefined {
  const parts = TIME.exec(text);
  if (!parts) return undefined;
  const [, date, time, fraction = '', hours = '+00', minutes = '00'] = parts;
  const zone = `${hours}:${minutes}`;
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
