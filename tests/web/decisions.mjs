// The decision tables in the console, over the demonstration city: node tests/web/decisions.mjs PROGRAM [FOLDER FOR PICTURES]
// A rule taken out is told as a gap, put back; another outcome is tried on one record and on all files; the file is had.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { inCity } from './support/city.mjs'

const users = { zhao: { title: '赵敏', roles: ['clerk', 'manager'] } }
await inCity('decisions', users, async ({ site, signIn, look }) => {
  const page = await signIn('zhao')
  await page.goto(`${site}/decisions`)
  await page.getByRole('link', { name: '困难认定', exact: true }).waitFor()
  await look(page, 'decisions')
  await page.getByRole('link', { name: '困难认定', exact: true }).click()
  const kinds = page.getByRole('region', { name: 'Difficulty', exact: true })
  await kinds.waitFor()
  await page.getByText('示例文件〔2020〕1号').waitFor()

  const check = () => page.getByRole('button', { name: '检查', exact: true }).click()
  await check()
  await page.getByText('没有发现遗漏、重叠或错误。').waitFor()
  const relative = await kinds.locator('tbody tr').evaluateAll((rows) =>
    rows.findIndex((row) => [...row.querySelectorAll('input')].some((cell) => cell.value === '"relative"')),
  )
  assert.ok(relative > 0)
  await kinds.getByRole('button', { name: `删除规则 ${relative + 1}`, exact: true }).click()
  await check()
  await page.locator('.model-findings li').first().waitFor()
  await look(page, 'decision-gap')
  await page.reload()
  await page.getByText('已改动，只存在这台电脑的浏览器里；正在用的规则没有变。').waitFor()
  await page.getByRole('button', { name: '恢复原样' }).click()
  const cell = kinds.locator('tbody tr').nth(relative).locator('input')
  for (let i = 0; i < (await cell.count()); i += 1)
    if ((await cell.nth(i).inputValue()) === '"relative"') {
      await cell.nth(i).fill('"deep"')
      await cell.nth(i).press('Tab')
    }
  await check()
  await page.getByText('没有发现遗漏、重叠或错误。').waitFor()
  await page.getByRole('combobox', { name: '档案号' }).fill('DA04700')
  await page.locator('.picker li').filter({ hasText: 'DA04700' }).click()
  await page.getByRole('button', { name: '试这一条' }).click()
  await page.getByRole('heading', { name: '改后规则' }).waitFor()
  await page.getByLabel('年度').fill('2020')
  await page.getByRole('button', { name: '试全部', exact: true }).click()
  await page.locator('.model-changed a').first().waitFor()
  await look(page, 'decision-tried')

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载模型文件' }).click()])
  assert.equal(file.suggestedFilename(), 'difficulty.dmn')
  assert.match(readFileSync(await file.path(), 'utf8'), /<definitions[^]*"deep"/)
})
