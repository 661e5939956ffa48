/** Work that may take too long, in a thread that can be stopped: WebAssembly cannot be interrupted otherwise. */
import { OutOfTime } from './out-of-time.ts';

/** False in a browser, where what needs a thread has to do without. */
export const hasThreads: boolean = typeof process === 'object' && process.versions?.node !== undefined;

/**
 * Calls a function in a new thread and returns what its promise gives. The function comes as text because a
 * file of its own would have to be found from the library and from the bundled command alike.
 * Throws what the function throws, `OutOfTime` after so many seconds (0 = never).
 */
export async function runInThread(
  functionText: string,
  argument: unknown,
  seconds: number,
): Promise<unknown> {
  const { Worker } = await import('node:worker_threads');
  const code =
    `const { parentPort, workerData } = require('node:worker_threads');` +
    `(${functionText})(workerData).then((result) => parentPort.postMessage(result));`;
  const worker = new Worker(code, { eval: true, workerData: argument });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended without a result')));
      if (seconds > 0) timer = setTimeout(() => reject(new OutOfTime(seconds)), seconds * 1000);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
