/** Counts that are no plain run of digits. */
import { INT64, type Value } from '../../../src/plugin.ts';

const INTEGER = /^[+-]?\d+$/;

/** The value of a number as Python writes it. Integers of up to 64 bits are exact. */
export function countOf(text: string): Value {
  const ascii = text.replaceAll('_', '').replace(/[^\x00-\x7f]/gu, asciiDigit);
  const value = Number(ascii);
  const exact = Number.isSafeInteger(value) || !(Math.abs(value) < INT64) || !INTEGER.test(ascii);
  return exact ? value : BigInt(ascii);
}

/** Digits of a script stand side by side in Unicode, from zero to nine. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}
