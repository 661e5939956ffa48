/** Attributes as labels: those that name threads and processes are called as they are everywhere else. */
import type { Label } from '../../../src/plugin.ts';
import type { Message } from './message.ts';

const PROCESS = 'process';
/** The attribute of a resource that is its command. */
export const COMMAND_LINE: string = `${PROCESS}.command_line`;
/** The attribute of a mapping that is its build id, as linkers give them. */
export const BUILD_ID: string = `${PROCESS}.executable.build_id.gnu`;

/** Label by attribute. */
const LABELS: [attribute: string, label: string][] = [
  ['thread.name', 'thread'],
  ['thread.id', 'thread id'],
  [`${PROCESS}.executable.name`, PROCESS],
  [`${PROCESS}.pid`, `${PROCESS} id`],
];
const BY_ATTRIBUTE = new Map(LABELS);
const BY_LABEL = new Map(LABELS.map(([attribute, label]) => [label, attribute]));

/** Labels of what a link refers to, in hexadecimal digits. */
export const TRACE_ID = 'trace id';
export const SPAN_ID = 'span id';

/** The name of the scope where nobody knows the producer. */
export const CONVERTER = 'prof2dot';

/** The attribute of a profile that holds its comments, a list of texts. */
export const COMMENT = 'pprof.profile.comment';

export function labelKey(attribute: string): string {
  return BY_ATTRIBUTE.get(attribute) ?? attribute;
}

export function attributeKey(label: string): string {
  return BY_LABEL.get(label) ?? label;
}

/** The value of an attribute; what is neither a text nor a number becomes a text. */
export function labelValue(value: Message | undefined, string: (index: number) => string): Label['value'] {
  if (!value) return '';
  if (value.has('stringValueStrindex')) return string(value.number('stringValueStrindex'));
  if (value.has('intValue')) return value.exact('intValue');
  if (value.has('doubleValue')) return value.number('doubleValue');
  if (value.has('boolValue')) return value.text('boolValue');
  if (value.has('bytesValue')) return hex(value.bytes('bytesValue'));
  const list = value.message('arrayValue');
  if (list)
    return `[${list
      .messages('values')
      .map((item) => labelValue(item, string))
      .join(', ')}]`;
  const pairs = value.message('kvlistValue');
  if (!pairs) return value.text('stringValue');
  const texts = pairs
    .messages('values')
    .map((pair) => `${keyOf(pair, string)}: ${labelValue(pair.message('value'), string)}`);
  return `{${texts.join(', ')}}`;
}

/** The key of a pair, given as it is or as an index. */
export function keyOf(pair: Message, string: (index: number) => string): string {
  return pair.has('keyStrindex') ? string(pair.number('keyStrindex')) : pair.text('key');
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
