/** Labels as text. */
import { formatValue, type Label } from '../../../src/plugin.ts';

/** The value, with its unit where it is a number. */
export function labelValue({ key, value, unit = '' }: Label): string {
  return typeof value === 'string' ? value : formatValue(value, { name: key, unit });
}
