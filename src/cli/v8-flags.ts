/** What V8 is told before it compiles WebAssembly. */

/** Pictures take a second of it: the optimising compiler would cost more than it gains. */
const FEW_OPTIMISATIONS = '--wasm-tiering-budget=100000000';

export async function compileWasmFast(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(FEW_OPTIMISATIONS);
}
