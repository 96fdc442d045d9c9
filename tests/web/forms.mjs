// The console's records with all that hangs on them, over the demonstration city: node tests/web/forms.mjs PROGRAM [FOLDER FOR PICTURES]
// Papers beside a record, looked at and taken out; a secret one for a reason.
import assert from 'node:assert/strict'
import { deflateSync } from 'node:zlib'
import { inCity } from './support/city.mjs'

let site, look

// ---- files as a camera and an office make them

function crc(bytes) {
  let c = ~0
  for (const byte of bytes) {
    c ^= byte
    for (let bit = 0; bit < 8; bit += 1) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc(body))
  return Buffer.concat([length, body, check])
}
/** A grey picture of so many pixels either way (PNG, 8 bits of grey). */
function picture(side) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 8
  const lines = Buffer.alloc((side + 1) * side, 120)
  for (let y = 0; y < side; y += 1) lines[y * (side + 1)] = 0
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))])
}
const png = (name) => ({ name, mimeType: 'image/png', buffer: picture(240) })
const pdf = (name) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n38\n%%EOF\n') })

const picks = (page, field) => page.getByLabel(`添加文件 ${field}`)

// ---- the journeys

/** A budget with its minutes: chosen before it is there, sent with it; another added to it, looked at, taken out again. */
async function keepsPapers(page) {
  await page.goto(`${site}/registers/union_budget/new`)
  await page.getByLabel('工会', { exact: false }).first().fill('汉台区总工会')
  await page.getByRole('option', { name: '汉台区总工会' }).click()
  await page.getByLabel('编号').fill('YS-TEST-1')
  await page.getByLabel('年度').fill('2021')
  await picks(page, '审议纪要').setInputFiles(pdf('审议纪要.pdf'))
  await page.getByText('保存时上传').waitFor()
  await look(page, 'form-with-files')
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { name: 'YS-TEST-1' }).waitFor()
  const shelf = page.locator('.shelf')
  await shelf.getByText('审议纪要.pdf').waitFor()
  await picks(page, '审议纪要').setInputFiles(png('签到表.png'))
  await shelf.getByText(/^签到表\.png/).waitFor()
  await page.getByRole('button', { name: '预览 签到表.png' }).click()
  const shown = page.getByRole('dialog').getByRole('img', { name: '签到表.png' })
  await shown.waitFor()
  assert.equal(await shown.evaluate((img) => img.decode().then(() => img.naturalWidth)), 240)
  await look(page, 'file-shown')
  await page.getByRole('button', { name: '关闭' }).click()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载 审议纪要.pdf' }).click()])
  assert.equal(file.suggestedFilename(), '审议纪要.pdf')
  await page.getByRole('button', { name: '移除 签到表.png' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '移除', exact: true }).click()
  await shelf.getByText(/^签到表\.png/).waitFor({ state: 'detached' })
  assert.equal(await shelf.locator('li').count(), 1)
  return page.url()
}

/** What is no paper is refused beside its field, with the cure. */
async function refusesAProgram(page) {
  await picks(page, '审议纪要').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('MZ, a program') })
  await page.locator('.shelf').getByRole('alert').waitFor()
}

/** A receipt as signed is secret: neither its name nor the picture is there before a reason is. */
async function revealsAReceipt(page) {
  await page.goto(`${site}/registers/winter_visit`)
  await page.locator('tbody a').first().click()
  await picks(page, '签收单').setInputFiles(png('王某签收单.png'))
  const shelf = page.locator('.shelf', { has: picks(page, '签收单') })
  await shelf.getByText('图片 1').waitFor()
  assert.equal(await page.getByText('王某签收单').count(), 0)
  await shelf.getByRole('button', { name: '查看' }).click()
  await page.getByLabel('为什么要看', { exact: false }).fill('核对发放')
  await page.getByRole('dialog').getByRole('button', { name: '查看' }).click()
  const shown = page.getByRole('dialog').getByRole('img')
  await shown.waitFor()
  assert.equal(await shown.evaluate((img) => img.decode().then(() => img.naturalWidth)), 240)
  await page.getByRole('button', { name: '关闭' }).click()
  await page.reload()
  await page.locator('.history').getByText('查看保密内容').first().waitFor()
  await look(page, 'record-with-files')
}

// ---- all of them

const users = {
  lin: { title: '林主管', roles: ['clerk', 'manager'] },
}
await inCity('forms', users, async (city) => {
  ;({ site, look } = city)
  const lin = await city.signIn('lin')
  await keepsPapers(lin)
  await refusesAProgram(lin)
  await revealsAReceipt(lin)
})
