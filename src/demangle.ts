/**
 * Names that compilers of C++ (Itanium, Microsoft) and Rust made for the linker, as people write them.
 *
 * The work is done by gecko-profiler-demangle (WebAssembly, half a megabyte), loaded when it is needed. Its
 * surprise: what it does not understand it returns without the first underscore.
 */
import { packageFile } from './host/files.ts';

/** How much of a name is shown: all of it, or no parameters and template arguments. */
export type DemangleStyle = 'simple' | 'full';

interface Exports {
  memory: { buffer: ArrayBuffer };
  demangle_any(at: number, length: number): [at: number, length: number];
  __wbindgen_export_0: { grow(by: number): number; set(index: number, value?: unknown): void };
  __wbindgen_malloc(length: number, align: number): number;
  __wbindgen_free(at: number, length: number, align: number): void;
  __wbindgen_start(): void;
}

interface Wasm {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>;
}

/** Nothing else may begin like this: `_ZoomIn` is a name of its own. */
const MANGLED = /^_{1,3}Z(?:[NKLST]|Z[\dNKL]|G[VRT]|\d|n[wa][jmy]|d[la]Pv)|^_R[A-Z0-9]|^\?/;
/** What the dynamic linker puts behind a name. */
const VERSION = /@.*$/;

/** Whether the name is one that a linker sees. */
function isMangled(name: string): boolean {
  return MANGLED.test(name);
}

let loading: Promise<Exports> | undefined;

/** A function that gives names as people write them; names that are not mangled stay as they are. */
export async function demangler(style: DemangleStyle): Promise<(name: string) => string> {
  loading ??= load();
  const wasm = await loading;
  return (name) => {
    if (!isMangled(name)) return name;
    const version = VERSION.exec(name)?.[0] ?? '';
    const bare = version === '' || name.startsWith('?') ? name : name.slice(0, -version.length);
    const plain = call(wasm, bare);
    if (plain === bare || `_${plain}` === bare) return name;
    return (style === 'simple' ? simpleName(plain) : plain) + (bare === name ? '' : version);
  };
}

async function load(): Promise<Exports> {
  const bytes = await packageFile('gecko-profiler-demangle/index_bg.wasm');
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };
  let exports: Exports | undefined;
  const fillTable = () => {
    const table = exports!.__wbindgen_export_0;
    const at = table.grow(4);
    for (const [index, value] of [
      [0, undefined],
      [at, undefined],
      [at + 1, null],
      [at + 2, true],
      [at + 3, false],
    ] as const)
      table.set(index, value);
  };
  const imports = { './index_bg.js': { __wbindgen_init_externref_table: fillTable } };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  exports = instance.exports as Exports;
  exports.__wbindgen_start();
  return exports;
}

function call(wasm: Exports, name: string): string {
  const bytes = new TextEncoder().encode(name);
  const at = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0;
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
  const [result, length] = wasm.demangle_any(at, bytes.length);
  const text = new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, result >>> 0, length));
  wasm.__wbindgen_free(result, length, 1);
  return text;
}

/** What stands for itself, though it has brackets in it. */
const WHOLE = /\(anonymous namespace\)|\boperator(?:\(\)|\[\]|->\*?|<=>|<<=?|>>=?|[<>]=?)|\{[^{}]*\}/y;
const TRAILING = /(?:\s*(?:const|volatile|&&?|\[clone [^\]]*\]))+$/;

/** The name without parameters, template arguments and what stands behind them. */
export function simpleName(name: string): string {
  let simple = '';
  let at = 0;
  while (at < name.length) {
    WHOLE.lastIndex = at;
    const whole = WHOLE.exec(name)?.[0];
    const char = name[at]!;
    if (whole !== undefined) {
      simple += whole;
      at += whole.length;
    } else if (char === '(' || char === '<') {
      const end = behindBracket(name, at);
      // Rust's `<T as Trait>::f` begins with a bracket; behind a name, brackets hold its arguments.
      if (char === '<' && !/[\w: ]$/.test(simple)) simple += name.slice(at, end);
      else if (char === '<') simple = simple.replace(/::$| $/, '');
      at = end;
    } else {
      simple += char;
      at++;
    }
  }
  return simple.replace(TRAILING, '').trim() || name;
}

/** Where what is in the bracket ends; brackets inside are counted, arrows are none. */
function behindBracket(name: string, from: number): number {
  let depth = 0;
  for (let at = from; at < name.length; at++) {
    const char = name[at]!;
    if (char === '(' || char === '<') depth++;
    else if ((char === ')' || char === '>') && name[at - 1] !== '-' && --depth === 0) return at + 1;
  }
  return name.length;
}
