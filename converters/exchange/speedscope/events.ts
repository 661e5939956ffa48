/** Functions that open and close, replayed: what was on the stack, and how long. */
import { Int32List, type Source } from '../../../src/plugin.ts';
import type { Rows } from './profile.ts';
import { type Part, placeIn, type SpeedscopeFile } from './read.ts';

/** Adds the stretches between the events of a part to the rows. */
export function replay(part: Part, index: number, file: SpeedscopeFile, rows: Rows, source: Source): void {
  const { tree, frames } = file;
  const { event, at } = part;
  const order = orderOf(part, source);
  /** How often each frame is on the stack. */
  const open = new Int32Array(frames.length);
  const stack = new Int32List();
  let node = -1;
  let last = 0;
  let crossed = 0;
  let unopened = 0;
  const close = () => {
    open[tree.frame[node]!]!--;
    stack.length--;
    node = stack.length === 0 ? -1 : stack.array[stack.length - 1]!;
  };
  const goTo = (now: number) => {
    if (node >= 0 && now > last) rows.push(index, node, now - last, last);
    last = now;
  };
  for (let i = 0; i < event.length; i++) {
    const e = order ? order[i]! : i;
    goTo(at.array[e]!);
    const opens = event.array[e]! >= 0;
    const frame = opens ? event.array[e]! : ~event.array[e]!;
    if (frame >= frames.length) {
      const message = `there is no frame ${frame}, the last one is ${frames.length - 1}`;
      source.fail('no-frame', message, placeIn(part, `events[${e}].frame`));
    }
    if (opens) {
      node = tree.child(node, frame);
      stack.push(node);
      open[frame]!++;
    } else if (open[frame] === 0) unopened++;
    else {
      for (; tree.frame[node] !== frame; crossed++) close();
      close();
    }
  }
  if (unopened > 0)
    source.warn('not-open', `frames that close without being open: ${unopened}`, placeIn(part, 'events'));
  if (crossed > 0) {
    const message = `frames that were open when one below them closed are closed with it: ${crossed}`;
    source.warn('crossed', message, placeIn(part, 'events'));
  }
  if (stack.length === 0) return;
  source.warn(
    'not-closed',
    `frames that are open at the end are closed there: ${stack.length}`,
    placeIn(part, 'events'),
  );
  goTo(Math.max(last, part.endValue || 0));
}

/** The events in order of time, those of one time as they stand; undefined if that is what they are in. */
function orderOf(part: Part, source: Source): Uint32Array | undefined {
  const at = part.at.trimmed();
  let late = 0;
  for (let i = 1; i < at.length; i++) if (at[i]! < at[i - 1]!) late++;
  if (late === 0) return undefined;
  const message = `events that are earlier than the one before are put in order: ${late}`;
  source.warn('unsorted', message, placeIn(part, 'events'));
  return Uint32Array.from(at.keys()).sort((a, b) => at[a]! - at[b]! || a - b);
}
