/** The line above a stack: `goroutine 18 [chan receive, 5 minutes, locked to thread]:`. */
import type { Label } from '../../../src/plugin.ts';

/** In crashes addresses of the runtime's own tables may stand in front of the state. */
export const HEADER: RegExp = /^goroutine (\d{1,15})(?: \w+=\S+)* \[.+\]:$/;

const MINUTES = /^(\d{1,15}) minutes$/;
const LOCKED = 'locked to thread';

/** Labels of what stands in brackets. */
export function stateLabels(text: string): Label[] {
  const labels: Label[] = [];
  const state: string[] = [];
  for (const part of text.split(', ')) {
    const minutes = MINUTES.exec(part);
    if (minutes && state.length > 0) labels.push({ key: 'wait', value: Number(minutes[1]), unit: 'minutes' });
    else if (part === LOCKED) labels.push({ key: 'locked', value: 'to thread' });
    else state.push(part);
  }
  return [{ key: 'state', value: state.join(', ') }, ...labels];
}
