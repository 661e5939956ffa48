/** Decimal numbers as they are printed, in a smaller unit: without the error that a multiplication makes. */

/** The number that `text` is, times 10^digits: `shifted('21.8', 3)` is 21800. NaN if it is none. */
export function shifted(text: string, digits: number): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  return mantissa === '' ? Number.NaN : Number(`${mantissa}e${Number(exponent) + digits}`);
}
