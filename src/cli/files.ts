/** Files and pipes: synchronous reads for parsers, and outputs that appear whole or not at all. */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ProfileError } from '../diagnostics.ts';
import type { ByteInput } from '../input/byte-input.ts';
import type { OpenSibling } from '../input/source.ts';
import type { Write } from '../sink.ts';

export const STDIO = '-';

/** Signals by which people and other programs stop this one. */
export const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Bytes of a name that are kept in that of the file it is written to first: names have no more than 255. */
const LONGEST = 200;

/** Links after links that systems follow. */
const MAX_LINKS = 40;

/** A pipe that is not ready is asked again after this many milliseconds. */
const RETRY = 2;

/** Called now and then with the bytes read so far. */
export type Progress = (read: number, size: number | undefined) => void;

/** Opens a file, or standard input for `-`. */
export function openInput(path: string, progress: Progress): ByteInput {
  const file = path === STDIO ? 0 : opened(path);
  const stat = fstatSync(file);
  if (stat.isDirectory()) throw inputError(path, 'is a directory');
  const size = stat.isFile() ? stat.size : undefined;
  let total = 0;
  return {
    size,
    read(into) {
      const read = retried(() => readSync(file, into, 0, into.length, null));
      total += read;
      progress(total, size);
      if (read === 0 && file !== 0) closeSync(file);
      return read;
    },
  };
}

/** Whether nothing was redirected into standard input: it is a terminal, or `/dev/null`. */
export function nothingPipedIn(): boolean {
  return process.stdin.isTTY || fstatSync(0).isCharacterDevice();
}

/** What stands at a path; undefined where there is nothing, or nothing that can be got at. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The names in a directory. Throws `ProfileError`. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw inputError(directory, reason(error));
  }
}

/** When a file was modified, in milliseconds since 1970; unknown of standard input. */
export function modifiedOf(path: string): number | undefined {
  return path === STDIO ? undefined : statOf(path)?.mtimeMs;
}

/** Whether it is a file of no bytes. */
export function isEmpty(path: string): boolean {
  const stat = statOf(path);
  return stat?.isFile() === true && stat.size === 0;
}

/** Opens files beside a file by their names; beside standard input there are none. */
export function siblingsOf(path: string): OpenSibling | undefined {
  return path === STDIO ? undefined : (name) => openInput(join(dirname(path), name), () => {});
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw inputError(path, reason(error));
  }
}

function inputError(path: string, why: string): ProfileError {
  return new ProfileError({ code: 'input/unreadable', file: path, message: `cannot be read: ${why}` });
}

/** What the system says, without the name of the call. */
function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  return message.replace(/^\w+: /, '').replace(/, \w+( '.*')?$/, '');
}

/** Repeats a call on a pipe that is not ready; a closed end reads as the end of input. */
function retried(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY);
    }
  }
}

/** The reader at the other end of standard output has gone: not an error. */
export class ClosedPipe extends Error {}

export interface Output {
  write: Write;
  /** Makes the output appear. */
  commit(): void;
  /** Takes back what can be taken back. */
  discard(): void;
}

/** What stands at a path that is to be written. */
interface Place {
  /** Where links lead. */
  path: string;
  /** A device or a pipe. */
  isSpecial: boolean;
  /** It is what standard output goes to, as `/dev/stdout` is. */
  isStdout: boolean;
  /** Permissions; undefined = there is no file yet. */
  mode?: number;
}

function placeOf(path: string): Place {
  const stat = statOf(path);
  if (stat === undefined) return { path: linked(path), isSpecial: false, isStdout: path === STDIO };
  const isFile = stat.isFile();
  return {
    path: isFile ? realpathSync(path) : path,
    isSpecial: !isFile,
    isStdout: path === STDIO || isStandardOutput(stat),
    mode: stat.mode & 0o777,
  };
}

/** Where a link leads to a file that is yet to be made, by other links too. */
function linked(path: string): string {
  let target = path;
  for (let step = 0; step < MAX_LINKS; step++) {
    try {
      target = resolve(realpathSync(dirname(target)), readlinkSync(target));
    } catch {
      return target;
    }
  }
  return path;
}

function isStandardOutput({ dev, ino }: Stats): boolean {
  try {
    const stdout = fstatSync(1);
    return stdout.dev === dev && stdout.ino === ino;
  } catch {
    // It is closed.
    return false;
  }
}

/** Throws `ProfileError` where a file cannot be written, as far as can be told before it is. */
export function checkOutput(path: string): void {
  if (path === STDIO) return;
  const place = placeOf(path);
  if (place.isStdout) return;
  // A file has a name.
  if (/(^|[/\\])$/.test(path)) throw unwritable(path, 'it names no file');
  if (statOf(path)?.isDirectory()) throw unwritable(path, 'it is a directory');
  try {
    // With the dot, what is no directory is told.
    accessSync(place.isSpecial ? path : `${dirname(place.path)}/.`, constants.W_OK);
  } catch (error) {
    throw unwritable(path, whyNot(place.path, error));
  }
}

function whyNot(path: string, error: unknown): string {
  // The file is made where there is none, so it is the directory that is missing.
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return isMissing ? `there is no directory ${dirname(path)}` : reason(error);
}

function unwritable(path: string, why: string): ProfileError {
  return new ProfileError({ code: 'output/unwritable', file: path, message: `cannot be written: ${why}` });
}

/**
 * Standard output for `-`, else a file that is written beside its place and renamed when it is whole. A file that was
 * there keeps its permissions, and the links that lead to it.
 */
export function openOutput(path: string): Output {
  const { path: target, isSpecial, isStdout, mode } = placeOf(path);
  if (isStdout) return { write: writer(1, true), commit: () => {}, discard: () => {} };
  // Long names are cut, or the one that is longer would be too long.
  const name = Buffer.from(basename(target))
    .subarray(0, LONGEST)
    .toString()
    .replace(/\uFFFD+$/, '');
  const written = isSpecial ? path : join(dirname(target), `.${name}.${process.pid}.part`);
  const remove = () => {
    if (!isSpecial) unlinkSync(written);
  };
  // Nothing is to be removed of a pipe, which is opened when somebody reads it: until then we can be stopped.
  const signals = isSpecial ? [] : STOPS;
  const stopped = (_: string, signal: number) => {
    remove();
    process.exit(128 + signal);
  };
  for (const signal of signals) process.once(signal, stopped);
  const listenNoMore = () => {
    for (const signal of signals) process.off(signal, stopped);
  };
  let file: number;
  try {
    file = openSync(written, 'w');
  } catch (error) {
    listenNoMore();
    throw unwritable(path, whyNot(path, error));
  }
  if (!isSpecial && mode !== undefined) keepMode(file, mode);
  const release = () => {
    listenNoMore();
    closeSync(file);
  };
  return {
    write: writer(file, isSpecial),
    commit() {
      release();
      if (isSpecial) return;
      try {
        renameSync(written, target);
      } catch (error) {
        remove();
        throw unwritable(path, reason(error));
      }
    },
    discard() {
      release();
      remove();
    },
  };
}

/** Gives a file the permissions of the one that it replaces. */
function keepMode(file: number, mode: number): void {
  try {
    fchmodSync(file, mode);
  } catch {
    // File systems that hold no permissions have none to keep.
  }
}

/** Whoever reads a pipe may have had enough. */
function writer(file: number, mayBePipe: boolean): Write {
  return (bytes) => {
    try {
      for (let at = 0; at < bytes.length; ) at += retried(() => writeSync(file, bytes, at));
    } catch (error) {
      if (mayBePipe && (error as NodeJS.ErrnoException).code === 'EPIPE') throw new ClosedPipe();
      throw new ProfileError({
        code: 'output/unwritable',
        message: `the output cannot be written: ${reason(error)}`,
      });
    }
  };
}
