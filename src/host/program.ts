/** Another program on the user's machine. */
import { OutOfTime } from './out-of-time.ts';

/**
 * Gives a program its standard input and returns its standard output. Throws an error with `code: 'ENOENT'`
 * when there is no such program, one with what it said when it failed, `OutOfTime` after so many seconds
 * (0 = never).
 */
export async function runProgram(
  name: string,
  args: string[],
  input: string,
  seconds: number,
): Promise<string> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const settings = { maxBuffer: Number.POSITIVE_INFINITY, timeout: seconds * 1000 };
    const child = execFile(name, args, settings, (error, output) => {
      if (error?.killed) reject(new OutOfTime(seconds));
      else if (error) reject(error);
      else resolve(output);
    });
    // A program that stops early has said why by its exit status.
    child.stdin!.on('error', () => {});
    child.stdin!.end(input);
  });
}
