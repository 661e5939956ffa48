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

const GO_FILE = /\.(?:go|s)$/;
const JVM_FILE = /\.(?:java|kt|kts|scala|groovy|clj)$/;
/** `java.util.HashMap.get`, `java/util/HashMap.get`, `com.example.Main$1.run`: lower case up to the class. */
const JAVA_NAME = /^((?:[a-z_][\w$]*[./])+)[A-Z_$][\w$]*(?:[.$]|::|$)/;
/** What a file name's directories leave of a path. */
const BASE = /[^\\/]*$/;

/** The package that code belongs to, by all that is known of it; `(no package)` = nothing tells. */
export function packageOfCode(name: string, file: string, mapping: string): string {
  if (GO_FILE.test(file)) return goPackage(name) ?? APP;
  if (file === '' || JVM_FILE.test(file)) {
    const java = JAVA_NAME.exec(name)?.[1];
    if (java !== undefined) return java.slice(0, -1).replaceAll('/', '.');
  }
  const known = packageOf(file);
  if (known !== '' && known !== APP) return known;
  return BASE.exec(mapping)?.[0] || known || '(no package)';
}

/** The import path in front of the name: `net/http` of `net/http.(*conn).serve`; dots are `%2e` in its last part. */
function goPackage(name: string): string | undefined {
  const bare = /^[^([]*/.exec(name)![0];
  const dot = bare.indexOf('.', bare.lastIndexOf('/') + 1);
  return dot <= 0 ? undefined : bare.slice(0, dot).replace(/%2e/gi, '.');
}
