/** Which functions are asked for. */
import { expressions, type Finder } from '../../../src/plugin.ts';

/** Finds the names of functions. Throws `ProfileError` when it cannot be read. */
export async function wanted(functions: string): Promise<Finder> {
  const { expression } = await expressions();
  return expression('peek.functions', functions);
}
