// The pages of the line for families in difficulty, over the demonstration city: node tests/web/relief.mjs PROGRAM [FOLDER FOR PICTURES]
// Help proposed, drafted and approved, the household with what happened to it, the doubts about families, a list of businesses,
// the re-check looked at and written, the audit drawn twice by one seed.
import assert from 'node:assert/strict'
import { identityNumber, inCity } from './support/city.mjs'

let site, look

/** Needs that no programme answers are told; one that does is opened for them. */
async function opensProgramme(page) {
  await page.goto(`${site}/help`)
  await page.getByLabel('发放日期').fill('2020-11-10')
  await page.getByRole('button', { name: '列出' }).click()
  await page.getByRole('heading', { name: /^没有项目可答的需求/ }).waitFor()
  await page.goto(`${site}/registers/help_programme/new`)
  await page.getByLabel('编号').fill('BF-ZX')
  await page.getByLabel('名称').fill('子女助学')
  await page.getByLabel('对应需求').selectOption({ label: '子女助学' })
  await page.getByLabel('项目类别').selectOption({ label: '金秋助学' })
  for (const field of await page.locator('input[inputmode=decimal]').all()) await field.fill('1,500.00')
  await page.getByLabel('开始日期').fill('2020-01-01')
  await page.getByLabel('结束日期').fill('2020-12-31')
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { name: '子女助学' }).waitFor()
}

async function proposesHelp(page) {
  await page.goto(`${site}/help`)
  await page.getByLabel('发放日期').fill('2020-11-10')
  await page.getByRole('button', { name: '列出' }).click()
  await page.getByRole('heading', { name: /^建议/ }).waitFor()
  await look(page, 'help')
  const first = page.locator('tbody input[type=checkbox]:enabled').first()
  const name = await first.getAttribute('aria-label')
  await first.check()
  const answered = page.waitForResponse((answer) => answer.url().endsWith('/relief/help/awards'))
  await page.getByRole('button', { name: '生成待审批记录' }).click()
  const { awards } = await (await answered).json()
  await page.getByText('已生成 1 条待审批的帮扶记录。').waitFor()
  assert.equal(await page.getByRole('checkbox', { name, exact: true }).count(), 0, 'what is drafted is not proposed again')
  await page.getByRole('link', { name: '去审批' }).click()
  await page.getByRole('heading', { name: '帮扶记录' }).waitFor()
  return awards[0]
}

/** By another hand than the one that drafted it; the family's page tells of it, in Chinese. */
async function approves(page, award) {
  await page.goto(`${site}/registers/help_award/${award}`)
  await page.getByRole('button', { name: '批准', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '批准', exact: true }).click()
  await page.getByText('已办理：批准').waitFor()
  await page.locator('.page-head .chip', { hasText: '已批准' }).waitFor()
  assert.match(await page.locator('h1').innerText(), /^[^a-z]+$/, 'an award is named by its reason in Chinese')
  await page.locator('.history').getByText('批准', { exact: true }).waitFor()
  await look(page, 'award')
  await page.locator('a[href^="/households/"]').first().click()
  await page.getByRole('heading', { name: '经过' }).waitFor()
  const award_event = page.locator('.history li', { has: page.locator(`a[href$="/help_award/${award}"]`) })
  await award_event.getByText('已批准').waitFor()
  assert.match(await award_event.getByRole('link').innerText(), /^[^a-z]+$/, 'the reason is in Chinese')
  await look(page, 'household')
}

async function looksIntoFamilies(page) {
  await page.goto(`${site}/families`)
  await page.getByText('没有疑点').or(page.getByRole('heading', { name: /^待核对/ })).waitFor()
  await look(page, 'families')
}

/** Who applied for help stands on a list of businesses; of the others on it nothing is kept. */
async function bringsList(page) {
  const number = identityNumber('61079919301231998')
  await page.evaluate(
    async ([number]) => {
      const { csrf } = await (await fetch('/api/v1/session')).json()
      const create = async (register, values) => {
        const answer = await fetch(`/api/v1/registers/${register}/records`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf }, body: JSON.stringify({ values }) })
        if (!answer.ok) throw new Error(await answer.text())
      }
      await create('difficulty_file', { subject: { name: '秦小骑', identity_number: number }, code: 'DA-LIST', region: '610702', cause: 'illness', kind: 'deep' })
      await create('difficulty_period', { file: { key: 'DA-LIST' }, number: 1, region: '610702', cause: 'illness', applied_on: '2020-12-01', consent: true })
    },
    [number],
  )
  await page.goto(`${site}/agency-lists`)
  await page.getByText('没有待核实的').waitFor()
  await page.getByLabel('名单', { exact: true }).selectOption({ label: '工商登记' })
  await page.getByLabel('名单日期').fill('2020-12-01')
  const list = `市场监管局个体工商户名单\n经营者姓名,身份证号,经营场所\n路人甲,,东关街道\n秦小骑,${number},西关街道\n`
  await page.getByLabel('选择名单文件').setInputFiles({ name: '个体户.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })
  await page.getByRole('button', { name: '身份证号相同（1）' }).waitFor()
  const told = await page.locator('tbody').innerText()
  assert.match(told, /DA-LIST[^]*秦小骑[^]*有工商登记，档案未载/)
  assert.ok(!told.includes(number), 'numbers are masked')
  await look(page, 'agency-list')
  await page.getByLabel('全选').check()
  await page.getByRole('button', { name: '属实', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '属实', exact: true }).click()
  await page.locator('tbody .chip', { hasText: '属实' }).waitFor()
}

async function rechecks(page) {
  await page.goto(`${site}/recheck`)
  await page.getByLabel('参数日期').fill('2020-12-31')
  await page.getByLabel('收支年度').fill('2020')
  await page.getByRole('button', { name: '试算复核' }).click()
  await page.getByText('继续在档').first().waitFor()
  await page.getByLabel('显示').selectOption({ label: '继续在档' })
  await look(page, 'recheck')
  await page.getByRole('button', { name: '写入认定' }).click()
  await page.getByRole('button', { name: '不写' }).click()
  await page.getByRole('button', { name: '写入认定' }).click()
  await page.getByRole('button', { name: '写入', exact: true }).click()
  await page.getByText('已为每份档案写入认定。').waitFor() // by a job that the page follows
}

async function audits(page) {
  await page.goto(`${site}/audit`)
  const draw = async () => {
    await page.getByLabel('种子').fill('2020-12-31 开奖 08 15 16 22 26 33')
    await page.getByLabel('抽样户数').fill('20')
    await page.getByLabel('截至').fill('2020-12-31')
    await page.getByRole('button', { name: '抽样核查' }).click()
    await page.getByRole('heading', { name: '逐份结果' }).waitFor()
    return page.locator('section').last().locator('tbody tr td:first-child').allInnerTexts()
  }
  const drawn = await draw()
  assert.equal(drawn.length, 20)
  await look(page, 'audit')
  await page.reload()
  assert.deepEqual(await draw(), drawn, 'one seed draws one sample')
}

const users = {
  zhao: { title: '赵敏', roles: ['clerk', 'manager'] },
  qian: { title: '钱审批', roles: ['approver'] },
}
await inCity('relief', users, async (city) => {
  ;({ site, look } = city)
  const zhao = await city.signIn('zhao')
  await opensProgramme(zhao)
  const award = await proposesHelp(zhao)
  await approves(await city.signIn('qian'), award)
  await looksIntoFamilies(zhao)
  await bringsList(zhao)
  await rechecks(zhao)
  await audits(zhao)
})
