/** Links from a node to the line of code. */
import { EDITORS } from './editors.ts';

/** The link to a place, or undefined where the file is none of this machine's. Line and column: 0 = unknown. */
export function editorUrl(template: string, file: string, line: number, column: number): string | undefined {
  const path = localPath(file);
  if (path === undefined) return undefined;
  const link = path
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/^([A-Za-z])%3A/, '$1:');
  const values: Record<string, string> = {
    // A template has a slash before an absolute path where Windows needs it.
    '/{file}': link.startsWith('/') ? link : `/${link}`,
    '{file}': link,
    '{line}': String(line || 1),
    '{column}': String(column || 1),
  };
  const pattern = Object.hasOwn(EDITORS, template) ? EDITORS[template]! : template;
  return pattern.replace(/\/?\{file\}|\{line\}|\{column\}/g, (key) => values[key]!);
}

/** The path of a file name or `file:` URL, with slashes; undefined for other URLs, `node:fs` and the like. */
function localPath(file: string): string | undefined {
  if (file === '') return undefined;
  if (file.startsWith('file://')) {
    const path = decoded(file.slice('file://'.length));
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
  }
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(file) ? undefined : file.replaceAll('\\', '/');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
