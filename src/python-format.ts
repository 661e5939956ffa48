/**
 * Python's `%` for one number: what `--time-format` takes, and the `%.2f` of every DOT attribute.
 *
 * The surprise: C rounds the exact binary value, ties to even; `toFixed` and its like round ties up. Of 800
 * samples one is 0.125 %, which C prints as 0.12 and JavaScript as 0.13.
 */

const CONVERSION = /^([^%]|%%)*%([-+ #0]*)(\d*)(?:\.(\d*))?[hlL]?([diueEfFgGrs])([^%]|%%)*$/su;
const SPECIFIER = /%(?:%|([-+ #0]*)(\d*)(?:\.(\d*))?[hlL]?([diueEfFgGrs]))/g;
const MAX_WIDTH = 1000;
const TWO_52 = 2 ** 52;

/** Whether this is a format for exactly one number. */
export function isNumberFormat(format: string): boolean {
  const match = CONVERSION.exec(format);
  return match !== null && Number(match[3]) <= MAX_WIDTH && Number(match[4] ?? 0) <= MAX_WIDTH;
}

/** The number in a format for which `isNumberFormat` holds. */
export function formatNumber(format: string, value: number): string {
  return format.replace(
    SPECIFIER,
    (all: string, flags: string, width: string, precision: string | undefined, conversion: string) =>
      all === '%%'
        ? '%'
        : padded(converted(value, conversion, precision, flags), flags, Number(width), conversion),
  );
}

/** `%.2f`. */
export function fixed2(value: number): string {
  return fixed(value, 2);
}

/** `%.{digits}f`. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = isNegative(value) ? '-' : '';
  const size = Math.abs(value);
  // Halfway between two results stand only odd multiples of 2^-(digits + 1); all others round alike everywhere.
  const scaled = digits < 52 ? size * 2 ** (digits + 1) : Number.NaN;
  if (size < 1e21 && digits <= 100 && scaled < TWO_52 && scaled % 2 !== 1) return sign + size.toFixed(digits);
  return sign + placed(rounded(exactDecimal(size), digits), digits);
}

function converted(value: number, conversion: string, precision: string | undefined, flags: string): string {
  const kind = conversion.toLowerCase();
  if (kind === 's' || kind === 'r')
    return precision === undefined ? repr(value) : cut(repr(value), precision);
  const digits = precision === undefined ? 6 : Number(precision);
  let text: string;
  if (!Number.isFinite(value)) text = notFinite(value);
  else if (kind === 'd' || kind === 'i' || kind === 'u') text = integer(value, Number(precision ?? 0));
  else if (kind === 'f') text = fixed(value, digits) + (flags.includes('#') && digits === 0 ? '.' : '');
  else if (kind === 'e') text = exponential(value, digits, flags.includes('#'));
  else text = general(value, Math.max(digits, 1), flags.includes('#'));
  if (conversion !== kind) text = text.toUpperCase();
  if (!text.startsWith('-')) text = (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
  return text;
}

function padded(text: string, flags: string, width: number, conversion: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || conversion === 's' || conversion === 'r') return text.padStart(width);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function cut(text: string, precision: string): string {
  return text.slice(0, Number(precision));
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value < 0 ? '-inf' : 'inf';
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

/** `%d`: towards zero. */
function integer(value: number, digits: number): string {
  const whole = BigInt(Math.trunc(value));
  const text = (whole < 0n ? -whole : whole).toString().padStart(digits, '0');
  return whole < 0n ? `-${text}` : text;
}

function exponential(value: number, digits: number, point: boolean): string {
  const sign = isNegative(value) ? '-' : '';
  const { text, exponent } = significant(Math.abs(value), digits + 1);
  const mantissa = digits === 0 ? text + (point ? '.' : '') : `${text[0]}.${text.slice(1)}`;
  return `${sign}${mantissa}${exponentText(exponent)}`;
}

/** `%g`: the shorter of `%e` and `%f`; without `#` no zeros at the end. */
function general(value: number, precision: number, keepZeros: boolean): string {
  const sign = isNegative(value) ? '-' : '';
  const { text, exponent } = significant(Math.abs(value), precision);
  const trim = (number: string) =>
    keepZeros || !number.includes('.') ? number : number.replace(/\.?0+$/, '');
  if (exponent < -4 || exponent >= precision) {
    const mantissa = precision === 1 && !keepZeros ? text : `${text[0]}.${text.slice(1)}`;
    return sign + trim(mantissa) + exponentText(exponent);
  }
  if (exponent < 0) return sign + trim(`0.${'0'.repeat(-exponent - 1)}${text}`);
  return (
    sign +
    trim(`${text.slice(0, exponent + 1)}.${text.slice(exponent + 1)}`.replace(/\.$/, keepZeros ? '.' : ''))
  );
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** `repr` of a float: the shortest digits that read back the same; an exponent below 1e-4 and from 1e16 on. */
export function repr(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return isNegative(value) ? '-0.0' : '0.0';
  const sign = value < 0 ? '-' : '';
  const [mantissa, power] = Math.abs(value).toExponential().split('e') as [string, string];
  const exponent = Number(power);
  const digits = mantissa.replace('.', '');
  if (exponent < -4 || exponent >= 16) return sign + mantissa + exponentText(exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** A finite number ≥ 0 as `units / 10^places`, without rounding. */
interface Decimal {
  units: bigint;
  places: number;
}

function exactDecimal(value: number): Decimal {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  if (exponent >= 0) return { units: mantissa << BigInt(exponent), places: 0 };
  // m / 2^k = m · 5^k / 10^k
  return { units: mantissa * 5n ** BigInt(-exponent), places: -exponent };
}

/** The number in units of 10^-digits, ties to even. */
function rounded({ units, places }: Decimal, digits: number): bigint {
  if (places <= digits) return units * 10n ** BigInt(digits - places);
  const step = 10n ** BigInt(places - digits);
  const below = units / step;
  const rest = (units % step) * 2n;
  return rest > step || (rest === step && below % 2n === 1n) ? below + 1n : below;
}

function placed(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** `count` digits of a number ≥ 0, the first of them not zero, and the power of ten of the first. */
function significant(value: number, count: number): { text: string; exponent: number } {
  if (value === 0) return { text: '0'.repeat(count), exponent: 0 };
  const decimal = exactDecimal(value);
  const length = decimal.units.toString().length;
  const exponent = length - 1 - decimal.places;
  const shift = count - 1 - exponent;
  const text = (
    shift >= 0
      ? rounded(decimal, shift)
      : rounded({ units: decimal.units, places: decimal.places - shift }, 0)
  ).toString();
  // Rounding up may add a digit: 9.99 becomes 10.0.
  return text.length > count ? { text: text.slice(0, count), exponent: exponent + 1 } : { text, exponent };
}
