// Money from what is approved to a reconciled account: node tests/web/money.mjs PROGRAM [FOLDER FOR PICTURES]
// A batch made by the cashier, its list for the bank, paid in one go, its vouchers and statements; the bank's lines imported by the
// accountant, matched, and both balances adjusted.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identityNumber, inCity } from './support/city.mjs'

let site, look, paper

/** Two subsidies, proposed by the office. */
async function proposes(page) {
  const send = (address, body) =>
    page.evaluate(
      async ([where, what]) => {
        const csrf = (await (await fetch('/api/v1/session')).json()).csrf
        const answer = await fetch(where, { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body: JSON.stringify(what) })
        return { status: answer.status, body: await answer.json() }
      },
      ['/api/v1' + address, body],
    )
  const people = [['田一鸣', identityNumber('61079919001231777'), '3000.00'], ['田双喜', identityNumber('61079919001231778'), '2000.00']]
  for (const [name, identity_number, amount] of people) {
    const made = await send('/registers/special_subsidy/records', { values: { code: `BZ-${name}`, recipient: name, person: { name, identity_number }, target: await target(page), amount, paid_on: '2021-03-10' } })
    assert.equal(made.status, 201, JSON.stringify(made.body))
  }
}
const target = (page) => page.evaluate(async () => Object.values((await (await fetch('/api/v1/catalogue')).json()).code_lists.subsidy_target.values)[0].code)

async function approvesAll(page) {
  const answer = await page.evaluate(async () => {
    const { items } = await (await fetch('/api/v1/registers/special_subsidy/records?where=' + encodeURIComponent('code = "BZ-田一鸣" or code = "BZ-田双喜"'))).json()
    const csrf = (await (await fetch('/api/v1/session')).json()).csrf
    return (await fetch('/api/v1/registers/special_subsidy/steps/approve', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body: JSON.stringify({ ids: items.map((each) => each.id) }) })).json()
  })
  assert.equal(answer.taken.length, 2, JSON.stringify(answer))
}

async function makesBatch(page) {
  await page.goto(`${site}/money`)
  await page.getByRole('link', { name: '支付批次' }).click()
  await page.getByRole('button', { name: '选入批次 专项补助' }).click()
  await page.getByLabel('批次号').fill('ZF-2021-03')
  await page.getByLabel('编制日期').fill('2021-03-10')
  for (const name of ['田一鸣', '田双喜']) await page.getByRole('checkbox', { name: new RegExp(`^${name}`) }).check()
  await look(page, 'batches')
  await page.getByRole('button', { name: '生成批次（2，5,000.00）' }).click()
  await page.getByRole('heading', { name: /支付批次 ZF-2021-03/ }).waitFor()
}

async function paysBatch(page) {
  await page.getByRole('button', { name: '银行清单' }).click()
  await page.getByLabel('下载原因').fill('三月代发')
  const saved = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('button', { name: '下载' }).click()
  assert.equal((await saved).suggestedFilename(), 'ZF-2021-03.xlsx')
  await page.getByText('银行清单已下载').waitFor()
  await page.getByLabel('付款日期').fill('2021-03-10')
  await look(page, 'batch')
  assert.deepEqual(await paper(page, 'batch'), ['210 x 297'])
  await page.getByRole('button', { name: '全批付讫' }).click()
  await page.getByText('已付讫 2 笔').waitFor()
  await page.locator('.page-head .chip', { hasText: '已付讫' }).waitFor()
  await page.getByRole('link', { name: '看凭证' }).click()
  await page.getByRole('heading', { name: '记账凭证', level: 2 }).first().waitFor()
  assert.equal(await page.locator('.voucher').count(), 2)
  await page.getByText('制单：周出纳').first().waitFor()
  await page.getByText('审核：钱审批').first().waitFor()
  await look(page, 'vouchers')
  const sheets = await paper(page, 'vouchers')
  assert.deepEqual(sheets, ['210 x 148', '210 x 148'], 'a voucher a sheet, A5 lying')
  const book = await page.request.get(`${site}/api/v1/ledger/vouchers.xlsx?month=2021-03`)
  assert.equal(book.status(), 200)
}

async function readsBooks(page) {
  await page.goto(`${site}/money/accounts?from=2021-01-01&to=2021-12-31`)
  await page.getByRole('heading', { name: '2021 年收入支出表' }).waitFor()
  await look(page, 'accounts')
  const sheets = await paper(page, 'accounts')
  assert.ok(sheets.length >= 2 && sheets.every((size) => size === '210 x 297'), `accounts: ${sheets}`)
  await page.getByRole('link', { name: '银行存款' }).click()
  await page.getByRole('heading', { name: '明细账' }).waitFor()
  await page.getByRole('heading', { name: /^银行存款 2021/ }).waitFor()
  await page.getByText('期初余额').waitFor()
  await look(page, 'statement')
  const lines = await paper(page, 'statement')
  assert.ok(lines.every((size) => size === '210 x 297'), `statement: ${lines}`)
  await page.goto(`${site}/money/budget?year=2020`)
  await page.getByRole('heading', { name: /^2020 年预算执行/ }).waitFor()
  await look(page, 'budget')
  assert.deepEqual(await paper(page, 'budget'), ['210 x 297', '210 x 297'])
  await page.getByRole('link', { name: /^职工服务支出 — 金秋助学已列支/ }).click()
  await page.getByRole('heading', { name: /^职工服务支出 — 金秋助学/ }).waitFor()
  await page.goto(`${site}/money`)
  await page.getByRole('link', { name: /^明细账/ }).first().click()
  await page.getByRole('heading', { name: '明细账' }).waitFor()
  await page.getByText('累计').waitFor()
  await look(page, 'programme')
}

async function reconciles(page, folder) {
  const file = join(folder, '对账单.csv')
  writeFileSync(file, '账户,流水号,交易日期,收入金额,支出金额,对方户名,摘要,余额\n基本户,L001,2021-03-11,,5000.00,,代发 ZF-2021-03,\n基本户,L002,2021-03-21,12.50,,,结息,\n')
  await page.goto(`${site}/money/reconciliation?from=2021-03-01&to=2021-03-31`)
  await page.getByRole('link', { name: '导入银行流水' }).click()
  await page.getByLabel('选择文件').setInputFiles(file)
  await page.getByRole('button', { name: '全部入库（2 行）' }).click()
  await page.getByText('已入库').waitFor()
  await page.goto(`${site}/money/reconciliation?from=2021-03-01&to=2021-03-31`)
  await page.getByRole('heading', { name: /^金额、日期、户名相符/ }).waitFor()
  await look(page, 'reconciliation')
  await page.getByRole('button', { name: '全部对账' }).click()
  await page.getByText('已对账 1 笔').waitFor()
  const { book_balance } = await page.evaluate(async () => (await fetch('/api/v1/ledger/reconciliation?from=2021-03-01&to=2021-03-31')).json())
  const bank = (BigInt(book_balance.replace('.', '')) + 1250n).toString().replace(/(\d\d)$/, '.$1')
  await page.getByLabel('对账单余额（元）').fill(bank)
  await page.getByRole('button', { name: '核对' }).click()
  await page.getByText('两边相符，已调平。').waitFor()
  await look(page, 'reconciled')
  const sheets = await paper(page, 'reconciled')
  assert.ok(sheets.every((size) => size === '210 x 297'), `reconciliation: ${sheets}`)
}

/** What the bank could not credit comes in again, is taken back, and waits to be paid once more. */
async function takesBack(page, folder) {
  const file = join(folder, '退汇.csv')
  writeFileSync(file, '账户,流水号,交易日期,收入金额,支出金额,对方户名,摘要,余额\n基本户,L003,2021-03-12,2000.00,,,田双喜 账号户名不符退回,\n')
  await page.goto(`${site}/import?register=bank_line`)
  await page.getByLabel('选择文件').setInputFiles(file)
  await page.getByRole('button', { name: '全部入库（1 行）' }).click()
  await page.getByText('已入库').waitFor()
  await page.goto(`${site}/money/reconciliation?from=2021-03-01&to=2021-03-31`)
  await page.getByRole('button', { name: /^退汇 .*田双喜/ }).click()
  const dialog = page.getByRole('dialog')
  const first = dialog.getByRole('radio').first()
  await first.waitFor()
  assert.ok(await first.isChecked(), 'the likeliest is chosen')
  await dialog.getByText('户名相符').waitFor()
  await look(page, 'bounce')
  await dialog.getByRole('button', { name: '登记退汇' }).click()
  await page.getByText('已登记退汇').waitFor()
  await page.getByRole('button', { name: /^退汇 .*田双喜/ }).waitFor({ state: 'detached' })
  await look(page, 'bounced')
  await page.goto(`${site}/money/vouchers?month=2021-03`)
  await page.getByText('退汇：田双喜 账号户名不符退回').first().waitFor()
}

async function paysAgain(page) {
  await page.goto(`${site}/money/batches`)
  await page.getByRole('button', { name: '选入批次 专项补助' }).click()
  await page.getByLabel('批次号').fill('ZF-2021-03-2')
  await page.getByLabel('编制日期').fill('2021-03-15')
  await page.getByRole('checkbox', { name: /^田双喜/ }).check()
  await page.getByRole('button', { name: '生成批次（1，2,000.00）' }).click()
  await page.getByLabel('付款日期').fill('2021-03-15')
  await page.getByRole('button', { name: '全批付讫' }).click()
  await page.getByText('已付讫 1 笔').waitFor()
}

const users = {
  zhao: { title: '赵敏', roles: ['clerk', 'manager'] },
  qian: { title: '钱审批', roles: ['approver'] },
  zhou: { title: '周出纳', roles: ['cashier'] },
  wu: { title: '吴会计', roles: ['accountant'] },
}
await inCity('money', users, async (city) => {
  ;({ site, look, paper } = city)
  await proposes(await city.signIn('zhao'))
  await approvesAll(await city.signIn('qian'))
  const zhou = await city.signIn('zhou')
  await makesBatch(zhou)
  await paysBatch(zhou)
  await readsBooks(zhou)
  const wu = await city.signIn('wu')
  await reconciles(wu, city.folder)
  await takesBack(wu, city.folder)
  await paysAgain(zhou)
})
