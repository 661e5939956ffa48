/** Which files the words of the command line name, and what they are labelled with. */
import { basename, join, resolve } from 'node:path';
import { ProfileError } from '../diagnostics.ts';
import { glob } from '../glob.ts';
import type { Label } from '../profile.ts';
import type { Registry } from '../registry.ts';
import { namesIn, STDIO, statOf } from './files.ts';

export interface InputFile {
  path: string;
  /** For all samples of the file. */
  labels: Label[];
  /** The directory or pattern that it was found by, maybe with others: if it is no profile, it is passed over. */
  foundBy?: string;
}

/** What `--label before=old.prof` says. */
export interface NamedFile {
  name: string;
  path: string;
}

export function namedFile(text: string): NamedFile {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return { name: text.slice(0, at), path: text.slice(at + 1) };
  throw new ProfileError({
    code: 'usage/bad-label',
    message: `--label: ${text} is not NAME=FILE`,
    hint: 'as in --label before=old.prof --label after=new.prof',
  });
}

/**
 * The inputs that each word stands for: a file, the files of a directory, or those that fit a pattern which no
 * shell has expanded. Named files that no word stands for are inputs of their own. Samples of several inputs are
 * labelled with the names of these if `tellsSources`, else only with those that were given.
 */
export function inputGroups(
  registry: Registry,
  words: string[],
  named: NamedFile[],
  tellsSources = true,
): InputFile[][] {
  const inputs: { word: string; files: InputFile[]; name?: string }[] = words.map((word) => ({
    word,
    files: expanded(registry, word),
  }));
  const places = new Set(
    inputs.flatMap(({ word, files }) => [word, ...files.map(({ path }) => path)].map(placeOf)),
  );
  const names = new Map<string, string>();
  for (const { name, path } of named) {
    const place = placeOf(path);
    // One that no word stands for, or under another name already, is an input of its own.
    if (places.has(place) && !names.has(place)) names.set(place, name);
    else inputs.push({ word: path, files: expanded(registry, path), name });
  }
  const several = tellsSources && inputs.flatMap(({ files }) => files).length > 1;
  for (const { word, files, name: own } of inputs) {
    for (const { path, labels } of files) {
      const name =
        own ?? names.get(placeOf(path)) ?? names.get(placeOf(word)) ?? (several ? path : undefined);
      if (name !== undefined) labels.unshift({ key: 'source', value: name });
    }
  }
  return inputs.map(({ files }) => files);
}

/** By which a file is the same whatever it is called; standard input is itself. */
function placeOf(path: string): string {
  return path === STDIO ? path : resolve(path);
}

function expanded(registry: Registry, word: string): InputFile[] {
  if (word === STDIO) return [{ path: STDIO, labels: [] }];
  const stat = statOf(word);
  if (stat === undefined && /[*?[]/.test(word)) {
    const paths = matches(word);
    if (paths.length === 0)
      throw new ProfileError({ code: 'input/no-match', message: `no file fits ${word}` });
    // A single one is surely meant.
    return paths.length === 1 ? [inputFile(paths[0]!)] : paths.map((path) => inputFile(path, word));
  }
  if (!stat?.isDirectory()) return [inputFile(word)];
  const files = namesIn(word).filter((name) => isFile(join(word, name)));
  const index = files.find((name) => registry.list().some((format) => format.index === name));
  if (index) return [inputFile(join(word, index))];
  const names = files.filter((name) => !name.startsWith('.'));
  if (names.length === 0)
    throw new ProfileError({ code: 'input/empty-directory', file: word, message: 'there is no file in it' });
  return names.sort().map((name) => inputFile(join(word, name), word));
}

function inputFile(path: string, foundBy?: string): InputFile {
  const labels = requestLabels(basename(path));
  return foundBy === undefined ? { path, labels } : { path, labels, foundBy };
}

/** Files by a pattern with `*`, `?` and `[…]` in any part of the path. */
function matches(pattern: string): string[] {
  let paths = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const fits = glob(part);
    paths = paths.flatMap((path) =>
      /[*?[]/.test(part)
        ? entries(path)
            .filter(fits)
            .map((name) => join(path, name))
        : [join(path, part)],
    );
  }
  return paths.filter(isFile).sort();
}

/** Whether it is a file or a link to one; others, as sockets and pipes, are nothing to look into unasked. */
function isFile(path: string): boolean {
  // Names that are not UTF-8 cannot be opened, which is then told.
  return statOf(path)?.isFile() === true || path.includes('\uFFFD');
}

function entries(directory: string): string[] {
  const isDirectory = statOf(directory || '.')?.isDirectory();
  return isDirectory ? namesIn(directory || '.').filter((name) => !name.startsWith('.')) : [];
}

/** `GET.users.42.12ms.1795401025.prof` of Werkzeug, and the same without the method of Django's runprofileserver. */
const REQUEST = /^(?:([A-Z]+)\.)?(.+)\.(\d+)ms\.(\d+)\.prof$/;

/** What profilers of web requests put into the names of their files. */
function requestLabels(name: string): Label[] {
  const match = REQUEST.exec(name);
  if (!match) return [];
  const [, method, path, elapsed, time] = match;
  return [
    ...(method === undefined ? [] : [{ key: 'method', value: method }]),
    { key: 'path', value: decoded(path!) },
    { key: 'elapsed', value: Number(elapsed), unit: 'milliseconds' },
    { key: 'time', value: Number(time), unit: 'seconds' },
  ];
}

/** WSGI hands over paths whose bytes stand as Latin-1; they mostly are UTF-8. */
function decoded(path: string): string {
  const codes = [...path].map((char) => char.codePointAt(0)!);
  if (codes.some((code) => code > 255)) return path;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(codes));
  } catch {
    return path;
  }
}
