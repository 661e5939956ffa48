/** The tree of profiles before Chrome 58: nodes inside of nodes, lines from 1, times in seconds. */
import type { Place, Source } from '../../../src/plugin.ts';
import type { CallFrame } from '../call-frame.ts';
import type { Recording } from './recording.ts';

interface LegacyNode extends CallFrame {
  callFrame?: unknown;
  id?: unknown;
  hitCount?: unknown;
  children?: unknown;
}

/** Adds the nodes below `head`, parents first. */
export function readLegacyTree(head: unknown, recording: Recording, source: Source): void {
  const { node } = recording;
  recording.clearNodes();
  recording.legacy = true;
  const place = recording.placeOf('head')!;
  recording.place = () => place;
  const nodes: LegacyNode[] = [asNode(head, source, place)];
  const parents: number[] = [-1];
  for (let i = 0; i < nodes.length; i++) {
    const fields = nodes[i]!;
    node.clear();
    if (typeof fields.id === 'number') node.id = fields.id;
    if (typeof fields.hitCount === 'number') node.hitCount = fields.hitCount;
    if (typeof fields.callFrame === 'object' && fields.callFrame !== null)
      node.frame = recording.frameOf(fields.callFrame);
    else node.inline = fields;
    const index = recording.addNode(parents[i]!);
    if (!Array.isArray(fields.children)) continue;
    for (const child of fields.children) {
      nodes.push(asNode(child, source, place));
      parents.push(index);
    }
  }
}

function asNode(value: unknown, source: Source, place: Place): LegacyNode {
  if (typeof value === 'object' && value !== null) return value;
  return source.fail('bad-value', 'expected a tree of nodes', place);
}
