/** What frames say, as parts of a profile. */
import type { ProfileBuilder } from '../../../src/plugin.ts';
import { PLACE, PYTHON_FILE, parts } from './frame-text.ts';

const ADDRESS = /^0x[0-9a-f]{1,16}$/i;

/** What a frame says. A frame of native code has a library in place of a file. */
export interface Frame {
  name: string;
  file?: string;
  line?: number;
  library?: string;
}

export function frameOf(text: string): Frame {
  const found = parts(text);
  if (!found) return { name: text };
  const { name, where } = found;
  const place = PLACE.exec(where);
  if (place) return { name, file: place[1]!, line: Number(place[2]) };
  return PYTHON_FILE.test(where) ? { name, file: where } : { name, library: where };
}

/** Adds a frame to a profile. A library is part of a function's identity unless its file is known. */
export function addFrame(
  builder: ProfileBuilder,
  { name, file = '', line = 0, library = '' }: Frame,
): number {
  if (library === '') return builder.frame(builder.function(name, { file }), { line });
  const mapping = builder.mapping(library);
  const address = ADDRESS.test(name) ? BigInt(name) : 0n;
  const func = file === '' ? builder.function(name, { mapping }) : builder.function(name, { file });
  return builder.frame(func, { line, mapping, address });
}
