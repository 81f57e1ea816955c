// The stepper's functions that only reckon, without a page: `node --test stepper.test.mjs`, with SCRIPT naming the module to test.
import assert from 'node:assert/strict';
import test from 'node:test';

globalThis.Node = class {};
const { distance, walk, unplus, asText, known, fold, visible, valueAt, tokenAt } = await import(process.env.SCRIPT);

test('a distance has one unit, and a sign in words', () => {
  const said = [0, 1, 119, 120, -300, 5400, 7200, 172799, 172800, -864000].map(distance);
  assert.deepEqual(said, ['now', 'in 1 s', 'in 119 s', 'in 2 min', '5 min ago', 'in 90 min', 'in 2 h', 'in 48 h', 'in 2 days', '10 days ago']);
});

test('a path leads to members of its own only', () => {
  const value = { a: { b: [1, { c: null }] } };
  assert.equal(walk(value, ['a', 'b', '1', 'c']), null);
  assert.equal(walk(value, []), value);
  for (const path of [['x'], ['a', 'b', '9'], ['a', 'b', '1', 'c', 'd'], ['constructor'], ['__proto__', 'toString'], ['a', 'b', 'map']]) assert.equal(walk(value, path), undefined, path);
});

test('form values are decoded where they can be', () => {
  assert.deepEqual(['a+b%2Bc', '%C3%A9', '%zz', ''].map(unplus), ['a b+c', 'é', '%zz', '']);
});

test('a value that is no text is written as JSON', () => {
  assert.deepEqual(['x', 1, null, ['a'], { b: true }].map(asText), ['x', '1', 'null', '["a"]', '{"b":true}']);
});

test('of the parts of a path the last that the table knows is explained', () => {
  const doc = { fields: { aud: ['Whom it is for.', 'RFC', ['audience']], '*': ['Anything.', '', []] } };
  assert.deepEqual(known(doc, 'headers.authorization.claims.AUD'), { name: 'AUD', of: '', meaning: 'Whom it is for.', ref: 'RFC', checks: ['audience'] });
  assert.deepEqual([known(doc, 'json.aud.0').of, known(doc, 'json.x').meaning, known({ fields: {} }, 'constructor').meaning], ['aud', 'Anything.', '']);
});

test('a party knows what it learned so far, the latest first, and has the latest state', () => {
  const moments = [
    { n: 1, learns: [['budget', 'code', 'a']], state: [['budget', 'session', 'open']] },
    { n: 2, learns: [['budget', 'code', 'b'], ['auth', 'code', 'a']], state: [['budget', 'session', null]] },
    { n: 3 },
  ];
  const at = fold({ moments });
  assert.deepEqual([...at('knows', 1)], [['budget', [['code', 'a', 1]]]]);
  assert.deepEqual(at('knows', 3).get('budget'), [['code', 'b', 2], ['code', 'a', 1]]);
  assert.deepEqual(at('state', 1).get('budget'), [['session', 'open', 1]]);
  assert.deepEqual(at('state', 2).get('budget'), [['session', null, 2]], 'what ends is shown once');
  assert.deepEqual(at('state', 3).get('budget'), []);
});

test('hidden characters are spelled out', () => {
  assert.equal(visible('a\u202eb\u0007'), 'a⟦U+202E⟧b⟦U+0007⟧');
  assert.equal(visible(3), '3');
});

test('a field of a token is found by the longest name of the token', () => {
  const moment = { tokens: [['access_token', 0, 'json.access_token']], message: [] };
  const pane = { tokens: [{ header: { alg: 'ES256' }, payload: { aud: ['a'] } }] };
  assert.equal(tokenAt(moment, 'json.access_token.claims.aud')[1], 'claims.aud');
  assert.equal(tokenAt(moment, 'json.access_tokens.claims'), null);
  const values = ['claims.aud', 'header.alg', 'signature', 'claims.x', 'nothing.alg', 'claims'].map((end) => valueAt(pane, moment, `json.access_token.${end}`));
  assert.deepEqual(values, ['["a"]', 'ES256', 'keep', undefined, undefined, undefined]);
});
