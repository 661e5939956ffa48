/** What pyflame writes by default: folded stacks. */
import { type Profile, ProfileBuilder, type Source, StackTree } from '../../../src/plugin.ts';
import { nodesOf, SAMPLES, StackLines } from '../stack-lines.ts';
import { frameReader } from './frames.ts';

export function readFolded(source: Source): Profile {
  const builder = new ProfileBuilder([SAMPLES]);
  const tree = new StackTree(1, source.size, frameReader(builder));
  const lines = new StackLines(source);
  lines.addTo(tree);
  return builder.tree(nodesOf(tree, source));
}
