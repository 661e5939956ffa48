/** Values of parsed JSON, taken only if they are of the kind they should be; else the path says where not. */
import type { Source } from '../../src/plugin.ts';

export type JsonObject = Record<string, unknown>;

/** The functions throw `ProfileError`; `path` is that of the value. */
export class JsonValues {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  wrong(value: unknown, path: string, wanted: string): never {
    this.#source.fail('bad-value', `expected ${wanted}, found ${kindOf(value)}`, { path });
  }

  object(value: unknown, path: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.wrong(value, path, 'an object');
    return value as JsonObject;
  }

  array(value: unknown, path: string): unknown[] {
    if (!Array.isArray(value)) this.wrong(value, path, 'an array');
    return value;
  }

  text(value: unknown, path: string): string {
    if (typeof value !== 'string') this.wrong(value, path, 'a string');
    return value;
  }

  /** A finite number; one that is absent or null is 0. */
  amount(value: unknown, path: string): number {
    return value === undefined || value === null ? 0 : this.number(value, path);
  }

  number(value: unknown, path: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) this.wrong(value, path, 'a finite number');
    return value;
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
