/** The fields of a profile, by number. */
import { BYTES, VARINT } from '../../../src/plugin.ts';

/** Fields of the message Profile. */
export const SAMPLE_TYPE = 1;
export const SAMPLE = 2;
export const MAPPING = 3;
export const LOCATION = 4;
export const FUNCTION = 5;
export const STRING_TABLE = 6;
export const DROP_FRAMES = 7;
export const KEEP_FRAMES = 8;
export const TIME_NANOS = 9;
export const DURATION_NANOS = 10;
export const PERIOD_TYPE = 11;
export const PERIOD = 12;
export const COMMENT = 13;
export const DEFAULT_SAMPLE_TYPE = 14;
export const DOC_URL = 15;

/** Wire type by field; -1 = either, as there is no field 0, and a list of numbers may be packed or not. */
export const WIRE: number[] = [-1, ...new Array(6).fill(BYTES), ...new Array(4).fill(VARINT)];
WIRE.push(BYTES, VARINT, -1, VARINT, VARINT);
