/** Units: their spellings, what they measure, and values for people. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesPerUnit, formatValue, secondsPerUnit, unitName } from '../src/metrics.ts';

const metric = (unit: string) => ({ name: 'x', unit });

describe('units', () => {
  test('of time have many spellings', () => {
    const spellings: [number, string][] = [
      [1e-9, 'nanoseconds nanosecond ns nsec nsecs NS'],
      [1e-6, 'microseconds microsecond us µs \u03bcs usec usecs µsec \u03bcsec Microseconds'],
      [1e-3, 'milliseconds millisecond ms msec msecs MilliSeconds'],
      [1, 'seconds second sec secs s Seconds'],
      [60, 'minutes minute min mins Minutes'],
      [3600, 'hours hour h hr hrs HRS'],
    ];
    for (const [seconds, units] of spellings) {
      for (const unit of units.split(' ')) {
        assert.equal(secondsPerUnit(metric(unit)), seconds, unit);
        assert.equal(bytesPerUnit(metric(unit)), undefined, unit);
        assert.equal(unitName(unit), units.split(' ')[0], unit);
      }
    }
  });

  test('of memory go up by 1024', () => {
    const spellings = [
      'bytes byte Bytes B b',
      'kilobytes kilobyte kbytes kbyte KB kB kb KiB kibibytes Kilobytes',
      'megabytes megabyte mbytes MB MiB mebibytes',
      'gigabytes gigabyte gbytes GB GiB gibibytes',
      'terabytes terabyte tbytes TB TiB tebibytes',
      'petabytes petabyte pbytes PB PiB pebibytes',
    ];
    for (const [power, units] of spellings.entries()) {
      for (const unit of units.split(' ')) {
        assert.equal(bytesPerUnit(metric(unit)), 1024 ** power, unit);
        assert.equal(secondsPerUnit(metric(unit)), undefined, unit);
        assert.equal(unitName(unit), units.split(' ')[0], unit);
      }
    }
  });

  test('of counts are neither', () => {
    for (const [unit, name] of [
      ['sample', 'samples'],
      ['Samples', 'samples'],
      ['Count', 'count'],
      ['counts', 'count'],
    ] as const) {
      assert.equal(unitName(unit), name);
      assert.equal(secondsPerUnit(metric(unit)) ?? bytesPerUnit(metric(unit)), undefined);
    }
  });

  test('that nobody knows stay as they are', () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'Cycles', 'm', 'ss', 'bs', ''];
    for (const unit of names) {
      assert.equal(unitName(unit), unit);
      assert.equal(secondsPerUnit(metric(unit)), undefined, unit);
      assert.equal(bytesPerUnit(metric(unit)), undefined, unit);
    }
    assert.equal(formatValue(3, metric('constructor')), '3 constructor');
  });
});

describe('values for people', () => {
  test('are scaled to a unit that keeps them short', () => {
    assert.equal(formatValue(1_250_000, metric('ns')), '1.25 ms');
    assert.equal(formatValue(90, metric('mins')), '1.5 h');
    assert.equal(formatValue(3584, metric('kilobytes')), '3.5 MiB');
    assert.equal(formatValue(2n ** 40n, metric('Bytes')), '1 TiB');
    assert.equal(formatValue(0, metric('hrs')), '0 ns');
  });

  test('that are counted stay whole', () => {
    assert.equal(formatValue(1234, metric('sample')), '1234 samples');
    assert.equal(formatValue(1234, metric('count')), '1234');
    assert.equal(formatValue(2n ** 60n + 1n, metric('')), '1152921504606846977');
  });
});
