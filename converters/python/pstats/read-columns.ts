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
import type { PstatsColumns } from './columns.ts';

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
  countOnly: Global;
  callerCount: Global;
  callerCalls: Global;
  callerPrimitiveCalls: Global;
  callerSelves: Global;
  callerTotals: Global;
  open(size: number): number;
  read(): void;
  isAscii(): number;
}

/** The columns of a table; undefined = it must be read by the general reader. */
export function readColumns(bytes: Uint8Array): PstatsColumns | undefined {
  const wasm = instantiate<Exports>(BYTES);
  if (!wasm) return undefined;
  try {
    const at = wasm.open(bytes.length);
    new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
    wasm.read();
  } catch {
    return undefined;
  }
  return columnsOf(wasm);
}

function columnsOf(wasm: Exports): PstatsColumns | undefined {
  const { buffer } = wasm.memory;
  const rows = wasm.rowCount.value;
  const callers = wasm.callerCount.value;
  const ints = ({ value }: Global, length: number) => new Int32Array(buffer, value, length);
  const doubles = ({ value }: Global, length: number) => new Float64Array(buffer, value, length);
  const texts = distinctTexts(wasm);
  if (!texts) return undefined;
  const keys = ints(wasm.functionKeys, wasm.functionCount.value);
  const [files, lines, names] = [wasm.keyFiles, wasm.keyLines, wasm.keyNames].map(
    ({ value }) => new Int32Array(buffer, value),
  );
  return {
    sampled: false,
    file: Array.from(keys, (key) => texts[files![key]!]!),
    line: keys.map((key) => lines![key]!),
    name: Array.from(keys, (key) => texts[names![key]!]!),
    rows: {
      length: rows,
      calls: doubles(wasm.rowCalls, rows),
      primitiveCalls: doubles(wasm.rowPrimitiveCalls, rows),
      self: doubles(wasm.rowSelves, rows),
      total: doubles(wasm.rowTotals, rows),
    },
    callers: {
      length: callers,
      caller: ints(wasm.callers, callers).slice(),
      callee: ints(wasm.callees, callers).slice(),
      countOnly: ints(wasm.countOnly, callers),
      calls: doubles(wasm.callerCalls, callers),
      primitiveCalls: doubles(wasm.callerPrimitiveCalls, callers),
      self: doubles(wasm.callerSelves, callers),
      total: doubles(wasm.callerTotals, callers),
    },
  };
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
