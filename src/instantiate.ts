/** WebAssembly modules, which a build makes of `src/assembly`. */

/** What of it is used: the types of JavaScript without a browser's say nothing of it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

/** An instance of a module that is given in base64; undefined where there is no WebAssembly, or no memory for it. */
export function instantiate<Exports>(base64: string): Exports | undefined {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports;
  } catch {
    return undefined;
  }
}
