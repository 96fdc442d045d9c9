// The phone computes a draw as the server does: the fixed vector of tests/draw/draw_test.cpp. node tests/web/draw.mjs
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { transformSync } = createRequire(require.resolve('vite'))('esbuild')
const source = readFileSync(new URL('../../web/src/phone/draw.ts', import.meta.url), 'utf8')
const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'es2022' })
const { check, winners } = await import('data:text/javascript;base64,' + Buffer.from(code).toString('base64'))

const sheet = {
  title: '知识竞赛',
  places: 2,
  commitment: '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
  randomness: '某日开奖号',
  entries: ['1001', '1002', '1003', '1004', '1005'],
  entries_sha256: '9353e4d096c4557cffe3342e48893cdbdc11bc55d5bf729a7ca16e6290dcab07',
  secret: 'secret',
  random_value: '0817',
  seed: 'd048ea07f6c2416ae82bcec83737103d1a54d473a5c2e34b49151db301613e7d',
  winners: ['1004', '1005'],
}
const failing = async (changed) =>
  (await check({ ...sheet, ...changed })).filter((each) => !each.holds).map((each) => each.name)

assert.deepEqual(await failing({}), [])
assert.deepEqual(await failing({ entries: [...sheet.entries, '1006'] }), ['list', 'winners'])
assert.deepEqual(await failing({ secret: 'other' }), ['commitment', 'seed'])
assert.deepEqual(await failing({ random_value: '0818' }), ['seed'])
assert.deepEqual(await failing({ winners: ['1005', '1004'] }), ['winners'])
assert.deepEqual((await winners('s', ['a', 'b', 'c'], 10)).sort(), ['a', 'b', 'c'])
console.log('draw: the phone agrees with the fixed vector, and finds every change')
