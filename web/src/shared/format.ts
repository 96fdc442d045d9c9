import { language } from './language'

/** "1234567.5" → "1,234,567.50". Never through a float: an amount keeps every fen. */
export function yuan(amount: string | null | undefined): string {
  if (amount === null || amount === undefined || amount === '') return ''
  const [whole = '0', fraction = ''] = amount.replace(/^-/, '').split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return `${amount.startsWith('-') ? '-' : ''}${grouped}.${(fraction + '00').slice(0, 2)}`
}

/** The sum of amounts as texts, exact to the fen; what is empty counts nothing. */
export function sumOf(amounts: (string | null | undefined)[]): string {
  let fen = 0n
  for (const amount of amounts) {
    const [whole = '0', fraction = ''] = (amount || '0').replace('-', '').split('.')
    const value = BigInt(whole) * 100n + BigInt((fraction + '00').slice(0, 2))
    fen += amount?.startsWith('-') ? -value : value
  }
  const text = String(fen < 0n ? -fen : fen).padStart(3, '0')
  return `${fen < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`
}

/** An amount for a headline: over ten thousand yuan in 万元 in Chinese, in full in English. */
export function headlineYuan(amount: string): string {
  const value = Number(amount)
  if (language.value === 'zh' && Math.abs(value) >= 10_000)
    return `${(value / 10_000).toLocaleString('zh-CN', { maximumFractionDigits: 2 })} 万元`
  return language.value === 'zh' ? `${yuan(amount)} 元` : `¥${yuan(amount)}`
}

export const count = (value: number): string => value.toLocaleString('en-US')

/** "2020-01-31" → "2020年1月31日" or "31 Jan 2020". */
export function day(iso: string | null | undefined): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? '')
  if (!match) return iso ?? ''
  const [, year, month, date] = match.map(Number) as [number, number, number, number]
  if (language.value === 'zh') return `${year}年${month}月${date}日`
  const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  return `${date} ${names[month - 1]} ${year}`
}

/** A moment of the change log, in the reader's own time. */
export function moment(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The day, in the reader's own time, as the program writes it. */
export const today = () => new Date().toLocaleDateString('sv-SE')
