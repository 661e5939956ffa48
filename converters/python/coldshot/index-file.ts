/** The index of a coldshot profile: what the numbers in its data stand for. */
import type { LineReader, Source } from '../../../src/plugin.ts';
import { pythonText } from '../python-text.ts';

/** Functions, and annotations, have numbers of 24 bits. */
const MAX_NUMBER = 2 ** 24;

interface ColdshotFunction {
  name: string;
  module: string;
  /** Number of its file; 0 = built in. */
  file: number;
  /** First line; 0 for built-in functions. */
  line: number;
}

export interface ColdshotIndex {
  bigEndian: boolean;
  /** Seconds in a tick of the clock; 0 = the index does not tell, as for clocks finer than a microsecond. */
  timerUnit: number;
  /** Names of data files, without their directories: the profile may have been moved. */
  data: string[];
  files: Map<number, string>;
  functions: Map<number, ColdshotFunction>;
  annotations: Map<number, string>;
}

export function readIndex(source: Source): ColdshotIndex {
  const lines = source.lines();
  const index: ColdshotIndex = {
    ...readPrefix(source, lines),
    data: [],
    files: new Map(),
    functions: new Map(),
    annotations: new Map(),
  };
  while (lines.next()) {
    const text = lines.text();
    const fields = text.trim().split(/\s+/);
    if (fields[0] !== '' && !readLine(index, fields)) {
      source.warn('bad-line', 'a line that says nothing known is left out', lines.place());
    }
  }
  if (index.data.length === 0) {
    source.fail(
      'no-data',
      'the index names no file with calls',
      undefined,
      'a line reads `D calls coldshot.data`',
    );
  }
  return index;
}

function readPrefix(source: Source, lines: LineReader): Pick<ColdshotIndex, 'bigEndian' | 'timerUnit'> {
  lines.next();
  const text = lines.text();
  const version = /\sversion=(\d+)/.exec(text)?.[1];
  if (version !== '1') {
    const message = version
      ? `version ${version} is not known, only version 1 is`
      : 'a version before 1 is not known';
    source.fail('unknown-version', message, lines.place());
  }
  return {
    bigEndian: /\sbigendian=True\b/.test(text),
    timerUnit: Number(/\stimer_unit=(\d+\.?\d*(?:e-?\d+)?)/.exec(text)?.[1] ?? 0),
  };
}

/** Whether the line is understood. */
function readLine(index: ColdshotIndex, [kind, ...fields]: string[]): boolean {
  const [first = '', second = ''] = fields;
  if (kind === 'D') {
    if (first !== 'calls' || second === '') return false;
    index.data.push(unquoted(second).replace(/^.*[/\\]/s, ''));
    return true;
  }
  const number = numberOf(first);
  if (Number.isNaN(number)) return false;
  if (kind === 'F') index.files.set(number, unquoted(second));
  else if (kind === 'A') index.annotations.set(number, unquoted(second));
  else if (kind === 'f') return readFunction(index, number, fields);
  else return false;
  return true;
}

function readFunction({ functions }: ColdshotIndex, number: number, fields: string[]): boolean {
  const [, file = '', line = '', module = '', name = ''] = fields;
  const entry = {
    name: unquoted(name),
    module: unquoted(module),
    file: numberOf(file),
    line: numberOf(line),
  };
  if (Number.isNaN(entry.file) || Number.isNaN(entry.line)) return false;
  functions.set(number, entry);
  return true;
}

/** The number, or NaN if the text is none that an index may hold. */
function numberOf(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number < MAX_NUMBER ? number : Number.NaN;
}

/** The text of which some bytes are written as %41. */
function unquoted(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code =
      bytes[at] === 0x25 ? /^[\da-f]{2}/i.exec(String.fromCharCode(bytes[at + 1]!, bytes[at + 2]!)) : null;
    bytes[length++] = code ? Number.parseInt(code[0], 16) : bytes[at]!;
    if (code) at += 2;
  }
  return pythonText(bytes.subarray(0, length));
}
