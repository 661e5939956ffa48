/** The first lines of texts, by which they are told apart. */

/** `heap profile: 1: 2 [3: 4] @ heap_v2/524288` */
const HEAP =
  /^heap profile: *(\d+): *(\d+) *\[ *(-?\d+): *(-?\d+) *\] *@ *(heap[_a-z0-9]*|growthz?|fragmentationz?)\/?(\d*)\s*$/;
const JEMALLOC = /^heap_v2\/(\d+)\s*$/;
const COUNT = /^(\S+) profile: total \d+\s*$/;
const CONTENTION = /^--- (?:contentionz |mutex:|contention:)/;
const THREADS = /^--- threadz \d+ ---/;
/** `--- Thread 7eff04e97700 (name: thread1/25379) stack: ---` */
export const THREAD = /^--- Thread ([0-9A-Fa-f]+) \(name: (.*)\/(\d+)\) stack: ---/;
/** Contention profiles of Java are known by their attributes. */
const JAVA_HEAP = /^--- heapz 1 ---\s*$/;
const SYMBOLS = /^--- symbol\s*$/;

export type Header =
  | { kind: 'heap'; objects: string[]; sampler: string; rate: number }
  | { kind: 'jemalloc'; rate: number }
  | { kind: 'count'; name: string }
  | { kind: 'contention' | 'threads' | 'thread' | 'symbols' | 'java-heap' };

/** No header is longer. */
const MAX_HEADER = 1000;

export function headerOf(line: string): Header | undefined {
  if (line.length > MAX_HEADER || !mayBeHeader(line)) return undefined;
  const heap = HEAP.exec(line);
  if (heap) return { kind: 'heap', objects: heap.slice(1, 5), sampler: heap[5]!, rate: Number(heap[6] || 0) };
  const jemalloc = JEMALLOC.exec(line);
  if (jemalloc) return { kind: 'jemalloc', rate: Number(jemalloc[1]) };
  const count = COUNT.exec(line);
  if (count) return { kind: 'count', name: count[1]! };
  if (JAVA_HEAP.test(line)) return { kind: 'java-heap' };
  if (CONTENTION.test(line)) return { kind: 'contention' };
  if (THREADS.test(line)) return { kind: 'threads' };
  if (THREAD.test(line)) return { kind: 'thread' };
  return SYMBOLS.test(line) ? { kind: 'symbols' } : undefined;
}

/** What all headers have in common, so that few lines are held against each of them. */
function mayBeHeader(line: string): boolean {
  return line.startsWith('--- ') || line.startsWith('heap_v2/') || line.includes(' profile:');
}

export function isBlankOrComment(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}
