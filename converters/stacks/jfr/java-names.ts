/** Names as the JVM spells them, and as the language does. */

const PRIMITIVES: Record<string, string> = {
  B: 'byte',
  C: 'char',
  D: 'double',
  F: 'float',
  I: 'int',
  J: 'long',
  S: 'short',
  Z: 'boolean',
};

/** `java.lang.String` for `java/lang/String`, `int[]` for `[I`. */
export function className(name: string): string {
  return name.startsWith('[') ? typeName(name) : dotted(name);
}

/** The types of a method's parameters, without their packages: `(int, String[])` for `(I[Ljava/lang/String;)V`. */
export function signature(descriptor: string): string {
  const parameters = /^\((.*)\)/.exec(descriptor)?.[1];
  if (parameters === undefined) return '';
  const types = parameters.match(/\[*(?:L[^;]*(?:;|$)|.)/g) ?? [];
  return `(${types.map((type) => typeName(type).replace(/^.*[.$](?=.)/, '')).join(', ')})`;
}

function typeName(type: string): string {
  const [, arrays, object, primitive = ''] = /^(\[*)(?:L(.*);|(.*))$/s.exec(type)!;
  const element = object === undefined ? (PRIMITIVES[primitive] ?? primitive) : dotted(object);
  return element + '[]'.repeat(arrays!.length);
}

/** A slash in front of a number belongs to the name of a hidden class: `Main$$Lambda/0x00007f2a74007a08`. */
function dotted(name: string): string {
  return name.replace(/\/(?!(?:0x[0-9a-f]+|\d+)$)/g, '.');
}
