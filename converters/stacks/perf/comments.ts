/** The comments in front of the samples, which `perf script --header` writes. */
import type { Meta } from '../../../src/plugin.ts';

const COMMENT = /^# ?([a-z ]+?)\s*: (.*\S)/;
const KEPT = ['captured on', 'hostname', 'os release', 'arch', 'cpudesc'];

export function readComment(text: string, meta: Meta): void {
  const [, key = '', value = ''] = COMMENT.exec(text) ?? [];
  if (key === 'cmdline') meta.command ??= value;
  else if (key === 'perf version') meta.producer ??= `perf ${value}`;
  else if (KEPT.includes(key)) meta.comments = [...(meta.comments ?? []), `${key}: ${value}`].slice(0, 20);
}
