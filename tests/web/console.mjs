// The console in Chromium, over the demonstration city: node tests/web/console.mjs PROGRAM [FOLDER FOR PICTURES]
// From a first password to a paid claim, a review's figure to its records, a workbook with faults to its records.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const program = process.argv[2]
const pictures = process.argv[3]
const folder = mkdtempSync(join(tmpdir(), 'zhijia-console-'))
const port = 8900 + Math.floor(Math.random() * 800)
const site = `http://127.0.0.1:${port}`
const of_site = ['--db', `sqlite:${folder}/demo.db`, '--vault', `${folder}/demo.vault`]

// ---- the demonstration city, and three who work in it

const run = (words, input) => execFileSync(program, words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] })
const began = Date.now()
run(['demo', '--no-serve', '--out', folder])
const addUser = (name, title, roles) =>
  run([...of_site, 'user', 'add', name, '--title', title, ...roles.map((role) => `--grant=${role}`)], 'a first passphrase\n')
addUser('lin', '林主管', ['clerk', 'manager', 'adjudicator', 'union_chair'])
addUser('chen', '陈出纳', ['cashier'])

async function begin() {
  const server = spawn(program, [...of_site, 'serve', '--year', '2020', '--port', String(port)], { stdio: 'ignore' })
  for (let i = 0; i < 300; i += 1) {
    if (await fetch(`${site}/healthz`).then((answer) => answer.ok, () => false)) return server
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('the program does not answer')
}

const digits = (seventeen) => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return seventeen + '10X98765432'[weights.reduce((sum, weight, i) => sum + weight * Number(seventeen[i]), 0) % 11]
}

// ---- what every page must stand

const widths = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const looked = new Set()
async function look(page, name) {
  for (const [kind, size] of Object.entries(widths))
    for (const scheme of ['light', 'dark']) {
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme: scheme })
      await page.waitForTimeout(250) // colours turn by transitions
      await page.evaluate(axe + ';0') // its value would be copied out, for a minute
      const found = await page.evaluate(() =>
        window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
      )
      const faults = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(' | ')}`)
      assert.deepEqual(faults, [], `${name}, ${kind}, ${scheme}`)
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(wider <= 0, `${name}, ${kind}: ${wider} px wider than the screen`)
      if (pictures && scheme === 'light') await page.screenshot({ path: join(pictures, `${name}-${kind}.png`) })
    }
  await page.setViewportSize(widths.desktop)
  await page.emulateMedia({ colorScheme: 'light' })
  looked.add(name)
}

// ---- the journeys

async function signsIn(page, name) {
  await page.goto(site)
  await page.getByLabel('账号').waitFor()
  if (name === 'lin') await look(page, 'sign-in')
  await page.getByLabel('账号').fill(name)
  await page.getByLabel('密码').fill('a first passphrase')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { name: '先设一个自己的密码' }).waitFor()
  if (name === 'lin') await look(page, 'first-password')
  await page.getByLabel('现在的密码').fill('a first passphrase')
  await page.getByLabel('新密码', { exact: true }).fill('a second passphrase')
  await page.getByLabel('再填一次新密码').fill('a second passphrase')
  await page.getByRole('button', { name: '更换密码' }).click()
  await page.getByRole('heading', { name: '等我办理' }).waitFor()
}

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
  await page.goto(`${site}/search?q=zw`)
  await page.getByRole('heading', { name: '会员入会' }).waitFor()
  await look(page, 'search')
}

const person = { name: '秦小骑', number: digits('61079919301231998') }

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
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { name: 'LP-TEST-1' }).waitFor()
  await page.getByText('1,200.50').first().waitFor()
  await look(page, 'claim')
  await step(page, '核定')
  await page.getByText('已核定').first().waitFor()
  return page.url()
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
  await page.getByRole('button', { name: '启用' }).click()
  await page.getByRole('img', { name: '用验证器扫描的二维码' }).waitFor()
  await look(page, 'account')
}

/** Nothing is written: as it is decides as it does, and a multiple of everything changes something or says that nothing does. */
async function triesPolicy(page) {
  await page.goto(`${site}/policy`)
  await page.getByLabel('相对困难倍数').fill('3')
  await page.getByRole('button', { name: '试算' }).click()
  await page.getByText('在档家庭').waitFor()
  await look(page, 'policy')
}

// ---- all of them

const server = await begin()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
try {
  const complaints = []
  const open = async () => {
    const page = await (await browser.newContext({ locale: 'zh-CN', viewport: widths.desktop })).newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (fault) => complaints.push(String(fault)))
    page.on('console', (said) => /Content Security Policy/.test(said.text()) && complaints.push(said.text()))
    page.on('request', (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(site) || complaints.push('another origin: ' + request.url()))
    return page
  }
  const lin = await open()
  const chen = await open()
  await signsIn(lin, 'lin')
  await signsIn(chen, 'chen')
  await seesWork(lin)
  await drillsDown(lin)
  await finds(lin)
  const claim = await claims(lin)
  await pays(chen, claim)
  await seesFigures(lin)
  await triesPolicy(lin)
  await readsAccount(lin)
  assert.deepEqual(complaints, [])
  console.log(`console: ${looked.size} pages at two widths in two colours, ${Math.round((Date.now() - began) / 1000)} s`)
} finally {
  await browser.close()
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}
