/** The labels of a thread and its processes. */
import type { Label } from '../../../src/plugin.ts';
import { threadLabels } from '../thread-labels.ts';
import type { Prefix } from './prefix.ts';

/** Labels of samples below a prefix. Of several processes the last one ran, and those before are its parents. */
export function labelsOf(prefix: Prefix): Label[] {
  let thread: Label[] = [];
  let own: Label[] = [];
  const parents: Label[] = [];
  for (let at: Prefix | undefined = prefix; at; at = at.above) {
    const command = at.text.replace(/"$/, '');
    if (at.kind === 'thread') thread = threadLabels(at.text, decimal(at.id));
    else if (own.length === 0) own = processLabels(at.id, command);
    else parents.push({ key: 'parent', value: `${at.id}: ${command}` });
  }
  return [...own, ...parents, ...thread];
}

export function processLabels(id: string, command: string): Label[] {
  const labels: Label[] = id === '' ? [] : [{ key: 'process', value: id }];
  if (command !== '') labels.push({ key: 'command', value: command });
  return labels;
}

/** The digits of a thread's id, which py-spy writes in hexadecimal where it is Python's own. */
export function decimal(id: string): string {
  return id.startsWith('0') ? BigInt(id).toString() : id;
}
