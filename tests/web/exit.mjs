// A family's way in the pages, from application to exit: node tests/web/exit.mjs PROGRAM [FOLDER FOR PICTURES]
// A worker asks on his phone, two visit, the county decides, a neighbour objects and is right, the city approves, help is
// paid; a year later the re-check says that they are out, two sign, the household is told, and its page tells it all.
import assert from 'node:assert/strict'
import { identityNumber, inCity } from './support/city.mjs'

const worker = { name: '秦小骑', number: identityNumber('61079919920304999'), phone: '13900000001', password: 'riding all day' }
const days = { applied: 0, objected: 1, approved: 14, rechecked: 400, closed: 414 } // after today

let city, site, look
const pages = {}
let passed = 0
const day = (after) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10)
const year = (after) => Number(day(after).slice(0, 4))

/** The user's own browser, signed in on the day that it is. */
async function as(user) {
  const held = (pages[user] ??= { page: await city.signIn(user), since: passed })
  if (held.since !== passed) await city.signInAgain(held.page, user)
  held.since = passed
  return held.page
}
async function later(days) {
  passed = days
  await city.later(days)
}

// ---- what staff do all day in the console

/** Of one's own session: what no page of the console has a button for. */
const call = (page, method, path) =>
  page.evaluate(
    async ([method, path]) => {
      const { csrf } = await (await fetch('/api/v1/session')).json()
      const answer = await fetch('/api/v1' + path, { method, headers: { 'X-CSRF-Token': csrf, 'If-Match': '"1"' } })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    [method, path],
  )

/** Types a value into the control that its field has. */
async function enter(page, name, value) {
  const field = page.locator(`[data-field=${name}]`).locator('input, select, textarea').first()
  const tag = await field.evaluate((each) => each.tagName)
  if (Array.isArray(value)) {
    await field.fill(value[0])
    await field.locator('xpath=following-sibling::input').fill(value[1])
  } else if (tag === 'SELECT') await field.selectOption({ label: value })
  else if ((await field.getAttribute('role')) === 'combobox') {
    await field.fill(value)
    if (!value) return // all that may be chosen stands open
    await page.getByRole('option').filter({ hasText: value }).first().click()
  } else await field.fill(value)
}

async function save(page, values) {
  for (const [name, value] of Object.entries(values)) await enter(page, name, value)
  await page.keyboard.press('Control+s')
  await page.waitForURL(/\/registers\/\w+\/\d+$/)
  await page.getByRole('heading', { name: '经过' }).waitFor()
  return page.url().slice(site.length)
}
async function create(page, register, values) {
  await page.goto(`${site}/registers/${register}/new`)
  return save(page, values)
}
async function change(page, record, values) {
  await page.goto(`${site}${record}/edit`)
  return save(page, values)
}
async function step(page, record, name, reason) {
  await page.goto(site + record)
  await page.getByRole('button', { name, exact: true }).click()
  if (reason) await page.getByRole('dialog').getByLabel('原因').fill(reason)
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await page.getByText(`已办理：${name}`).waitFor()
}
const state = (page, title) => page.locator('.page-head .chip', { hasText: title }).waitFor()
const idOf = (record) => record.split('/').at(-1)

// ---- in

/** A member of a union, whom its clerk has confirmed. */
async function joins(phone) {
  const clerk = await as('clerk')
  const union = (await call(clerk, 'GET', '/registers/union/records?limit=1&where=' + encodeURIComponent('name = "汉台区总工会"'))).items[0]
  const { code } = await call(clerk, 'POST', `/unions/${union.id}/join-code`)
  await phone.goto(`${site}/m/join/${code}`)
  await phone.getByRole('textbox', { name: '姓名' }).fill(worker.name)
  await phone.getByRole('textbox', { name: '身份证号' }).fill(worker.number)
  await phone.getByRole('textbox', { name: '手机号' }).fill(worker.phone)
  await phone.getByLabel(/密码/).fill(worker.password)
  await phone.getByRole('checkbox').check()
  await phone.getByRole('button', { name: '提交入会申请' }).click()
  await phone.getByText('已申请加入').waitFor()
  const member = (await call(clerk, 'GET', '/registers/member/records?where=' + encodeURIComponent('state = "applied"'))).items[0]
  await step(clerk, `/registers/member/${member.id}`, '通过')
  const issued = await call(clerk, 'POST', `/members/${member.id}/sign-up-code`)
  await phone.goto(`${site}/m/account`)
  await phone.getByLabel('确认码').fill(issued.code)
  await phone.getByRole('button', { name: '确认' }).click()
  await phone.getByRole('img', { name: '会员证二维码' }).waitFor()
}

async function applies(phone) {
  await phone.goto(`${site}/m/`)
  await phone.getByRole('link', { name: /申请困难帮扶/ }).click()
  await phone.getByRole('radio', { name: '疾病' }).check()
  await phone.getByLabel('家里的情况').fill('摔伤后三个月没有跑单，还在做康复。')
  await phone.getByLabel(/全家每月收入/).fill('750')
  await phone.getByLabel(/近一年自付医疗费/).fill('12000')
  await look(phone, 'apply', 'phone')
  await phone.getByRole('button', { name: '下一步' }).click()
  await phone.getByLabel('居住县区').selectOption({ label: '汉台区' })
  await phone.getByLabel('联系电话').fill(worker.phone)
  await phone.getByRole('checkbox', { name: /同意工会/ }).check()
  for (let i = 0; i < 3 && (await phone.getByRole('button', { name: '下一步' }).count()); i += 1) await phone.getByRole('button', { name: '下一步' }).click()
  await phone.getByLabel('材料照片').setInputFiles({ name: '病历.jpg', mimeType: 'image/jpeg', buffer: await phone.screenshot({ type: 'jpeg' }) })
  await phone.getByRole('img', { name: '病历.jpg' }).waitFor()
  await phone.getByRole('button', { name: '提交' }).click()
  await phone.getByText('已申请').first().waitFor()
  await look(phone, 'applied', 'phone')
  return `/registers/difficulty_application/${phone.url().split('/').at(-1)}`
}

/** The union takes it up, opens the file, and two of it visit: their form is filled in on a phone. */
async function takesUp(clerk, application) {
  await step(clerk, application, '受理')
  const file = await create(clerk, 'difficulty_file', { subject: [worker.name, worker.number], code: 'DA-EXIT', region: '汉台区', cause: '疾病', kind: '相对困难', address: '汉台区东关街道', phone: worker.phone })
  await create(clerk, 'difficulty_file_income', { part_of: 'DA-EXIT', year: String(year(0) - 1), source: '工资', amount: '9,000.00' })
  await create(clerk, 'difficulty_file_needs', { part_of: 'DA-EXIT', need: '医疗救助' })
  await look(clerk, 'part')
  const period = await create(clerk, 'difficulty_period', { file: 'DA-EXIT', number: '1', region: '汉台区', cause: '疾病', applied_on: day(0), channel: '手机自助', consent: '是', statement: '工伤后没有收入' })
  await step(clerk, application, '建档')
  await clerk.setViewportSize({ width: 390, height: 844 })
  await clerk.goto(`${site}/m/survey`)
  await clerk.getByLabel('档案号').fill('DA-EXIT')
  await clerk.getByLabel('调查日期').fill(day(0))
  await clerk.getByLabel('调查人', { exact: true }).fill('赵敏')
  await clerk.getByLabel('第二调查人').fill('孙立')
  await clerk.getByLabel('调查情况').fill('一人居住，正在康复，无其他收入。')
  assert.ok(await clerk.getByLabel('情况属实').isChecked(), 'a box left alone says what the pack takes for granted')
  await clerk.getByLabel('入户照片').setInputFiles({ name: '门前.jpg', mimeType: 'image/jpeg', buffer: await clerk.screenshot({ type: 'jpeg' }) })
  await clerk.getByText('门前.jpg').waitFor()
  await look(clerk, 'survey', 'phone')
  await clerk.getByRole('button', { name: '完成' }).click()
  await clerk.getByText('已送达。').waitFor()
  await clerk.setViewportSize({ width: 1280, height: 800 })
  const survey = (await call(clerk, 'GET', `/registers/household_survey/records?linked=file:${idOf(file)}`)).items[0]
  assert.equal(survey.values.photos.length, 1, 'the photograph followed the form')
  await change(clerk, period, { survey: survey.label })
  await step(clerk, period, '基层核实')
  return { file, period }
}

/** The county's: the model's word, and onto the public list. What the clerk enters another reviews. */
async function decides(period, values) {
  const clerk = await as('clerk')
  const decision = await create(clerk, 'difficulty_decision', { file: 'DA-EXIT', ...values })
  await clerk.goto(`${site}${period}/edit`)
  const field = values.purpose === '销号' ? 'closing_decision' : 'decision'
  await enter(clerk, field, '')
  await clerk.getByRole('option', { name: values.decided_on }).click() // of this file's only, told apart by their days
  await save(clerk, {})
  return decision
}

async function reviews(period, on) {
  const decision = await decides(period, { decided_on: on, year: String(year(0) - 1), purpose: '建档' })
  const reviewer = await as('reviewer')
  await step(reviewer, period, '县区审核')
  await state(reviewer, '公示中')
  return decision
}

/** A neighbour knows of a rent that was forgotten. */
async function objects() {
  const stranger = await city.open('phone')
  await stranger.goto(`${site}/m/publicity`)
  await stranger.getByRole('link', { name: /秦/ }).first().waitFor()
  await look(stranger, 'public-list', 'phone')
  assert.ok(!(await stranger.locator('main').innerText()).includes(worker.name), 'names are masked on the public list')
  await stranger.getByRole('link', { name: /秦/ }).first().click()
  await stranger.getByLabel('请写明事实').fill('他把老房子租出去了，一个月有两百元租金。')
  await look(stranger, 'objection', 'phone')
  await stranger.getByRole('button', { name: '提交异议' }).click()
  await stranger.getByText('异议已收到').waitFor()
}

async function upholds(period) {
  const reviewer = await as('reviewer')
  await reviewer.goto(site)
  await reviewer.locator('a.tile', { hasText: '异议' }).first().click()
  await reviewer.locator('tbody a').first().click()
  await reviewer.getByText('他把老房子租出去了', { exact: false }).first().waitFor()
  const objection = reviewer.url().slice(site.length)
  await change(reviewer, objection, { answer: '属实，退回重新核实。' })
  await step(reviewer, objection, '异议成立')
  await look(reviewer, 'upheld')
  await step(reviewer, period, '退回', '异议成立：有租金收入')
}

// ---- help, and out

async function isHelped() {
  const manager = await as('manager')
  await create(manager, 'help_programme', { code: 'BF-YL', name: '大病医疗救助', need: '医疗救助', kind: '医疗救助', deep_amount: '3,000.00', relative_amount: '2,000.00', accidental_amount: '2,000.00', starts_on: day(0), ends_on: day(300) })
  const clerk = await as('clerk')
  await clerk.goto(`${site}/help`)
  await clerk.getByLabel('发放日期').fill(day(passed))
  await clerk.getByRole('button', { name: '列出' }).click()
  await clerk.getByLabel('DA-EXIT 大病医疗救助').check()
  const answered = clerk.waitForResponse((answer) => answer.url().endsWith('/relief/help/awards'))
  await clerk.getByRole('button', { name: '生成待审批记录' }).click()
  const { awards } = await (await answered).json()
  const award = `/registers/help_award/${awards[0]}`
  await step(await as('approver'), award, '批准')
  await change(clerk, award, { paid_on: day(passed), receipt: 'QS-EXIT' })
  const cashier = await as('cashier')
  await step(cashier, award, '发放')
  await state(cashier, '已发放')
  await look(cashier, 'paid')
}

/** He works again: the year's income says so, and so does the re-check. */
async function isRechecked() {
  const clerk = await as('clerk')
  await create(clerk, 'difficulty_file_income', { part_of: 'DA-EXIT', year: String(year(passed) - 1), source: '工资', amount: '60,000.00' })
  const manager = await as('manager')
  await manager.goto(`${site}/recheck`)
  await manager.getByLabel('参数日期').fill(day(passed))
  await manager.getByLabel('收支年度').fill(String(year(passed) - 1))
  await manager.getByRole('button', { name: '试算复核' }).click()
  await manager.getByRole('row', { name: /DA-EXIT/ }).waitFor() // among those no longer within the rules
  await look(manager, 'out')
}

async function isClosed(period) {
  await decides(period, { decided_on: day(passed), year: String(year(passed) - 1), purpose: '销号' })
  const clerk = await as('clerk')
  await change(clerk, period, { closing: '解困脱困', evidence: '劳动合同与十二个月工资流水', told_on: day(passed) })
  await step(clerk, period, '提出销号')
  await step(await as('reviewer'), period, '县区签字')
  await later(days.closed)
  await change(await as('clerk'), period, { closed_on: day(passed) })
  const approver = await as('approver')
  await step(approver, period, '市级签字销号')
  await state(approver, '已销号')
  await look(approver, 'closed')
}

/** The family's page has it all, in the order of time. */
async function tells(file) {
  const clerk = await as('clerk')
  await clerk.goto(site + file)
  await clerk.locator('a[href^="/households/"]').first().click()
  await clerk.getByRole('heading', { name: `${worker.name}家庭` }).waitFor()
  await clerk.getByText('累计发放 2,000.00 元').waitFor()
  const told = await clerk.locator('section', { has: clerk.getByRole('heading', { name: '经过' }) }).innerText()
  for (const each of ['困难职工在档期', '已销号', '入户调查', '困难认定', '帮扶记录', '已发放', '困难帮扶申请']) assert.ok(told.includes(each), `the page tells of ${each}:\n${told}`)
  assert.equal((await clerk.locator('.history li').filter({ hasText: '困难认定' }).count()), 3)
  await look(clerk, 'family')
}

const users = {
  clerk: { title: '赵敏', roles: ['clerk', 'union_chair'] },
  reviewer: { title: '李审核', roles: ['reviewer', 'clerk'] },
  approver: { title: '钱审批', roles: ['approver'] },
  cashier: { title: '陈出纳', roles: ['cashier'] },
  manager: { title: '周主任', roles: ['manager'] },
}
await inCity('exit', users, async (given) => {
  city = given
  ;({ site, look } = city)
  for (const user of Object.keys(users)) await as(user) // a first password lives for three days
  const phone = await city.open('phone')
  await joins(phone)
  const application = await applies(phone)
  const { file, period } = await takesUp(await as('clerk'), application)
  await reviews(period, day(0))
  await objects()
  await later(days.objected)
  await upholds(period)
  await create(await as('clerk'), 'difficulty_file_income', { part_of: 'DA-EXIT', year: String(year(0) - 1), source: '租金', amount: '2,400.00' })
  await step(await as('clerk'), period, '基层核实')
  await reviews(period, day(passed))
  await later(days.approved)
  await change(await as('clerk'), period, { opened_on: day(passed) })
  const approver = await as('approver')
  await step(approver, period, '市级批准')
  await state(approver, '在档')
  await isHelped()
  await later(days.rechecked)
  await isRechecked()
  await isClosed(period)
  await tells(file)
})
