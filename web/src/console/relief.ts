import './relief.css'
import { counties } from '@/shared/counties'
import { say } from '@/shared/language'
import { choicesOf, registerOf } from './catalogue'

/** What the pages on families in difficulty have in common. */
export const county = (code: string) => say(counties.find((each) => each.code === code)?.title) || code

/** "need" of help_programme, by its code. */
export function choiceTitle(register: string, name: string, code: string): string {
  const of = registerOf(register)
  const field = of?.fields.find((each) => each.name === name)
  return (of && field && say(choicesOf(of, field).find((each) => each.code === code)?.title)) || code
}

/** The reasons of help.dmn and difficulty.dmn, which are written in English there, as their rows are described in Chinese. */
const reasons: Record<string, string> = {
  'not on the roll': '不在档',
  'need not in the file': '档案未登记该项需求',
  'the programme is for another cause': '项目限定其他致困原因',
  'paid or promised by a programme of the same kind this year': '同一年度同类项目已发放或待发放',
  "the year's limit is used up": '年度上限已用完',
  "the programme's amount, within what the year leaves": '按标准并在年度余额内',
  'out of scope': '不在对象范围',
  excluded: '有排除情形',
  'on subsistence, with rigid spending': '低保家庭仍有刚性支出',
  'net income below the line': '人均月净收入低于低保标准',
  'net income below the multiple of the line': '低于低保标准的规定倍数',
  'sudden need': '意外致困',
  'net income above the limit': '收入高于标准',
}
/** A model of the office's own may have others: they are shown as they are. */
export const reasonTitle = (reason: string) => say({ zh: reasons[reason] ?? reason, en: reason })

/** A list handed over as a text that spreadsheets open; a cell that would be a formula is kept from being one. */
export function saveSheet(name: string, rows: (string | number)[][]) {
  const cell = (value: string | number) => {
    const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value)
    return `"${text.replaceAll('"', '""')}"`
  }
  const text = '\ufeff' + rows.map((row) => row.map(cell).join(',')).join('\r\n')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
