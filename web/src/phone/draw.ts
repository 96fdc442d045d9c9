/** The draw computed anew on the phone itself: docs/draw.md says how, and src/draw does the same on the server. */
export interface Sheet {
  title: string
  places: number
  commitment: string
  randomness: string
  entries: string[]
  entries_sha256: string
  secret: string
  random_value: string
  seed: string
  winners: string[]
}

export async function sha256(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const all = 1n << 64n

/** Numbers of 64 bits from SHA-256("SEED:0"), SHA-256("SEED:1") …; those that would favour some are left out. */
function numbers(seed: string) {
  let block = ''
  let counter = 0
  const next = async () => {
    if (!block) block = await sha256(`${seed}:${counter++}`)
    const number = BigInt('0x' + block.slice(0, 16))
    block = block.slice(16)
    return number
  }
  return async (bound: number) => {
    const surplus = all % BigInt(bound)
    let number = await next()
    while (number >= all - surplus) number = await next()
    return Number(number % BigInt(bound))
  }
}

export async function winners(seed: string, entries: string[], places: number): Promise<string[]> {
  const order = [...entries]
  const below = numbers(seed)
  const won = Math.min(places, order.length)
  for (let i = 0; i < won; i += 1) {
    const j = i + (await below(order.length - i))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order.slice(0, won)
}

export interface Check {
  name: 'list' | 'commitment' | 'seed' | 'winners'
  holds: boolean
}

/** What follows and what does not. Before the draw only the list can be checked. */
export async function check(sheet: Sheet): Promise<Check[]> {
  const checks: Check[] = []
  if (sheet.entries_sha256) {
    const hash = await sha256(sheet.entries.map((entry) => entry + '\n').join(''))
    const isSingle = new Set(sheet.entries).size === sheet.entries.length
    checks.push({ name: 'list', holds: isSingle && hash === sheet.entries_sha256 })
  }
  if (!sheet.seed) return checks
  checks.push({ name: 'commitment', holds: (await sha256(sheet.secret)) === sheet.commitment })
  const text = `zhijia-draw-1\n${sheet.entries_sha256}\n${sheet.secret}\n${sheet.random_value}\n`
  checks.push({ name: 'seed', holds: (await sha256(text)) === sheet.seed })
  const again = await winners(sheet.seed, sheet.entries, sheet.places)
  checks.push({ name: 'winners', holds: JSON.stringify(again) === JSON.stringify(sheet.winners) })
  return checks
}
