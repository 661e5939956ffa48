/** Frames as Valgrind's tools write them: `0x1091CE: add (shop.c:7)`, or `0x4841: malloc (in /usr/lib/x.so)`. */
import type { ProfileBuilder } from '../../src/plugin.ts';

const ADDRESS = /^0x([0-9a-f]{1,16}): /i;
const PLACE = /^(.*?):(\d{1,9})(?::(\d{1,9}))?$/s;
const IN = 'in ';
const UNKNOWN = '???';

/** The frame of a text; those that agree in all that is known of them are one. */
export function valgrindFrame(builder: ProfileBuilder, text: string): number {
  const address = ADDRESS.exec(text);
  const rest = text.slice(address?.[0].length ?? 0);
  const open = rest.endsWith(')') ? lastOpen(rest) : -1;
  const inside = open < 0 ? '' : rest.slice(open + 2, -1);
  const place = PLACE.exec(inside);
  const object = inside.startsWith(IN) ? inside.slice(IN.length) : '';
  const name = place || object !== '' ? rest.slice(0, open) : rest;
  const mapping = object === '' ? -1 : builder.mapping(object);
  const func = builder.function(name === UNKNOWN ? inBrackets(object) : name, {
    file: place?.[1] ?? '',
    mapping,
  });
  return builder.frame(func, {
    line: Number(place?.[2] ?? 0),
    column: Number(place?.[3] ?? 0),
    mapping,
    ...(address && { address: BigInt(`0x${address[1]}`) }),
  });
}

/** Where the parenthesis opens that ends a text, behind a blank; paths may hold some themselves. -1 = there is none. */
function lastOpen(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at > 0; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth === 0) return text[at - 1] === ' ' ? at - 1 : text.lastIndexOf(' (');
  }
  return text.lastIndexOf(' (');
}

/** A name for what has none: that of its object. */
function inBrackets(object: string): string {
  return object === '' ? '[unknown]' : `[${object.slice(object.lastIndexOf('/') + 1)}]`;
}
