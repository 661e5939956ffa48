/** Frames of raw profiles are texts: a native function, one of JavaScript, or a label. */

export interface Location {
  name: string;
  /** Library of native code. */
  lib: string;
  file: string;
  /** Where a function of JavaScript begins; 0 = unknown. */
  line: number;
  column: number;
  /** Line of the frame that a native function's text gives; 0 = unknown. */
  executing: number;
  /** Address of native code without a symbol, or 0. */
  address: number;
}

const SOURCE_INDEX = /\[\d{1,9}\]$/;
const PLACE = /^(.+?):(\d{1,9})(?::(\d{1,9}))?$/s;
const OFFSET = /^ \+ \d+$/;
const IN = ' (in ';
const ADDRESS = /^0x[0-9a-f]{1,16}$/i;

export function readLocation(written: string): Location {
  // Scripts have a number behind their place.
  const isScript = /\)\[\d+\]$/.test(written) || written.includes(':/');
  const text = isScript ? written.replace(SOURCE_INDEX, '') : written;
  const location: Location = { name: text, lib: '', file: '', line: 0, column: 0, executing: 0, address: 0 };
  if (ADDRESS.test(text)) location.address = Number(text);
  else if (!takeNative(text, location)) takeScript(text, location);
  return location;
}

/** `name (in library)`, and behind it `(file:line)` or `+ offset`. */
function takeNative(text: string, location: Location): boolean {
  const at = text.lastIndexOf(IN);
  const close = text.indexOf(')', at);
  if (at < 0 || close < 0) return false;
  const rest = text.slice(close + 1);
  const place = rest.startsWith(' (') && rest.endsWith(')') ? PLACE.exec(rest.slice(2, -1)) : null;
  if (rest !== '' && !place && !OFFSET.test(rest)) return false;
  location.name = text.slice(0, at);
  location.lib = text.slice(at + IN.length, close);
  location.file = place?.[1] ?? '';
  location.executing = Number(place?.[2] ?? 0);
  return true;
}

/** `function (url:line:column)`, or a script's own `url:line:column`. */
function takeScript(text: string, location: Location): void {
  const open = text.endsWith(')') ? text.indexOf(' (') : -1;
  const place = PLACE.exec(open < 0 ? text : text.slice(open + 2, -1));
  if (!place) return;
  location.file = place[1]!;
  location.name = open < 0 ? location.file : text.slice(0, open);
  location.line = Number(place[2]);
  location.column = Number(place[3] ?? 0);
}
