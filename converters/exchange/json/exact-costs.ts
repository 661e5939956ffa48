/** Costs of gprof2dot's JSON beyond 2^53, which `JSON.parse` has rounded: they are read again, digit by digit. */
import {
  bytesInput,
  type Column,
  END,
  holdsIntegers,
  JsonKeys,
  JsonReader,
  maybeRounded,
  type Source,
} from '../../../src/plugin.ts';

const TOP = new JsonKeys(['events']);
const EVENT = new JsonKeys(['cost']);
const INTEGER = /^-?\d+$/;

/**
 * The costs as `text` has them: in 64-bit integers where some are beyond 2^53 and all are integers. `values`: by
 * cost, then by event, as they were parsed.
 */
export function exactCosts(text: string, source: Source, values: Float64Array[]): Column[] {
  const exact = values.map((column) =>
    maybeRounded(column) && holdsIntegers(column) ? new BigInt64Array(column.length) : undefined,
  );
  if (exact.every((column) => column === undefined)) return values;
  const json = new JsonReader(bytesInput(new TextEncoder().encode(text)), source);
  for (let key = json.enterObject(TOP); key !== END; key = json.nextKey(TOP)) {
    if (key < 0) json.skip();
    else readEvents(json, exact);
  }
  return values.map((column, m) => exact[m] ?? column);
}

/** Of a key that is there twice, the later value counts, as with `JSON.parse`. */
function readEvents(json: JsonReader, exact: (BigInt64Array | undefined)[]): void {
  let event = 0;
  for (let more = json.enterArray(); more; more = json.nextItem(), event++) {
    for (let key = json.enterObject(EVENT); key !== END; key = json.nextKey(EVENT)) {
      if (key < 0) json.skip();
      else readCosts(json, exact, event);
    }
  }
}

function readCosts(json: JsonReader, exact: (BigInt64Array | undefined)[], event: number): void {
  let m = 0;
  for (let more = json.enterArray(); more; more = json.nextItem(), m++) {
    json.raw();
    const column = exact[m];
    if (!column) continue;
    const text = json.text(json.start, json.end);
    const value = Number(text);
    if (INTEGER.test(text)) column[event] = BigInt(text);
    else if (Number.isSafeInteger(value)) column[event] = BigInt(value);
    // Nobody knows what digits an exponent stands for.
    else exact[m] = undefined;
  }
}
