/** Which package a source file belongs to, judged by its path: for profiles that know files but no mappings. */

/** The innermost `node_modules` (or Python's `site-packages`) counts: `a/node_modules/b/node_modules/@c/d/e.js`. */
const INSTALLED = /.*[\\/](?:node_modules|site-packages|dist-packages)[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s;
const PYTHON_LIBRARY = /[\\/]lib[\\/]python\d[\d.]*[\\/]|^<frozen /;
/** `node:fs`, `php:internal`; not `C:\x`, nor `https://host/x`. */
const RUNTIME_MODULE = /^([a-z]{2,}):(?!\/\/)/;
const OLD_NODE_MODULE = /^internal\//;
/** The package of files that belong to no other. */
export const APP = 'app';
const WEB_PAGE = /^https?:\/\/([^/?#]+)/;

/** The package's name: of an installed package, a runtime (`node`), a web host, else `APP`; '' = unknown. */
export function packageOf(file: string): string {
  if (file === '') return '';
  const installed = INSTALLED.exec(file);
  if (installed) return installed[1]!.replace('\\', '/').replace(/\.pyc?$/, '');
  if (PYTHON_LIBRARY.test(file)) return 'python';
  const runtime = RUNTIME_MODULE.exec(file);
  if (runtime) return runtime[1]!;
  if (OLD_NODE_MODULE.test(file)) return 'node';
  return WEB_PAGE.exec(file)?.[1] ?? APP;
}
