/** Source files of a profile, as far as they are on this machine. */
import { presence, userFile } from '../../../src/plugin.ts';

export class SourceTree {
  readonly #roots: string[];
  readonly #known = new Map<string, Promise<string[] | undefined>>();

  constructor(roots: string[]) {
    this.#roots = roots.map((root) => root.replace(/(?<=.)\/+$/, ''));
  }

  /** The lines of a file, found below the roots by ever shorter ends of its path, or by the path itself. */
  lines(file: string): Promise<string[] | undefined> {
    let known = this.#known.get(file);
    if (!known) {
      known = this.#find(file);
      this.#known.set(file, known);
    }
    return known;
  }

  async #find(file: string): Promise<string[] | undefined> {
    const isThere = await presence();
    for (const path of this.#candidates(file)) {
      if (!isThere(path)) continue;
      try {
        const bytes = await userFile(path);
        return new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
      } catch {
        // Look elsewhere.
      }
    }
    return undefined;
  }

  *#candidates(file: string): Iterable<string> {
    if (file === '') return;
    const path = file.startsWith('file://') ? decodeURI(file.slice('file://'.length)) : file;
    const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..');
    for (const root of this.#roots)
      for (let i = 0; i < parts.length; i++) yield `${root}/${parts.slice(i).join('/')}`;
    yield path;
  }
}
