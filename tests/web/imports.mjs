// A roster as factories send it, from the drop to the records and back: node tests/web/imports.mjs PROGRAM [FOLDER FOR PICTURES]
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identityNumber, inCity } from './support/city.mjs'
import { workbook } from './support/workbook.mjs'

const rows_count = 600
const factories_count = 40
const header_rows = 3

/** Rows of forty factories, what is wrong with some of them, and what their identity numbers should have been. */
function roster(unions) {
  const rows = []
  for (let i = 0; i < rows_count; i += 1) {
    const union = unions[i % factories_count] ?? '汉江第四十机械厂工会' // not in the register: fifteen rows of it
    const birth = `19${70 + (i % 30)}0${1 + (i % 9)}${10 + (i % 18)}`
    const number = identityNumber(`610799${birth}${String(100 + i).padStart(3, '0')}`)
    rows.push([String(i + 1), union, `田工${i}`, number, `2020-0${1 + (i % 9)}-15`, ['货车司机', '快递员', '保安员', ''][i % 4], ''])
  }
  const wrong = (number) => number.slice(0, 17) + (number[17] === '1' ? '2' : '1')
  const numbers = [10, 20, 60, 110, 120, 160, 210, 260].map((at) => [at, rows[at][3]])
  for (const at of [10, 60, 110, 160, 210, 260]) rows[at][3] = wrong(rows[at][3])
  for (const at of [20, 120]) rows[at][3] = 6.10799198e17 // a number, as a column that is not text makes of it
  for (const at of [31, 131]) rows[at][4] = '2020年3月5日' // forgiven
  rows[32][4] = 43905 // a number of days without a word that it is one
  for (const at of [33, 133]) rows[at][4] = '2020.2.30'
  for (const at of [40, 41]) rows[at + 500] = [...rows[at]] // twice in the file
  rows[50][5] = '卡车司机'
  rows[57][2] = ''
  const book = workbook(
    '2020花名册',
    [
      ['汉江片区2020年会员花名册', null, null, null, null, null, null],
      ['序号', '所在工会', '人员', null, '入会', null, '备注'],
      [null, null, '姓名', '身份证号', '入会日期', '八大群体', null],
      ...rows,
    ],
    ['A1:G1', 'C2:D2', 'E2:F2', 'A2:A3', 'B2:B3', 'G2:G3'],
  )
  return { book, numbers }
}

/** A roster that takes a while to check. */
const longRoster = (union) =>
  '工会,姓名,身份证号,入会日期\n' +
  Array.from({ length: 200_000 }, (_, i) => `${union},田长${i},${identityNumber('61079919' + String(800101000 + i).padStart(9, '0'))},2020-01-15\n`).join('')

const row = (at) => at + header_rows + 1

await inCity('imports', { lin: { title: '林主管', roles: ['clerk', 'manager', 'union_chair'] } }, async ({ site, folder, signIn, look }) => {
  const page = await signIn('lin')
  const unions = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/registers/union/records?limit=39&where=' + encodeURIComponent('level = "grassroots"'))
    return (await answer.json()).items.map((each) => each.values.name)
  })
  assert.equal(unions.length, factories_count - 1)
  const { book, numbers: wrongNumbers } = roster(unions)
  const file = join(folder, '花名册.xlsx')
  const long = join(folder, '长花名册.csv')
  writeFileSync(file, book)
  writeFileSync(long, longRoster(unions[0]))

  await page.goto(`${site}/import`)
  await page.getByRole('heading', { name: '表格导入到哪个登记簿？' }).waitFor()
  await look(page, 'import-registers')
  await page.getByRole('link', { name: '会员入会' }).last().click()
  await page.getByText('把表格拖到这里').waitFor()
  await look(page, 'import-drop')
  const dropped = await page.evaluateHandle(async (bytes) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))], '花名册.xlsx'))
    return transfer
  }, book.toString('base64'))
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: dropped })
  await page.getByText('所在工会').first().waitFor()
  await look(page, 'import-columns')
  const cell = (name) => page.getByLabel(new RegExp(`^${name} `))
  const type = async (name, text) => {
    await cell(name).fill(text)
    await cell(name).press('Enter')
  }
  const numbers = () => page.locator('.import-numbers dd').allInnerTexts()
  const checkAgain = async (rows) => {
    await page.getByRole('button', { name: /核对改好的/ }).click()
    await page.locator('.import-numbers .faulty dd', { hasText: new RegExp(`^${rows}$`) }).waitFor()
  }
  await page.getByLabel('G · 备注').selectOption({ label: '不导入' }) // a column that nobody has settled holds up the rest
  await page.getByText('要改的单元格').waitFor()
  assert.deepEqual(await numbers(), ['600', '570', '0', '0', '30'])
  await look(page, 'import-faults')

  await type(`B${row(39)}`, unions[0])
  await page.getByRole('button', { name: '同样的 14 格也这样改' }).click()
  await checkAgain(15)
  for (const [at, number] of wrongNumbers) await type(`D${row(at)}`, number)
  for (const at of [32, 33, 133]) await type(`E${row(at)}`, '2020-02-28')
  await type(`F${row(50)}`, '货车司机')
  await type(`C${row(57)}`, '田补名')
  await page.reload() // a tab that was closed
  await page.getByText('要改的单元格').waitFor()
  await checkAgain(2)
  await page.getByText('“工会、姓名”', { exact: false }).first().waitFor() // who is twice in the file stays out
  const marked = await page.request.get(new URL(await page.getByRole('link', { name: '下载标注错误的表格' }).getAttribute('href'), site).href)
  assert.equal(marked.status(), 200)

  await page.getByRole('button', { name: '只收无错的 598 行' }).click()
  await page.getByText('已入库').waitFor()
  assert.deepEqual(await numbers(), ['600', '598', '0', '0', '2'])
  await look(page, 'import-taken')
  const import_page = page.url()
  const members = () => page.evaluate(async () => (await (await fetch('/api/v1/registers/member/records?limit=1&total=true')).json()).total)
  const with_roster = await members()
  await page.getByRole('link', { name: '去看记录' }).click()
  await page.getByRole('heading', { name: '会员入会' }).waitFor()
  await page.getByText('598 条', { exact: true }).waitFor() // what it wrote, and nothing else
  await page.getByRole('button', { name: '看全部记录' }).click()
  await page.getByText(`${with_roster.toLocaleString('en-US')} 条`, { exact: true }).waitFor()
  await page.goto(`${site}/registers/member?q=田补名`)
  await page.getByText('田补名').first().waitFor()

  await page.goto(import_page)
  await page.getByRole('button', { name: '撤销这次导入' }).click()
  await page.getByText('已撤销，一条不留').waitFor()
  assert.equal(await members(), with_roster - 598)

  // The next such workbook finds its columns settled; one that is given up leaves nothing.
  await page.getByRole('link', { name: '导另一个文件' }).click()
  await page.getByLabel('选择文件').setInputFiles(file)
  await page.getByText('要改的单元格').waitFor()
  await page.getByRole('button', { name: '不导了' }).click()
  await page.getByText('已取消').waitFor()
  assert.equal(await members(), with_roster - 598)

  // One that takes its time shows how far it is, and can be stopped.
  await page.getByRole('link', { name: '导另一个文件' }).click()
  await page.getByLabel('选择文件').setInputFiles(long)
  await page.getByRole('progressbar').waitFor()
  await page.getByRole('button', { name: '停下，不导了' }).click()
  await page.getByText('已取消').waitFor()
})
