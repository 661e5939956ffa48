/** The labels of a thread. */
import type { Label } from '../../src/plugin.ts';

/** Its name, or where it has none its id; beside a name the id is a label of its own. `id`: digits, or ''. */
export function threadLabels(name: string, id: string): Label[] {
  const labels: Label[] = [];
  if (name !== '') labels.push({ key: 'thread', value: name });
  if (!/^\d+$/.test(id)) return labels;
  const exact = BigInt(id);
  const value = exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
  labels.push({ key: name === '' ? 'thread' : 'thread id', value });
  return labels;
}
