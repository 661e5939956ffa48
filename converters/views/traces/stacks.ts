/** The stacks, one below the other, or the same in JSON. */
import type { Profile, Sink } from '../../../src/plugin.ts';
import { headFields, heading, subject, valueText } from '../report/heading.ts';
import { type Json, jsonText } from '../report/json-text.ts';
import { labelValue } from '../report/label-text.ts';
import { observations } from '../report/observations.ts';
import { label, placeText } from '../report/rows.ts';
import { partOf, percent } from '../report/table.ts';
import type { TracesOptions } from '../traces.ts';

const RULE = `${'-'.repeat(12)}+${'-'.repeat(47)}\n`;

export function writeStacks(profile: Profile, settings: TracesOptions, sink: Sink): void {
  const about = subject(profile, sink, settings.title);
  const { length, labels, values, framesOf } = observations(profile, about.metric);
  if (settings.json) sink.write(`${jsonText(headFields(about)).slice(0, -1)},"stacks":[`);
  else sink.write(heading(about));
  for (let i = 0; i < length; i++) {
    const frames = Array.from(framesOf(i), (frame) => named(profile, frame));
    const set = profile.labelSets[labels[i]!] ?? [];
    const value = values[i]!;
    if (settings.json) {
      const own = set.map(({ key, value: text, unit }): Json => ({ key, value: text, unit }));
      const stack = { value, labels: own, frames: frames.map(frameFields) };
      sink.write(`${i > 0 ? ',' : ''}\n${jsonText(stack)}`);
    } else {
      sink.write(RULE);
      for (const each of set) sink.write(`${`${each.key}:`.padStart(12)} ${labelValue(each)}\n`);
      const own = `${valueText(about, value)} ${percent(partOf(value, about.sum))}`;
      for (const [f, frame] of frames.entries())
        sink.write(`${(f === 0 ? own : '').padStart(20)}   ${label(frame)}\n`);
      if (frames.length === 0) sink.write(`${own.padStart(20)}\n`);
    }
  }
  if (settings.json) sink.write('\n]}\n');
  else if (length > 0) sink.write(RULE);
}

interface Frame {
  name: string;
  place: string;
}

function frameFields({ name, place }: Frame): Json {
  return { name, place: place || undefined };
}

function named({ frames, functions }: Profile, frame: number): Frame {
  const func = frames.func[frame]!;
  const line = frames.line[frame]! || functions.line[func]!;
  return { name: functions.name[func]!, place: placeText(functions.file[func]!, line) };
}
