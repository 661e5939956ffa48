/** axe: totals that are read in percent stay what they are on the way to the output. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Combination } from '../src/combine.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { convert, readProfile } from './support.ts';

test('shares of a labelled profile are kept, whatever the totals are to be', async () => {
  const read = () => readProfile('fixtures/axe/basic/input.axe', { options: { axe: { totals: 'percent' } } });
  const labelled = new Combination(new Diagnostics());
  labelled.add(await read(), [{ key: 'source', value: 'before' }]);
  const transforms = { total: 'callratios' } as const;
  const expected = await convert(await read(), 'dot');
  assert.match(String(expected), /parse_list\\n60\.00%/);
  assert.equal(String(await convert(labelled.finish(), 'dot', { transforms })), String(expected));
});

test('shares are gone where functions are put together', async () => {
  const options = { axe: { totals: 'percent' } };
  const drawn = await convert('fixtures/axe/basic/input.axe', 'dot', {
    options,
    transforms: { granularity: 'mapping', total: 'callratios' },
  });
  assert.match(String(drawn), /100\.00%/);
});
