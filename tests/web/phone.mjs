// The phone pages in Chromium, from a poster's code to a drawn prize: node tests/web/phone.mjs PROGRAM [FOLDER FOR PICTURES]
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const program = process.argv[2]
const pictures = process.argv[3]
const folder = mkdtempSync(join(tmpdir(), 'zhijia-phone-'))
const port = 8100 + Math.floor(Math.random() * 800)
const site = `http://127.0.0.1:${port}`
const site_options = ['--db', `sqlite:${folder}/db`, '--vault', `${folder}/vault`]
const first_load_max = 150 * 1024

// ---- a small federation, made over the command line and the interface, as staff would

const run = (words, input) => execFileSync(program, [...site_options, ...words], { input, encoding: 'utf8' })
writeFileSync(join(folder, 'union.csv'), '编号,工会名称,县区,层级,类型,成立日期\nU1,汉台快递行业工会,汉台区,基层,行业工会,2020-01-01\n')
run(['import', '--register', 'union', join(folder, 'union.csv')])
run(['user', 'add', 'second', '--grant', 'second_reviewer'], 'a first passphrase\n')
run(['user', 'add', 'staff', '--grant', 'clerk', '--grant', 'manager', '--grant', 'union_chair', '--grant', 'reviewer'], 'a first passphrase\n')

let cookie = ''
let csrf = ''
async function staff(method, path, body, version) {
  const headers = { Accept: 'application/json', Cookie: cookie, 'X-CSRF-Token': csrf }
  if (body) headers['Content-Type'] = 'application/json'
  if (version) headers['If-Match'] = `"${version}"`
  const response = await fetch(`${site}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })
  const text = await response.text()
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
  if (response.headers.get('set-cookie')) cookie = response.headers.get('set-cookie').split(';')[0]
  return text ? JSON.parse(text) : null
}
async function signIn(name) {
  cookie = ''
  csrf = (await staff('POST', '/session', { name, password: 'a first passphrase' })).csrf
  await staff('POST', '/session/password', { old: 'a first passphrase', new: 'a passphrase of his own' })
}
/** What is for another to do: he signs in, does it, and the first goes on. */
async function byAnother(name, work) {
  const before = [cookie, csrf]
  await signIn(name)
  const done = await work()
  ;[cookie, csrf] = before
  return done
}
const create = (register, values) => staff('POST', `/registers/${register}/records`, { values })
const digits = (seventeen) => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return seventeen + '10X98765432'[weights.reduce((sum, weight, i) => sum + weight * Number(seventeen[i]), 0) % 11]
}
const rider = { name: '秦小骑', identity_number: digits('61079919920304001'), phone: '13900000001', password: 'riding all day' }

async function begin() {
  const server = spawn(program, [...site_options, 'serve', '--port', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] })
  server.stderr.on('data', (text) => process.env.VERBOSE && process.stderr.write(text))
  for (let i = 0; i < 200; i += 1) {
    if (await fetch(`${site}/healthz`).then((r) => r.ok, () => false)) break
    await new Promise((done) => setTimeout(done, 100))
  }
  await signIn('staff')
  return server
}

// ---- what every page must stand

const shown = new Set()
async function look(page, name) {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 150)))
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.evaluate(axe)
    const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
    const faults = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`)
    assert.deepEqual(faults, [], `${name}, ${scheme}`)
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${scheme}-${page.viewportSize().width}.png`), fullPage: true })
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(wide <= 0, `${name} is ${wide} px wider than the screen`)
  shown.add(name)
}

async function firstLoad(browser) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  let bytes = 0
  devtools.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength))
  await page.goto(`${site}/m/`, { waitUntil: 'networkidle' })
  await page.getByRole('link', { name: '登录' }).waitFor()
  await context.close()
  assert.ok(bytes <= first_load_max, `the first load is ${bytes} bytes`)
  return bytes
}

// ---- the journeys

async function joins(page, union) {
  const { code } = await staff('POST', `/unions/${union.id}/join-code`)
  await page.goto(`${site}/m/join/${code}`)
  await page.getByRole('heading', { name: '加入 汉台快递行业工会' }).waitFor()
  await look(page, 'join')
  await page.getByRole('textbox', { name: '姓名' }).fill(rider.name)
  await page.getByRole('textbox', { name: '身份证号' }).fill('610799199203040011')
  await page.getByRole('textbox', { name: '手机号' }).fill(rider.phone)
  await page.getByLabel(/密码/).fill(rider.password)
  await page.getByLabel('职业').selectOption('courier')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: '提交入会申请' }).click()
  await page.getByText('校验').first().waitFor() // a mistyped number is told beside its field
  await page.getByRole('textbox', { name: '身份证号' }).fill(rider.identity_number)
  await page.getByRole('button', { name: '提交入会申请' }).click()
  await page.getByText('已申请加入').waitFor()
  await look(page, 'home-unconfirmed')

  const member = (await staff('GET', '/registers/member/records?where=' + encodeURIComponent('state = "applied"'))).items[0]
  await staff('POST', `/registers/member/records/${member.id}/steps/admit`, undefined, member.version)
  const issued = await staff('POST', `/members/${member.id}/sign-up-code`)
  await page.goto(`${site}/m/account`)
  await page.getByLabel('确认码').fill(issued.code)
  await page.getByRole('button', { name: '确认' }).click()
  await page.getByRole('img', { name: '会员证二维码' }).waitFor()
  await look(page, 'card')
  await page.goto(`${site}/m/`)
  await page.getByText('汉台快递行业工会').waitFor()
  await look(page, 'home')
}

async function claims(page) {
  await create('aid_plan', { code: 'P1', name: '住院医疗互助', price: '60.00' })
  await page.goto(`${site}/m/new/claim`)
  await page.getByLabel('计划').selectOption({ label: '住院医疗互助' })
  await page.getByLabel('结算单号').fill('S-2026-1')
  await page.getByLabel('出险日期').fill('2026-01-05')
  await look(page, 'claim-1')
  await page.waitForTimeout(600)
  await page.reload() // what was filled in is still there
  assert.equal(await page.getByLabel('结算单号').inputValue(), 'S-2026-1')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel(/自付金额/).fill('1200.50')
  await look(page, 'claim-2')
  await page.getByRole('button', { name: '下一步' }).click()
  const photograph = (name) => page.screenshot({ type: 'jpeg' }).then((buffer) => ({ name, mimeType: 'image/jpeg', buffer }))
  await page.getByLabel('材料照片').setInputFiles([await photograph('结算单.jpg'), await photograph('病历.jpg')])
  await page.getByRole('img', { name: '病历.jpg' }).waitFor()
  await look(page, 'claim-photos')
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('已申请').first().waitFor()
  await page.getByText('1,200.50').waitFor()
  await page.getByRole('img', { name: '结算单.jpg' }).waitFor()
  assert.equal(await page.getByRole('img', { name: /\.jpg$/ }).count(), 2)
  await page.getByLabel('补充照片').setInputFiles(await photograph('费用清单.jpg'))
  await page.getByRole('img', { name: '费用清单.jpg' }).waitFor()
  const shown = await page.getByRole('img', { name: '费用清单.jpg' }).evaluate((img) => img.decode().then(() => img.naturalWidth))
  assert.ok(shown > 0, 'the picture comes back')
  await look(page, 'claim-made')
  await page.getByRole('button', { name: '撤回' }).click()
  await page.getByText('已撤回').first().waitFor()
}

async function asksWithoutNetwork(page, context) {
  await page.goto(`${site}/m/new/help_request`)
  await page.getByRole('radio', { name: '拖欠工资' }).check()
  await page.getByLabel('情况说明').fill('两个月没有发工资了，腿也摔伤了。')
  await look(page, 'help')
  await context.setOffline(true)
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('现在没有网络').waitFor()
  await look(page, 'help-kept')
  await context.setOffline(false)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  for (let i = 0; i < 50; i += 1) {
    const { items } = await staff('GET', '/registers/help_request/records')
    if (items.length) {
      assert.equal(items.length, 1)
      return
    }
    await page.waitForTimeout(100)
  }
  assert.fail('what was kept was not sent')
}

async function signsUpForCourse(page) {
  const course = await create('course', { code: 'K1', name: '电工初级班', form: 'classroom', starts_on: '2026-12-01', ends_on: '2026-12-20' })
  await page.goto(`${site}/m/open/course`)
  await page.getByRole('link', { name: /电工初级班/ }).click()
  await look(page, 'course')
  await page.getByRole('link', { name: '报名与结业' }).click()
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('已报名').first().waitFor()
  return course
}

async function answersAndChecksTheDraw(page) {
  const quiz = await create('quiz', { code: 'Q1', name: '安全知识答题', opens_on: '2020-01-01', closes_on: '2099-01-01', pass_score: 60, places: 2, randomness: '某期福利彩票开奖号码' })
  await create('quiz_question', { quiz: { key: 'Q1' }, number: 1, question: '骑行时应当？', a: '戴头盔', b: '看手机', right: 'a' })
  await create('quiz_question', { quiz: { key: 'Q1' }, number: 2, question: '受伤后应当？', a: '忍着', b: '就医并告诉工会', right: 'b' })
  const step = async (name, body = {}) => {
    const { version } = await staff('GET', `/registers/quiz/records/${quiz.id}`)
    return staff('POST', `/quizzes/${quiz.id}/steps/${name}`, body, version)
  }
  const opened = await step('open')
  await page.goto(`${site}/m/quiz/${quiz.id}`)
  await page.getByRole('radio', { name: '戴头盔' }).check()
  await page.getByRole('radio', { name: '就医并告诉工会' }).check()
  await look(page, 'quiz')
  await page.getByRole('button', { name: '交卷（每人一次）' }).click()
  await page.getByText('得分 100').waitFor()
  await look(page, 'quiz-done')
  await step('freeze')
  const drawn = await step('draw', { random_value: '07 11 23 30' })
  assert.equal(drawn.commitment, opened.commitment)
  await page.goto(`${site}/m/quiz/${quiz.id}`)
  await page.getByText('第 1 名').waitFor()
  await page.getByRole('link', { name: '验证抽奖' }).click()
  await page.getByText('抽奖无误').waitFor()
  await page.getByText('← 是您').waitFor()
  await look(page, 'draw')
  const file = join(folder, 'draw.json')
  writeFileSync(file, await (await fetch(`${site}/api/v1/public/draws/${quiz.id}`)).text())
  assert.match(run(['draw', 'verify', file]), /1 entries, 1 winners/)
}

async function objects(page) {
  let { id, version } = await create('nomination', { code: 'N1', nominee: '李阿姨', honour: 'national_model' })
  const step = async (name) => ({ version } = await staff('POST', `/registers/nomination/records/${id}/steps/${name}`, undefined, version))
  await step('review')
  await byAnother('second', () => step('confirm'))
  await step('publicise')
  await page.goto(`${site}/m/publicity`)
  await look(page, 'publicity')
  await page.locator('.list a').first().click()
  await page.getByLabel('请写明事实').fill('这位同志去年已经调离。')
  await look(page, 'objection')
  await page.getByRole('button', { name: '提交异议' }).click()
  await page.getByText('异议已收到').waitFor()
}

async function looksAround(page) {
  for (const [name, path] of [['sign-in', '/sign-in'], ['sign-up', '/sign-up'], ['jobs', '/open/job'], ['news', '/open/news'], ['honours', '/open/honour'], ['mine-claim', '/mine/claim'], ['mine-learning', '/mine/learning'], ['drafts', '/drafts'], ['nowhere', '/no/such/page']]) {
    await page.goto(`${site}/m${path}`)
    await page.locator('h1').first().waitFor()
    await look(page, name)
  }
  await page.goto(`${site}/m/`)
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Hello, 秦小骑' }).waitFor()
  await look(page, 'home-english')
}

let server
let browser
try {
  server = await begin()
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const bytes = await firstLoad(browser)
  const union = (await staff('GET', '/registers/union/records')).items[0]
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: 'zh-CN' })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints = []
  page.on('console', (message) => message.type() === 'error' && !/status of (401|404|422)|ERR_INTERNET_DISCONNECTED/.test(message.text()) && complaints.push(message.text()))
  page.on('pageerror', (fault) => complaints.push(String(fault)))
  page.on('request', (request) => request.url().startsWith('http') && assert.ok(request.url().startsWith(site), request.url()))
  await page.goto(`${site}/m/`)
  await look(page, 'home-stranger')
  await joins(page, union)
  await claims(page)
  await asksWithoutNetwork(page, context)
  await signsUpForCourse(page)
  await answersAndChecksTheDraw(page)
  await objects(page)
  await looksAround(page)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(`${site}/m/`)
  await look(page, 'home-wide')
  assert.deepEqual(complaints, [])
  console.log(`phone pages: first load ${bytes} bytes, ${shown.size} pages without a fault of axe in light and dark`)
} finally {
  await browser?.close()
  server?.kill()
  rmSync(folder, { recursive: true, force: true })
}
