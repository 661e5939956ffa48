/** What a line of austin's text says, besides its metrics. */
import type { Label } from '../../../src/plugin.ts';

/** In place of the `;` in front of a line number, which is then part of the frame before. */
export const LINE_MARK = '\x01';

const THREAD = /^P(\d+);T(?:(-?\d+):)?(.*)$/s;
/** `file.py:name:12`. */
const FILE_FIRST = /^(.*):([^:]*):(-?\d+)$/s;
/** `:GC:` and `:INVALID:`. */
const SPECIAL = /^:(\w+):$/;

export interface TextFrame {
  name: string;
  file: string;
  line: number;
}

export function parseFrame(text: string): TextFrame {
  const special = SPECIAL.exec(text);
  if (special) return { name: special[1]!, file: '', line: 0 };
  const fileFirst = FILE_FIRST.exec(text);
  if (fileFirst) return { file: fileFirst[1]!, name: fileFirst[2]!, line: Number(fileFirst[3]) };
  return parseNameFirst(text);
}

/** `name (file.py)` and a line behind the mark, or `name (file.py:12)`. */
function parseNameFirst(text: string): TextFrame {
  const mark = text.indexOf(LINE_MARK);
  const whole = mark < 0 ? text : text.slice(0, mark);
  const paren = whole.indexOf(' (');
  if (paren < 0 || !whole.endsWith(')')) {
    return { name: text.replaceAll(LINE_MARK, ';'), file: '', line: 0 };
  }
  const name = whole.slice(0, paren);
  const place = whole.slice(paren + 2, -1);
  if (mark >= 0) return { name, file: place, line: Number(text.slice(mark + 2)) };
  const colon = place.lastIndexOf(':');
  const line = place.slice(colon + 1);
  if (colon < 0 || !/^\d+$/.test(line)) return { name, file: place, line: 0 };
  return { name, file: place.slice(0, colon), line: Number(line) };
}

/** The labels of a thread, as `P12;T0:34` or `Thread 5646e72ec450` names it. `hex`: as versions 1 and 2 do. */
export function parseThread(text: string, hex: boolean): Label[] {
  const match = THREAD.exec(text);
  if (!match) return [{ key: 'thread', value: text.replace(/^Thread /, '') }];
  const [, process, interpreter = '0', thread] = match;
  return threadLabels(
    Number(process),
    Number(interpreter),
    !hex && /^\d{1,15}$/.test(thread!) ? Number(thread) : thread!,
  );
}

export function threadLabels(process: number, interpreter: number, thread: Label['value']): Label[] {
  return [
    { key: 'process', value: process },
    // Most programs have no other interpreter than the first.
    ...(interpreter === 0 ? [] : [{ key: 'interpreter', value: interpreter }]),
    { key: 'thread', value: thread },
  ];
}
