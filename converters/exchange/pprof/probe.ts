/** Is it a pprof profile? Its beginning must be messages of the right shape, as no text has. */
import { BYTES, type Head, ProtobufReader, VARINT } from '../../../src/plugin.ts';
import {
  FUNCTION,
  LOCATION,
  MAPPING,
  PERIOD_TYPE,
  SAMPLE,
  SAMPLE_TYPE,
  STRING_TABLE,
  WIRE,
} from './fields.ts';

/** Wire types of the fields of each message, from its field 1 on; -1 = either. */
const SHAPES: Record<number, number[]> = {
  [SAMPLE_TYPE]: [VARINT, VARINT],
  [SAMPLE]: [-1, -1, BYTES],
  [MAPPING]: new Array(10).fill(VARINT),
  [LOCATION]: [VARINT, VARINT, VARINT, BYTES, VARINT],
  [FUNCTION]: [VARINT, VARINT, VARINT, VARINT, VARINT],
  [PERIOD_TYPE]: [VARINT, VARINT],
};

/** Why the walk ended before the end. */
class Fault {
  readonly cut: boolean;
  constructor(code: string) {
    this.cut = code === 'truncated';
  }
}

/** The stronger, the more parts are seen; a profile that is cut off or damaged further on is one still. */
export function probe(head: Head): number {
  const reader = new ProtobufReader(head.bytes, (code) => {
    throw new Fault(code);
  });
  const seen = new Set<number>();
  let damaged = false;
  try {
    while (reader.next()) {
      const { field } = reader;
      const shape = SHAPES[field];
      if (shape) {
        if (hasShape(reader, shape)) seen.add(field);
      } else if (field === STRING_TABLE && !seen.has(STRING_TABLE)) {
        if (reader.text() !== '') throw new Fault('first-string');
        seen.add(STRING_TABLE);
      } else {
        expect(reader, WIRE[field]);
        reader.skip();
      }
    }
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    damaged = !fault.cut;
  }
  if (seen.size < 2 || !(seen.has(SAMPLE_TYPE) || seen.has(STRING_TABLE))) return 0;
  const score = seen.has(SAMPLE_TYPE) && seen.has(STRING_TABLE) ? 0.95 : 0.8;
  return damaged ? score - 0.15 : score;
}

/** Whether the current field is a message with known fields, all of the right wire type. */
function hasShape(reader: ProtobufReader, shape: number[]): boolean {
  const outer = reader.enter();
  let known = false;
  while (reader.next()) {
    const wire = shape[reader.field - 1];
    expect(reader, wire);
    known ||= wire !== undefined;
    reader.skip();
  }
  reader.limit = outer;
  return known;
}

function expect(reader: ProtobufReader, wire: number | undefined): void {
  if (wire !== undefined && wire >= 0) reader.expect(wire);
}
