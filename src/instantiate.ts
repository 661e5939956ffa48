/** WebAssembly modules, which the build makes of `src/assembly`. */

/** What of it is used: the types of JavaScript without a browser's say nothing of it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

/** A number that a module exports and changes. */
export interface Global {
  readonly value: number;
}

/** What modules export that have tables: numbers may be positions in it. It moves when they take more. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

/** Modules by what they were given as. */
const modules = new Map<string, object>();

/** An instance of a module that is given in base64; undefined where there is no WebAssembly, or no memory for it. */
export function instantiate<Exports>(base64: string): Exports | undefined {
  try {
    const module = modules.get(base64) ?? new WebAssembly.Module(bytesOf(base64));
    modules.set(base64, module);
    return new WebAssembly.Instance(module).exports as Exports;
  } catch {
    return undefined;
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** So many rows at a time. */
export const STEP = 1 << 13;

/** Calls a function for some of so many rows at a time: what is called often is compiled well. */
export function inSteps(rows: number, pass: (from: number, to: number) => void): void {
  for (let from = 0; from < rows; from += STEP) pass(from, Math.min(from + STEP, rows));
}
