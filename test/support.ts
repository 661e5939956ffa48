/** What tests share: where the repository is, who is installed, and the short way through the pipeline. */
import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtin } from '../src/builtin.ts';
import { Diagnostics, formatDiagnostic, ProfileError } from '../src/diagnostics.ts';
import { bytesInput } from '../src/input/byte-input.ts';
import type { OpenSibling } from '../src/input/source.ts';
import { type FormatOptions, read, write } from '../src/pipeline.ts';
import type { Profile } from '../src/profile.ts';
import type { Registry } from '../src/registry.ts';
import type { TransformOptions } from '../src/transform-options.ts';

import './seed.ts';

export { dump } from './dump.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** The package's root directory: tests run from a build directory some levels below it. */
export const root: string = findRoot(here);

/** The command: the bundle where it was built, else the compiled entry beside these tests. */
export const cli: string = [join(here, '../cli/prof2dot.js'), join(here, '../bin/prof2dot.js')].find((path) =>
  existsSync(path),
)!;

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

/**
 * Says why a test is skipped when a real consumer is absent: `test('…', { skip: needs('dot') }, …)`.
 * With PROF2DOT_TEST_CONSUMERS=1 nothing is skipped, so the test runs and fails.
 */
export function needs(...commands: string[]): string | false {
  if (process.env['PROF2DOT_TEST_CONSUMERS'] === '1') return false;
  const missing = commands.filter((command) => !isInstalled(command));
  return missing.length > 0 && `needs ${missing.join(', ')}`;
}

function isInstalled(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What a function gives where there is no WebAssembly. */
export function withoutWasm<T>(run: () => T): T {
  const scope = globalThis as { WebAssembly?: unknown };
  const { WebAssembly: wasm } = scope;
  const restore = () => {
    scope.WebAssembly = wasm;
  };
  scope.WebAssembly = undefined;
  try {
    const result = run();
    if (result instanceof Promise) return result.finally(restore) as T;
    restore();
    return result;
  } catch (error) {
    restore();
    throw error;
  }
}

export interface ReadOptions {
  /** Name in messages; default: that of the file. */
  name?: string;
  /** Default: recognised by content. */
  format?: string | undefined;
  options?: FormatOptions | undefined;
  diagnostics?: Diagnostics;
  registry?: Registry;
  maxInput?: number;
  /** Default: files beside the input, if that is one. */
  sibling?: OpenSibling | undefined;
  modified?: number;
  wantsLineCosts?: boolean;
}

/** Reads a profile from memory, or from a file whose path starts at the package's root. */
export function readProfile(input: Uint8Array | string, options: ReadOptions = {}): Promise<Profile> {
  const bytes = typeof input === 'string' ? readFileSync(resolve(root, input)) : input;
  const name = typeof input === 'string' ? input : 'input';
  const sibling = typeof input === 'string' ? beside(input) : undefined;
  const defaults = { registry: builtin, diagnostics: new Diagnostics(), name, sibling };
  return read(bytesInput(bytes), { ...defaults, ...options });
}

/** Opens files beside one, whose path starts at the package's root. */
export function beside(path: string): OpenSibling {
  return (name) => {
    const file = join(root, dirname(path), name);
    if (!existsSync(file))
      throw new ProfileError({ code: 'input/unreadable', file, message: 'there is no such file' });
    return bytesInput(readFileSync(file));
  };
}

export interface ConvertOptions extends ReadOptions {
  transforms?: Partial<TransformOptions> | undefined;
}

/** What the format `to` writes for a profile, or for an input as `readProfile` takes it. */
export async function convert(
  input: Profile | Uint8Array | string,
  to: string,
  options: ConvertOptions = {},
): Promise<Buffer> {
  const { registry = builtin, diagnostics = new Diagnostics(), transforms } = options;
  const isInput = typeof input === 'string' || input instanceof Uint8Array;
  const profile = isInput ? await readProfile(input, { ...options, diagnostics }) : input;
  const pieces: Buffer[] = [];
  const settings = { diagnostics, options: options.options, transforms };
  await write(profile, registry.get(to, 'emitter'), settings, (bytes) => pieces.push(Buffer.from(bytes)));
  return Buffer.concat(pieces);
}

/** The diagnostics as they are printed. */
export function printed(diagnostics: Diagnostics): string {
  return diagnostics
    .list()
    .map((diagnostic) => formatDiagnostic(diagnostic))
    .join('');
}

/** The printed form of the `ProfileError` that stops the work; any other outcome is thrown on. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProfileError) return formatDiagnostic(error.diagnostic);
    throw error;
  }
  throw new Error('expected a ProfileError, but nothing failed');
}

/** The printed diagnostics must have one with this code, and this in its message or hint. */
export function assertTold(text: string, code: string, what: RegExp = /^/): void {
  assert.ok(text.includes(` ${code}: `), `${code} is not in: ${text}`);
  assert.match(text.slice(text.indexOf(` ${code}: `)), what);
}
