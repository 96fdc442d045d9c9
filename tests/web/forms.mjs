// The console's records with all that hangs on them, over the demonstration city: node tests/web/forms.mjs PROGRAM [FOLDER FOR PICTURES]
// Papers beside a record, looked at and taken out; a secret one for a reason; rows of a sub-table by the keyboard; a
// publicity with its objection answered; a view shared; the poster of a union.
import assert from 'node:assert/strict'
import { deflateSync } from 'node:zlib'
import { identityNumber, inCity } from './support/city.mjs'

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

/** Lines of a budget by the keyboard alone: a row saved opens the next; sums stand below, income and spending apart. */
async function entersLines(page, address) {
  await page.goto(address)
  await page.getByRole('button', { name: '加一行 预算科目' }).click()
  const editor = page.locator('.part-editor')
  for (const [side, account, amount] of [['收入', '会费收入', '60,000.50'], ['收入', '拨缴经费收入', '240000'], ['支出', '职工活动支出', '180000']]) {
    await editor.getByLabel('收支').selectOption({ label: side })
    await editor.getByLabel('科目').fill(account)
    await editor.getByLabel('金额').fill(amount)
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: account, exact: true }).waitFor()
    await page.waitForFunction(() => document.activeElement?.closest('.part-editor') && document.querySelector('.part-editor select').value === '')
  }
  await editor.getByLabel('科目').press('Enter') // an empty row is refused where it is empty
  await editor.getByText('必须填写。').first().waitFor()
  await page.keyboard.press('Escape')
  await editor.waitFor({ state: 'detached' })
  await page.locator('.parts tfoot').getByText('300,000.50').waitFor()
  await page.locator('.parts tfoot').getByText('180,000.00').waitFor()
  await page.getByRole('button', { name: '修改 职工活动支出' }).click()
  await editor.getByLabel('金额').fill('150000')
  await look(page, 'sub-table')
  await editor.getByLabel('金额').press('Enter')
  await page.locator('.parts tfoot').getByText('150,000.00').waitFor()
  await page.getByRole('button', { name: '删除 会费收入' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await page.getByRole('cell', { name: '会费收入', exact: true }).waitFor({ state: 'detached' })
  await page.locator('.history').getByText('林主管').first().waitFor() // who did it, by name
}

async function takes(page, name, besides = async () => {}) {
  await page.locator('.flow').getByRole('button', { name, exact: true }).click()
  await besides(page.getByRole('dialog'))
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await page.getByText(`已办理：${name}`).last().waitFor()
}

/** A nomination goes on the public list, somebody objects there, the objection is answered, and by then it waits for its end. */
async function publicises(lin, sun) {
  await lin.goto(`${site}/registers/nomination/new`)
  await lin.getByLabel('编号').fill('RY-TEST-1')
  await lin.getByLabel('推荐对象').fill('秦小骑')
  await lin.getByLabel('荣誉').selectOption({ index: 1 })
  await lin.keyboard.press('Control+s')
  await lin.getByRole('heading', { name: '秦小骑' }).waitFor()
  const address = lin.url()
  await lin.locator('.flow').getByText('初审 · 审核人').waitFor() // whose turn it is, by the role's name
  await sun.goto(address)
  await takes(sun, '初审')
  await lin.goto(address)
  await takes(lin, '复审')
  await takes(lin, '公示')
  const card = lin.locator('.publicity')
  await card.getByText(/还有 \d+ 天/).waitFor()
  await card.getByText('没有收到异议', { exact: false }).waitFor()
  const [publicPage] = await Promise.all([lin.context().waitForEvent('page'), card.getByRole('link', { name: '公众看到的这一条' }).click()])
  await publicPage.getByLabel('请写明事实').fill('事迹材料与实际不符，请核实。')
  await publicPage.getByRole('button', { name: /提交/ }).click()
  await publicPage.getByText('异议已收到。', { exact: false }).waitFor()
  await publicPage.close()
  await sun.goto(site)
  await sun.getByRole('link', { name: /荣誉推荐/ }).first().waitFor() // it is in the work of who answers
  await sun.goto(address)
  const objection = sun.locator('.publicity .objections li')
  await objection.getByText('事迹材料与实际不符', { exact: false }).waitFor()
  await objection.getByText(/^应答复/).waitFor()
  await look(sun, 'publicity')
  await objection.getByRole('button', { name: '异议不成立' }).click()
  await sun.getByRole('dialog').getByRole('button', { name: '异议不成立' }).click()
  await sun.getByRole('dialog').getByText('必须填写。').waitFor() // no answer, no end
  await sun.getByLabel('答复').fill('经核实，事迹属实，材料已补充。')
  await look(sun, 'objection-answered')
  await sun.getByRole('dialog').getByRole('button', { name: '异议不成立' }).click()
  await objection.getByText('经核实', { exact: false }).waitFor()
}

/** A view kept under a name is there on another computer, and for the colleague it is shared with. */
async function sharesAView(lin, sun) {
  await lin.goto(`${site}/registers/nomination`)
  await lin.getByLabel('在本列表中查找').fill('秦小')
  await lin.getByText('1 条', { exact: true }).waitFor()
  await lin.getByRole('button', { name: '存为视图' }).click()
  await lin.getByLabel('名称').fill('秦家')
  await lin.getByLabel('给同事也用', { exact: false }).check()
  await look(lin, 'save-view')
  await lin.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await lin.getByRole('button', { name: '秦家' }).waitFor()
  await sun.goto(`${site}/registers/nomination`)
  await sun.getByRole('button', { name: /^秦家/ }).click()
  await sun.getByText('1 条', { exact: true }).waitFor()
  assert.equal(await sun.getByLabel('在本列表中查找').inputValue(), '秦小')
}

/** What was delivered is added up as its rows are entered, and the next step is open at once. */
async function addsUpDeliveries(page) {
  await page.goto(`${site}/registers/assistance_contract/new`)
  for (const [label, text] of [['编号', 'HT-TEST-1'], ['采购方', '测试食堂'], ['采购方城市', '南通'], ['金额', '1000'], ['签约日期', '2020-03-01']])
    await page.getByLabel(label).first().fill(text)
  await page.getByLabel('签约场合').selectOption({ index: 1 })
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { name: '测试食堂' }).waitFor()
  await page.getByRole('button', { name: '加一行 交付与结算' }).click()
  const editor = page.locator('.part-editor')
  for (const amount of ['300', '150.50']) {
    await editor.getByLabel('交付日期').fill('2020-04-01')
    await editor.getByLabel('金额').fill(amount)
    await editor.getByLabel('金额').press('Enter')
    await page.getByRole('cell', { name: new RegExp(`^${Number(amount)}`) }).first().waitFor()
  }
  await page.locator('.values').getByText('450.50').waitFor()
  await page.keyboard.press('Escape')
  await look(page, 'sum-of-rows')
  await takes(page, '开始交付')
}

/** Two members leave in one go, asked once when and why; who came only later than that day is told so, and stays chosen. */
async function leavesTogether(page) {
  for (const [place, [name, joined_on]] of [['秦早来', '2019-03-01'], ['秦早到', '2019-04-01'], ['秦晚来', '2020-06-01']].entries()) {
    const number = identityNumber(`6107991990030300${place + 3}`)
    const status = await page.evaluate(async ({ name, joined_on, number }) => {
      const { csrf } = await (await fetch('/api/v1/session')).json()
      const organisation = { key: '汉台区总工会' }
      const values = { organisation, subject: { name, identity_number: number }, joined_on }
      const asked = { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body: JSON.stringify({ values }) }
      return (await fetch('/api/v1/registers/member/records', asked)).status
    }, { name, joined_on, number })
    assert.equal(status, 201)
  }
  await page.goto(`${site}/registers/member?q=秦`)
  const batch = page.getByRole('region', { name: '批量办理' })
  const dialog = page.getByRole('dialog')
  for (const name of ['秦早来', '秦早到', '秦晚来']) await page.getByRole('checkbox', { name: new RegExp(name) }).check()
  await batch.getByRole('button', { name: '通过', exact: true }).click()
  await dialog.getByRole('button', { name: '通过', exact: true }).click()
  await page.getByText('通过：办理 3 条').waitFor()
  for (const name of ['秦早来', '秦早到', '秦晚来']) await page.getByRole('checkbox', { name: new RegExp(name) }).check()
  await batch.getByRole('button', { name: '退会' }).click()
  await dialog.getByRole('button', { name: '退会' }).click()
  await dialog.getByText('必须填写。').first().waitFor()
  await dialog.getByLabel('退会日期').fill('2020-01-31')
  await dialog.getByLabel('退会原因').selectOption({ label: '本人申请' })
  await look(page, 'step-of-many')
  await dialog.getByRole('button', { name: '退会' }).click()
  await page.getByText('退会：办理 2 条').waitFor()
  await dialog.getByText('退会不能早于入会').waitFor()
  assert.equal(await dialog.getByRole('rowheader').count(), 1)
  await look(page, 'step-of-many-refused')
  await dialog.getByRole('button', { name: '知道了' }).click()
  await batch.getByText('已选 1 条').waitFor()
}

/** The poster of a union: made, given a last day, printed as one sheet, replaced, withdrawn. */
async function printsAPoster(page) {
  await page.goto(`${site}/registers/union?q=汉台区总工会`)
  await page.locator('tbody a').first().click()
  await page.getByRole('link', { name: '入会海报' }).click()
  await page.getByRole('button', { name: '生成入会码' }).click()
  const poster = page.locator('.poster')
  await poster.getByRole('img', { name: /入会二维码$/ }).waitFor()
  const link = await poster.locator('.poster-link').innerText()
  await page.getByLabel('有效至').fill('2099-12-31')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await poster.getByText('有效至 2099年12月31日').waitFor()
  await look(page, 'poster')
  const sheets = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page\b/g)
  assert.equal(sheets.length, 1, 'the poster is one sheet')
  const scanned = await page.context().newPage()
  await scanned.goto(link)
  await scanned.getByRole('heading', { name: /^加入 / }).waitFor()
  await page.getByRole('button', { name: '换一个码' }).click()
  await page.getByRole('button', { name: '更换' }).click()
  await page.waitForFunction((old) => document.querySelector('.poster-link')?.textContent !== old, link)
  await page.getByRole('button', { name: '停用' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
  await page.getByText('还没有入会码').waitFor()
  await scanned.close()
}

// ---- all of them

const users = {
  lin: { title: '林主管', roles: ['clerk', 'manager', 'second_reviewer', 'union_chair'] },
  sun: { title: '孙审核', roles: ['reviewer'] },
}
await inCity('forms', users, async (city) => {
  ;({ site, look } = city)
  const lin = await city.signIn('lin')
  const budget = await keepsPapers(lin)
  await refusesAProgram(lin)
  await entersLines(lin, budget)
  await revealsAReceipt(lin)
  const sun = await city.signIn('sun')
  await publicises(lin, sun)
  await sharesAView(lin, sun)
  await addsUpDeliveries(lin)
  await leavesTogether(lin)
  await printsAPoster(lin)
})
