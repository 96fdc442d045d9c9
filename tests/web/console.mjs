// The console in Chromium, over the demonstration city: node tests/web/console.mjs PROGRAM [FOLDER FOR PICTURES]
// From a first password to a paid claim, and from a review's figure to its records.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { identityNumber, inCity, password } from './support/city.mjs'

let site, look

// ---- the journeys

async function seesWork(page) {
  await page.getByRole('link', { name: /冬送温暖走访职工/ }).first().waitFor()
  await look(page, 'home')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Waiting for me' }).waitFor()
  await page.getByRole('button', { name: '中文' }).click()
}

async function drillsDown(page) {
  await page.goto(`${site}/review`)
  await page.getByRole('heading', { name: '2020 年度回顾' }).waitFor()
  await look(page, 'review')
  await page.getByRole('link', { name: '1,826万元' }).click()
  await page.getByText('由', { exact: false }).first().waitFor()
  await page.getByRole('columnheader', { name: '计入' }).waitFor()
  await look(page, 'figure')
  await page.locator('tbody a').first().click()
  await page.getByRole('heading', { name: '经过' }).waitFor()
  await look(page, 'record')
  await page.goto(`${site}/review`)
  for (const [name, ending] of [['Word', 'docx'], ['Excel', 'xlsx']]) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()])
    assert.equal(file.suggestedFilename(), `review-2020.${ending}`)
    assert.equal((await readFile(await file.path())).subarray(0, 2).toString(), 'PK')
  }
  await page.getByLabel('截至').fill('2000-01-01') // nothing was known then
  await page.getByRole('link', { name: '0万元' }).or(page.getByRole('link', { name: '0元' })).first().waitFor()
  await page.goto(`${site}/review?year=2020&besides=2019`)
  await page.getByRole('columnheader', { name: '变化' }).waitFor()
  await look(page, 'two-years')
}

async function finds(page) {
  await page.goto(`${site}/registers/union`)
  await page.getByText('820 条').waitFor()
  await look(page, 'list')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '汉台区总工会' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: '筛选' }).click()
  await page.getByRole('button', { name: /加条件/ }).click()
  await page.getByLabel('字段').selectOption({ label: '县区' })
  await page.getByRole('button', { name: '留坝县' }).click()
  await page.getByText(/^\d{1,2} 条$/).waitFor()
  await look(page, 'filter')
  await keepsWordsOutOfAddresses(page)
  await page.goto(`${site}/search?q=zw`)
  await page.getByRole('heading', { name: '会员入会' }).waitFor()
  await look(page, 'search')
}

/** What is looked for may be an identity number: no address has it, neither a page's nor a request's; the way back still does. */
async function keepsWordsOutOfAddresses(page) {
  const asked = []
  page.on('request', (request) => asked.push(request.url()))
  const isFree = () => assert.ok(![page.url(), ...asked].some((url) => url.includes('?q=') || url.includes('&q=')), page.url())
  await page.goto(`${site}/registers/union`)
  await page.getByLabel('在本列表中查找').fill('汉台区总')
  await page.getByText('1 条', { exact: true }).waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出' }).click()])
  assert.equal(file.suggestedFilename(), 'union.xlsx')
  await page.locator('tbody a').first().click()
  await page.getByRole('heading', { name: '汉台区总工会' }).waitFor()
  await page.goBack()
  await page.getByText('1 条', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('在本列表中查找').inputValue(), '汉台区总')
  for (const word of ['汉台区总工会', '留坝县总工会']) {
    await page.getByRole('searchbox').first().fill(word)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: new RegExp(`搜索：${word}`) }).waitFor()
    await page.getByRole('link', { name: word }).first().waitFor()
  }
  await page.goBack()
  await page.getByRole('heading', { name: /搜索：汉台区总工会/ }).waitFor()
  isFree()
}

const person = { name: '秦小骑', number: identityNumber('61079919301231998') }

async function claims(page) {
  await page.goto(`${site}/registers/claim/new`)
  await look(page, 'form')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('必须填写。').first().waitFor() // told beside the field, before anything is sent
  await page.getByLabel('姓名 姓名').fill(person.name)
  await page.getByLabel('姓名 身份证号').fill('610799193012319980')
  await page.getByLabel('编号').fill('LP-TEST-1')
  await page.getByText('身份证号有误', { exact: false }).waitFor()
  await page.getByLabel('姓名 身份证号').fill(person.number)
  await page.reload() // what was typed is still there
  await page.getByText('没保存的内容', { exact: false }).waitFor()
  assert.equal(await page.getByLabel('编号').inputValue(), 'LP-TEST-1')
  await page.getByLabel('计划').click()
  await page.getByRole('option').first().click()
  await page.getByLabel('结算单号').fill('S-TEST-1')
  for (const field of await page.locator('input[type=date]').all()) await field.fill('2020-06-01')
  for (const field of await page.locator('input[inputmode=decimal]').all()) await field.fill('1,200.50')
  await page.getByLabel(/自付金额/).fill('2,500.00') // a plan gives a share of it, and no more
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { name: 'LP-TEST-1' }).waitFor()
  await page.getByText('1,200.50').first().waitFor()
  await look(page, 'claim')
  return page.url()
}

/** Never by who entered it. */
async function adjudicates(page, address) {
  await page.goto(address)
  await step(page, '核定')
  await page.getByText('已核定').first().waitFor()
}

async function step(page, name) {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await page.getByText(`已办理：${name}`).waitFor()
}

async function pays(page, address) {
  await page.goto(address)
  await step(page, '赔付')
  await page.locator('.page-head .chip', { hasText: '已赔付' }).waitFor()
  await page.goto(`${site}/money`)
  await page.getByRole('heading', { name: '理赔' }).waitFor()
  await look(page, 'money')
}

async function seesFigures(page) {
  await page.goto(`${site}/insight`)
  await page.getByRole('heading', { name: '致困原因' }).waitFor()
  await page.getByRole('heading', { name: '组织建设' }).waitFor()
  await look(page, 'insight')
  await page.locator('.map a').first().click()
  await page.getByText(/^\d+ 条$/).waitFor()
}

async function readsAccount(page) {
  await page.goto(`${site}/account`)
  await page.getByLabel('再输入一次密码').fill(password)
  await page.getByRole('button', { name: '启用' }).click()
  await page.getByRole('img', { name: '用验证器扫描的二维码' }).waitFor()
  await look(page, 'account')
}

/** Nothing is written: as it is decides as it does, and a multiple of everything changes something or says that nothing does. */
async function triesPolicy(page) {
  await page.goto(`${site}/policy`)
  await page.getByLabel('相对困难倍数').fill('3')
  await page.getByRole('button', { name: '试算' }).click()
  await page.getByText('在档家庭', { exact: true }).waitFor()
  await look(page, 'policy')
}

// ---- all of them

const users = {
  lin: { title: '林主管', roles: ['clerk', 'manager', 'union_chair'] },
  zheng: { title: '郑理赔', roles: ['adjudicator'] },
  chen: { title: '陈出纳', roles: ['cashier'] },
}
await inCity('console', users, async (city) => {
  ;({ site, look } = city)
  const lin = await city.signIn('lin', look)
  const chen = await city.signIn('chen')
  await seesWork(lin)
  await drillsDown(lin)
  await finds(lin)
  const claim = await claims(lin)
  await adjudicates(await city.signIn('zheng'), claim)
  await pays(chen, claim)
  await seesFigures(lin)
  await triesPolicy(lin)
  await readsAccount(lin)
})
