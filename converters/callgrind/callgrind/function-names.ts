/** Names as KCachegrind can take them: on one line, with paths it finds, and never two functions under one key. */
import { APP, type Profile, packageOf } from '../../../src/plugin.ts';

/** The format's word for a name that is not known. */
export const UNKNOWN = '???';

/** What each node of a call graph is called, by node. */
export interface NodeNames {
  name: string[];
  file: string[];
  /** Object: mapping or package; absent when none is known but the app itself. */
  object?: string[];
}

export interface NameOptions {
  /** Take the package of the file for the object of functions without a mapping. */
  packages: boolean;
  /** Write `Class.method` as `Class::method`, by which KCachegrind groups. */
  classes: boolean;
  /** Names that are taken already. */
  reserved: string[];
}

/** Names of the nodes of a call graph. */
export function nodeNames(profile: Profile, { packages, classes, reserved }: NameOptions): NodeNames {
  const { nodes, frames, functions, mappings } = profile;
  const names: Required<NodeNames> = { name: [], file: [], object: [] };
  const fileOf = memoized(filePath);
  // KCachegrind shows objects by what stands behind the last slash: a scope would vanish.
  const packageOfFile = memoized((file) => (packages ? oneLine(packageOf(file)).replace('/', ':') : ''));
  // The source's own word counts, even if it is the one that says nothing of a package.
  let grouped = false;
  for (let n = 0; n < nodes.length; n++) {
    const frame = nodes.frame[n]!;
    const func = frames.func[frame]!;
    const own = functions.mapping[func]!;
    const mapping = mappings[own >= 0 ? own : frames.mapping[frame]!]?.name;
    const name = functions.name[func]!;
    names.name.push(oneLine(classes ? name.replace(METHOD, '$1::$2') : name));
    names.file.push(fileOf(functions.file[func]!));
    const object = mapping ? oneLine(mapping) : packageOfFile(functions.file[func]!);
    names.object.push(object);
    grouped ||= object !== '' && (object !== APP || Boolean(mapping));
  }
  if (!grouped) names.object.fill('');
  makeUnique(profile, names, reserved);
  return grouped ? names : { name: names.name, file: names.file };
}

const METHOD = /^([\w$.]+)\.([\w$]+)$/;
const CONTROL = /[\0-\x1f]/g;

/** Line breaks would end the name, and a NUL hangs KCachegrind; blanks at the ends are not read alike by all. */
export function oneLine(text: string): string {
  return text.replace(CONTROL, escaped).trim();
}

function escaped(c: string): string {
  if (c === '\n') return '\\n';
  if (c === '\r') return '\\r';
  if (c === '\t') return ' ';
  return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A path with `/`, the only separator KCachegrind knows; of a `file:` URL its path. */
export function filePath(file: string): string {
  let path = file;
  const url = /^file:\/\/([^/]*)(\/[^?#]*)/.exec(file);
  if (url) {
    const [, host, encoded] = url;
    const local = decoded(encoded!).replace(/^\/(?=[A-Za-z]:)/, '');
    path = host === '' || host === 'localhost' ? local : `//${host}${local}`;
  }
  if (/^([A-Za-z]:|\\)\\/.test(path)) path = path.replaceAll('\\', '/');
  return oneLine(path);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** KCachegrind takes functions for one that agree in this. */
function identity(name: string, file: string, object: string): string {
  return name + baseName(file) + baseName(object);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Gives functions that share a key their place, ` dir/file.js:12:5`, and where that is not enough a number. */
function makeUnique(profile: Profile, names: Required<NodeNames>, reserved: string[]): void {
  const { nodes, frames, functions } = profile;
  const keyOf = (n: number, name: string) => identity(name, names.file[n]!, names.object[n]!);
  const keys = names.name.map((name, n) => keyOf(n, name));
  const taken = new Set(reserved);
  const shared = new Set(keys.filter((key) => taken.size === taken.add(key).size));
  for (const key of shared) if (!reserved.includes(key)) taken.delete(key);
  const last = new Map<string, number>();
  for (const [n, key] of keys.entries()) {
    if (!shared.has(key)) continue;
    const func = frames.func[nodes.frame[n]!]!;
    const place = placeOf(names.file[n]!, functions.line[func]!, functions.column[func]!);
    const placed = place === '' ? names.name[n]! : `${names.name[n]} ${place}`;
    let name = placed;
    for (let i = last.get(placed) ?? 1; taken.has(keyOf(n, name)); last.set(placed, i))
      name = `${placed} (${++i})`;
    taken.add(keyOf(n, name));
    names.name[n] = name;
  }
}

function placeOf(file: string, line: number, column: number): string {
  const end = file.split('/').slice(-2).join('/');
  if (line === 0) return end;
  return column === 0 ? `${end}:${line}` : `${end}:${line}:${column}`;
}

function memoized(compute: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) known.set(text, (result = compute(text)));
    return result;
  };
}
