// The demonstration city served to a browser: what every journey of the console stands on.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(new URL('../../../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const widths = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const first_password = 'a first passphrase'
export const password = 'a second passphrase'

/** An identity number of nobody: seventeen places and the check digit that goes with them. */
export function identityNumber(seventeen) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return seventeen + '10X98765432'[weights.reduce((sum, weight, i) => sum + weight * Number(seventeen[i]), 0) % 11]
}

// $LIB is the loader's own word for this machine's folder of libraries.
const faketime = '/usr/$LIB/faketime/libfaketimeMT.so.1'

/** Serves; with `days`, as if so many had passed (Debian's faketime: the program believes it, the browser does not). */
async function serve(program, words, site, days = 0) {
  const server = spawn(program, words, {
    stdio: ['ignore', 'ignore', process.env.VERBOSE ? 'inherit' : 'ignore'],
    env: days ? { ...process.env, LD_PRELOAD: faketime, FAKETIME: `+${days}d`, FAKETIME_DONT_FAKE_MONOTONIC: '1' } : process.env,
  })
  for (let i = 0; i < 300; i += 1) {
    if (await fetch(`${site}/healthz`).then((answer) => answer.ok, () => false)) return server
    await new Promise((done) => setTimeout(done, 100))
  }
  server.kill()
  throw new Error('the program does not answer')
}

/**
 * Runs a journey: `work` is given the city, whose users ({ lin: { title, roles } }) have a first password each.
 * What the browser complains of (a script's fault, what the policy forbids, another origin) fails it at its end.
 */
export async function inCity(name, users, work, { debugging_port } = {}) {
  const [program, pictures] = process.argv.slice(2)
  const folder = mkdtempSync(join(tmpdir(), `zhijia-${name}-`))
  const site = `http://127.0.0.1:${8100 + Math.floor(Math.random() * 1600)}`
  const ofSite = ['--db', `sqlite:${folder}/demo.db`, '--vault', `${folder}/demo.vault`]
  const run = (words, input) => execFileSync(program, words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', process.env.VERBOSE ? 'inherit' : 'pipe'] })
  const began = Date.now()
  const complaints = []
  const looked = new Set()
  let server, browser

  async function open(kind = 'desktop') {
    const page = await (await browser.newContext({ locale: 'zh-CN', viewport: widths[kind] })).newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (fault) => complaints.push(String(fault)))
    page.on('console', (said) => /Content Security Policy/.test(said.text()) && complaints.push(said.text()))
    page.on('request', (request) => {
      const url = request.url()
      if (!/^(data|blob):/.test(url) && !url.startsWith(site)) complaints.push('another origin: ' + url)
    })
    return page
  }

  /** axe, both widths (or the one named) and both colours; nothing is wider than the screen. */
  async function look(page, title, only) {
    const before = page.viewportSize()
    for (const [kind, size] of Object.entries(widths).filter(([kind]) => !only || kind === only))
      for (const scheme of ['light', 'dark']) {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme: scheme })
        await page.waitForTimeout(250) // colours turn by transitions
        await page.evaluate(axe + ';0') // its value would be copied out, for a minute
        const found = await page.evaluate(() =>
          window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
        )
        const faults = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(' | ')}`)
        assert.deepEqual(faults, [], `${title}, ${kind}, ${scheme}`)
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(wider <= 0, `${title}, ${kind}: ${wider} px wider than the screen`)
        if (pictures) await page.screenshot({ path: join(pictures, `${title}-${kind}${scheme === 'dark' ? '-dark' : ''}.png`) })
      }
    await page.setViewportSize(before)
    await page.emulateMedia({ colorScheme: 'light' })
    looked.add(title)
  }

  /** On paper: how many pages there are, of which sizes in millimetres ("210 x 297"), and that nothing is wider than one. */
  async function paper(page, title) {
    await page.emulateMedia({ media: 'print', colorScheme: 'light' })
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('.wide, table')].filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible').map((each) => each.outerHTML.slice(0, 120)),
    )
    assert.deepEqual(cut, [], `${title} is cut on paper`)
    const file = await page.pdf({ preferCSSPageSize: true, printBackground: true, ...(pictures ? { path: join(pictures, `${title}.pdf`) } : {}) })
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
    const millimetres = (points) => Math.round((Number(points) * 25.4) / 72)
    return [...file.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, wide, high]) => `${millimetres(wide)} x ${millimetres(high)}`)
  }

  /** In a browser of his own, with the password that the office gave him changed for one of his own. */
  async function signIn(user, besides = async () => {}) {
    const page = await open()
    await page.goto(site)
    await page.getByLabel('账号').waitFor()
    await besides(page, 'sign-in')
    await page.getByLabel('账号').fill(user)
    await page.getByLabel('密码').fill(first_password)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('heading', { name: '先设一个自己的密码' }).waitFor()
    await besides(page, 'first-password')
    await page.getByLabel('现在的密码').fill(first_password)
    await page.getByLabel('新密码', { exact: true }).fill(password)
    await page.getByLabel('再填一次新密码').fill(password)
    await page.getByRole('button', { name: '更换密码' }).click()
    await page.getByRole('heading', { name: '等我办理' }).waitFor()
    return page
  }

  /** So many days after today; whoever was signed in signs in again. */
  async function later(days) {
    const ended = new Promise((done) => server.once('exit', done))
    server.kill()
    await ended
    server = await serve(program, [...ofSite, 'serve', '--year', '2020', '--port', new URL(site).port], site, days)
  }

  async function signInAgain(page, user) {
    await page.goto(site)
    await page.getByLabel('账号').fill(user)
    await page.getByLabel('密码').fill(password)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('heading', { name: '等我办理' }).waitFor()
  }

  try {
    run(['demo', '--no-serve', '--out', folder])
    for (const [user, { title, roles }] of Object.entries(users))
      run([...ofSite, 'user', 'add', user, '--title', title, ...roles.map((role) => `--grant=${role}`)], first_password + '\n')
    server = await serve(program, [...ofSite, 'serve', '--year', '2020', '--port', new URL(site).port], site)
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...(debugging_port ? [`--remote-debugging-port=${debugging_port}`] : [])],
    })
    await work({ site, folder, open, signIn, signInAgain, later, look, paper })
    assert.deepEqual(complaints, [])
    console.log(`${name}: ${looked.size} pages at two widths in two colours, ${Math.round((Date.now() - began) / 1000)} s`)
  } catch (fault) {
    // What stood there when it failed.
    if (pictures) for (const [i, page] of (browser?.contexts() ?? []).flatMap((each) => each.pages()).entries()) await page.screenshot({ path: join(pictures, `failed-${i}.png`), fullPage: true }).catch(() => undefined)
    throw fault
  } finally {
    await browser?.close()
    server?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
