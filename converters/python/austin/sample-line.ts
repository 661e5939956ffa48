/** Tells lines of austin's text from others. */

/** `P12;T0:34;…` of version 3, `P12;T5646e72ec450;…` of version 2, `Thread 5646e72ec450;…` of version 1. */
const SAMPLE = /^(?:P\d+;T(?:-?\d+:)?[^;: ]+|Thread [0-9a-f]+)(?:;.*)? -?\d+(?: -?\d+ -?\d+|,\d+,-?\d+)?$/;

export function isSample(line: string): boolean {
  return SAMPLE.test(line.trimEnd());
}
