/** What V8 is told about compiling, where what it does by itself costs more than it gains. */
import { setFlagsFromString } from 'node:v8';

/** Bytecode of functions that the optimising compiler takes: V8's own default, and none. */
const OPTIMISED = '--max-optimized-bytecode-size=61440';
const UNOPTIMISED = '--max-optimized-bytecode-size=0';

/** Pictures take a second of WebAssembly: the optimising compiler would cost more than it gains. */
const FEW_OPTIMISATIONS = '--wasm-tiering-budget=100000000';

export function compileWasmFast(): void {
  setFlagsFromString(FEW_OPTIMISATIONS);
}

/** Whether what is hot from now on is optimised: reading a short input is over before that is done. */
export function optimise(isWorthIt: boolean): void {
  setFlagsFromString(isWorthIt ? OPTIMISED : UNOPTIMISED);
}
