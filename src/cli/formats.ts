/** `prof2dot formats`: the table of what is read and written. */
import type { Format } from '../format.ts';
import type { Registry } from '../registry.ts';

export function formatTable(registry: Registry, json: boolean): string {
  const formats = [...registry.list()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json) return `${JSON.stringify(formats.map(summary), null, 2)}\n`;
  const rows = formats.map((f) => [f.name, f.parser ? 'yes' : '', f.emitter ? 'yes' : '', f.title]);
  const head = ['format', 'read', 'write', 'what it is'];
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n\nprof2dot help FORMAT tells more of one.\n`;
}

function summary({ name, aliases, title, extensions, spec, parser, emitter }: Format) {
  return {
    name,
    aliases: aliases ?? [],
    title,
    extensions,
    spec,
    reads: parser !== undefined,
    writes: emitter !== undefined,
  };
}
