/**
 * Reads what Python's own profilers write straight into columns, by a WebAssembly module
 * (`src/assembly/pstats-columns.ts`).
 *
 * Whatever is out of the ordinary (long integers, code objects, a function twice, bytes that make no sense) is left
 * to `read-table.ts`, which reads all files and says what is wrong with them.
 */
import { type Global, instantiate, type Memory, textsIn } from '../../../src/plugin.ts';
import { BYTES } from '../../../src/wasm/pstats-columns.ts';
import { pythonText } from '../python-text.ts';
import { type PstatsColumns, sourceFile, withZeros } from './columns.ts';

/** What the module exports. Functions stop it where something is out of the ordinary. */
interface Exports {
  memory: Memory;
  texts: Global;
  textStarts: Global;
  textCount: Global;
  keyFiles: Global;
  keyLines: Global;
  keyNames: Global;
  functionKeys: Global;
  functionCount: Global;
  rowCount: Global;
  rowCalls: Global;
  rowPrimitiveCalls: Global;
  rowSelves: Global;
  rowTotals: Global;
  callers: Global;
  callees: Global;
  callerCount: Global;
  callerCalls: Global;
  callerPrimitiveCalls: Global;
  callerSelves: Global;
  callerTotals: Global;
  hasMorePrimitive: Global;
  hasFewerPrimitive: Global;
  hasCounted: Global;
  open(size: number, room: number): number;
  read(size: number, isLast: boolean): number;
  isAscii(): number;
}

/** So many bytes are handed over at a time: what is called often is compiled well. */
const PART = 1 << 18;
/** No module has more memory. */
const MOST = 2 ** 31;
/** Shorter columns are copied. */
const LARGE = 1 << 17;

/** The columns of a table; undefined = it must be read by the general reader. */
export function readColumns(bytes: Uint8Array): PstatsColumns | undefined {
  const wasm = bytes.length < MOST ? instantiate<Exports>(BYTES) : undefined;
  if (!wasm) return undefined;
  try {
    readAll(bytes, wasm);
  } catch {
    return undefined;
  }
  return columnsOf(wasm);
}

function readAll(bytes: Uint8Array, wasm: Exports): void {
  const address = wasm.open(bytes.length, PART);
  for (let at = 0, end = -1; end < bytes.length; ) {
    end = Math.min(at + PART, bytes.length);
    new Uint8Array(wasm.memory.buffer, address, PART).set(bytes.subarray(at, end));
    at += wasm.read(end - at, end === bytes.length);
  }
}

function columnsOf(wasm: Exports): PstatsColumns | undefined {
  const texts = distinctTexts(wasm);
  if (!texts) return undefined;
  const [functions, rows, arcs] = [wasm.functionCount, wasm.rowCount, wasm.callerCount].map(
    ({ value }) => value,
  ) as [number, number, number];
  const ints = (table: Global) => kept(new Int32Array(wasm.memory.buffer, table.value, arcs));
  const doubles = (table: Global, length: number) =>
    kept(new Float64Array(wasm.memory.buffer, table.value, length));
  const figures = (table: Global) => withZeros(doubles(table, rows), functions);
  const isSwapped = wasm.hasMorePrimitive.value !== 0 && wasm.hasFewerPrimitive.value === 0;
  const [calls, primitiveCalls] = isSwapped
    ? [wasm.rowPrimitiveCalls, wasm.rowCalls]
    : [wasm.rowCalls, wasm.rowPrimitiveCalls];
  return {
    ...functionsOf(wasm, texts),
    rows,
    calls: doubles(calls, rows),
    primitiveCalls: doubles(primitiveCalls, rows),
    self: [figures(wasm.rowSelves)],
    total: [figures(wasm.rowTotals)],
    arcs: {
      length: arcs,
      caller: ints(wasm.callers),
      callee: ints(wasm.callees),
      line: new Int32Array(arcs),
      calls: doubles(wasm.callerCalls, arcs),
      primitiveCalls: doubles(wasm.callerPrimitiveCalls, arcs),
      self: [doubles(wasm.callerSelves, arcs)],
      total: [doubles(wasm.callerTotals, arcs)],
      counts: 'once',
    },
    isSampled: false,
    isSwapped,
    addsLevels: wasm.hasCounted.value === 0,
  };
}

/** A column on its own if it is short: for these the memory of a module, with all its tables, shall not live on. */
function kept<T extends Int32Array | Float64Array>(column: T): T {
  return column.length < LARGE ? (column.slice() as T) : column;
}

function functionsOf(
  { memory, functionKeys, functionCount, keyFiles, keyLines, keyNames }: Exports,
  texts: string[],
): Pick<PstatsColumns, 'file' | 'line' | 'name'> {
  const keys = new Int32Array(memory.buffer, functionKeys.value, functionCount.value);
  const [files, lines, names] = [keyFiles, keyLines, keyNames].map(
    ({ value }) => new Int32Array(memory.buffer, value),
  ) as [Int32Array, Int32Array, Int32Array];
  const file = new Array<string>(keys.length);
  const line = new Int32Array(keys.length);
  const name = new Array<string>(keys.length);
  for (let f = 0; f < keys.length; f++) {
    const key = keys[f]!;
    file[f] = sourceFile(texts[files[key]!]!, lines[key]!);
    line[f] = lines[key]! > 0 ? lines[key]! : 0;
    name[f] = texts[names[key]!]!;
  }
  return { file, line, name };
}

/** The texts by number; undefined = bytes that differ are one text, and keys are not as they seem. */
function distinctTexts({ memory, texts, textStarts, textCount, isAscii }: Exports): string[] | undefined {
  const starts = new Int32Array(memory.buffer, textStarts.value, textCount.value + 1);
  const heap = new Uint8Array(memory.buffer, texts.value, starts.at(-1));
  if (isAscii()) return textsIn(heap, starts);
  const all = Array.from({ length: textCount.value }, (_, i) =>
    pythonText(heap.subarray(starts[i], starts[i + 1])),
  );
  return new Set(all).size === all.length ? all : undefined;
}
