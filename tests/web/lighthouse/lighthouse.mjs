// Lighthouse on the served build, the console's home (signed in) and the phone's: node lighthouse.mjs PROGRAM
// Prints the scores and what cost points; fails below what the pages promise.
import assert from 'node:assert/strict'
import lighthouse, { desktopConfig } from 'lighthouse'
import { inCity } from '../support/city.mjs'

const least = { performance: 95, accessibility: 100, 'best-practices': 100 }
const short = []

/** The run whose performance is the middle one of three: one run beside other work measures that work too. */
async function middleRun(address, settings, config) {
  const runs = []
  for (let i = 0; i < 3; i += 1) {
    const { lhr } = await lighthouse(address, { port: debugging_port, ...settings }, config)
    assert.equal(lhr.runtimeError, undefined)
    runs.push(lhr)
  }
  return runs.sort((a, b) => a.categories.performance.score - b.categories.performance.score)[1]
}

/** A page as Lighthouse measures it: on a desk, or on a middling phone over a slow network. */
async function measure(page, title, address, config) {
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ') // signed in as it is
  const settings = { onlyCategories: Object.keys(least), extraHeaders: { Cookie: cookies }, logLevel: 'error' }
  const run = await middleRun(address, settings, config)
  for (const [category, lowest] of Object.entries(least)) {
    const score = Math.round(run.categories[category].score * 100)
    console.log(`${title}: ${category} ${score}`)
    if (score >= lowest) continue
    short.push(`${title}: ${category} ${score}, below ${lowest}`)
    for (const { id, weight } of run.categories[category].auditRefs) {
      const { score: of_audit, title: what, displayValue = '', details } = run.audits[id]
      if (weight > 0 && of_audit !== null && of_audit < 1)
        console.log(`  ${id}: ${what} ${displayValue} ${(details?.items ?? []).slice(0, 3).map((each) => each.node?.snippet ?? each.description ?? each.url ?? '').join(' ')}`)
    }
  }
}

const debugging_port = 9300 + Math.floor(Math.random() * 500)
await inCity(
  'lighthouse',
  { lin: { title: '林主管', roles: ['clerk', 'manager', 'adjudicator', 'union_chair'] } },
  async ({ site, signIn }) => {
    const page = await signIn('lin')
    await page.goto('about:blank')
    await measure(page, 'console home', site + '/', desktopConfig)
    await measure(page, 'phone home', site + '/m', undefined)
    assert.deepEqual(short, [])
  },
  { debugging_port },
)
