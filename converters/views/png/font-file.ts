/** Fonts of the user's own. */
import { ProfileError, userFile } from '../../../src/plugin.ts';

/** TrueType, OpenType, Apple's TrueType, a collection. */
const FONT_SIGNATURES = new Set(['\0\x01\0\0', 'OTTO', 'true', 'ttcf']);

/** The bytes of a font. Throws `ProfileError` if the file cannot be read, or is no font. */
export async function fontFile(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await userFile(path);
  } catch (cause) {
    throw new ProfileError(
      { code: 'png/no-font', message: `cannot read the font: ${(cause as Error).message}`, file: path },
      { cause },
    );
  }
  if (FONT_SIGNATURES.has(String.fromCharCode(bytes[0]!, bytes[1]!, bytes[2]!, bytes[3]!))) return bytes;
  throw new ProfileError({
    code: 'png/bad-font',
    message: 'this is neither a TrueType nor an OpenType font',
    file: path,
    hint: 'a .ttf, .otf or .ttc file; web fonts (.woff) have to be unpacked first',
  });
}
