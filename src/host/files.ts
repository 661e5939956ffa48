/**
 * Files that a format needs besides its input. The rooms in `host` are the only ones beside `cli` that use
 * Node, and only by dynamic import, so that the library still loads where there is no Node.
 */

/** The bytes of a file in an installed package, as in `'some-font/regular.ttf'`. */
export async function packageFile(specifier: string): Promise<Uint8Array> {
  const url = import.meta.resolve(specifier);
  if (!url.startsWith('file:')) return new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { readFile } = await import('node:fs/promises');
  return readFile(new URL(url));
}

/** The bytes of a file that the user named. Throws what the file system throws. */
export async function userFile(path: string): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path);
}

/** Tells whether there is anything at a path: much quicker than trying to read it, where there mostly is nothing. */
export async function presence(): Promise<(path: string) => boolean> {
  const { existsSync } = await import('node:fs');
  return existsSync;
}
